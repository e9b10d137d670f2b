import Primitives
import TestKit
import Testing

@Suite struct AtomicFileTests {
    @Test func contentAppearsOnlyAtCommit() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a/b/c.txt")
        let file = try AtomicFile(path)
        try file.write(Array("one ".utf8))
        try file.write(Array("two".utf8))
        #expect(!FileBytes.exists(path))
        try file.commit()
        #expect(try FileBytes.readText(path) == "one two")
        #expect(folder.names(in: "a/b") == ["c.txt"])
        #expect(throws: ApusError.self, "a second commit") { try file.commit() }
        #expect(try FileBytes.readText(path) == "one two")
    }

    @Test func withoutCommitTheOldContentStays() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x")
        try AtomicFile.write("old", to: path)
        do {
            let file = try AtomicFile(path)
            try file.write(Array("new".utf8))
            #expect(folder.names().count == 2)
        }
        #expect(try FileBytes.readText(path) == "old")
        #expect(folder.names() == ["x"])
    }

    @Test func twoWritersOfOneFileDoNotMix() throws {
        let folder = try TemporaryFolder()
        let first = try AtomicFile(folder.file("x")), second = try AtomicFile(folder.file("x"))
        try first.write(Array("first".utf8))
        try second.write(Array("second, longer".utf8))
        try first.commit()
        #expect(try FileBytes.readText(folder.file("x")) == "first")
        try second.commit()
        #expect(try FileBytes.readText(folder.file("x")) == "second, longer")
        #expect(folder.names() == ["x"])
    }

    @Test func failuresNameTheFileAndLeaveNothing() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("a file", to: folder.file("x"))
        let error = #expect(throws: ApusError.self) { try AtomicFile.write("y", to: folder.file("x/y")) }
        #expect(error?.code == "file.write")
        // The target is a folder that is not empty: the rename fails.
        try AtomicFile.write("z", to: folder.file("taken/z"))
        #expect(throws: ApusError.self) { try AtomicFile.write("y", to: folder.file("taken")) }
        #expect(folder.names() == ["taken", "x"])
    }

    @Test func leftoversOfKilledWritersAreRemoved() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("keep", to: folder.file("keep"))
        for name in ["123-1-x", "9-y"] { try AtomicFile.write("junk", to: folder.file(AtomicFile.partialPrefix + name)) }
        AtomicFile.removeLeftovers(in: folder.path)
        #expect(folder.names() == ["keep"])
        AtomicFile.removeLeftovers(in: folder.file("absent"))
    }

    @Test func unchangedContentIsNotWrittenAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x")
        #expect(try AtomicFile.writeIfChanged(Array("a".utf8), to: path))
        #expect(try !AtomicFile.writeIfChanged(Array("a".utf8), to: path))
        #expect(try AtomicFile.writeIfChanged(Array("b".utf8), to: path))
        #expect(try FileBytes.readText(path) == "b")
    }

    @Test func wholeReads() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 9)
        for count in [0, 1, 65_535, 65_536, 65_537, 300_000] {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            try AtomicFile.write(bytes, to: folder.file("x"))
            #expect(try FileBytes.read(folder.file("x")) == bytes)
        }
        try AtomicFile.write([0xFF], to: folder.file("x"))
        let error = #expect(throws: ApusError.self) { try FileBytes.readText(folder.file("x")) }
        #expect(error?.code == "file.utf8")
        #expect(throws: ApusError.self, "a folder") { try FileBytes.read(folder.path) }
        #expect(throws: ApusError.self, "absent") { try FileBytes.read(folder.file("absent")) }
    }
}
