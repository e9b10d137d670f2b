import Primitives
import TestKit
import Testing

@Suite struct FolderTests {
    @Test func namesAreSortedByBytes() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "a", "B", ".hidden", "é"] { try AtomicFile.write("", to: folder.file(name)) }
        #expect(Folder.names(in: folder.path) == [".hidden", "B", "a", "b", "é"])
        #expect(Folder.names(in: folder.file("absent")).isEmpty)
        #expect(Folder.isFolder(folder.path) && !Folder.isFolder(folder.file("a")))
    }

    @Test func removingFollowsNoLinks() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("kept", to: folder.file("kept/x"))
        try AtomicFile.write("gone", to: folder.file("gone/deep/y"))
        _ = try ChildProcess.run(["ln", "-s", "../kept", "gone/link"], folder: folder.path)
        try Folder.remove(folder.file("gone"))
        try Folder.remove(folder.file("gone"))
        #expect(folder.names() == ["kept"] && folder.names(in: "kept") == ["x"])
    }
}
