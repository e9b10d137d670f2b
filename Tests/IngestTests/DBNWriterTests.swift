import Ingest
import Market
import Primitives
import TestKit
import Testing

@Test(arguments: [false, true])
func writtenTradesReadBackEqual(compress: Bool) throws {
    let folder = try TemporaryFolder("dbn")
    let path = folder.file("sub/x.dbn")
    // The last ones go several times round the window of 2 MiB.
    for count in [0, 1, 4095, 4096, 4097, 30_000, 150_000] {
        let trades = DBNFixtures.trades(count: count, seed: 11)
        let writer = try DBNWriter(path: path, metadata: DBNFixtures.metadata, compress: compress)
        try writer.append(trades)
        #expect(writer.count == Int64(count))
        try writer.finish()
        #expect(try DBNSamples.trades(path) == trades)
        let reader = try DBNReader(path: path)
        #expect(reader.metadata == DBNFixtures.metadata)
        #expect(reader.recordsOffset % 8 == 0)
        #expect(reader.isCompressed == compress)
    }
}

@Test(arguments: [false, true])
func bytesDoNotDependOnHowTradesArrive(compress: Bool) throws {
    let folder = try TemporaryFolder("dbn")
    let trades = DBNFixtures.trades(count: 20_000, seed: 3)
    var files: [[UInt8]] = []
    for piece in [20_000, 1, 4096, 777] {
        let path = folder.file("x\(piece).dbn")
        let writer = try DBNWriter(path: path, metadata: DBNFixtures.metadata, compress: compress)
        var start = 0
        while start < trades.count {
            let end = min(start + piece, trades.count)
            try writer.append(Array(trades[start..<end]))
            start = end
        }
        try writer.finish()
        files.append(try FileBytes.read(path))
    }
    #expect(files.allSatisfy { $0 == files[0] })
}

@Test func anUnfinishedFileDoesNotAppear() throws {
    let folder = try TemporaryFolder("dbn")
    do {
        let writer = try DBNWriter(path: folder.file("x.dbn"), metadata: DBNFixtures.metadata, compress: true)
        try writer.append(DBNFixtures.trades(count: 10, seed: 1))
    }
    #expect(!FileBytes.exists(folder.file("x.dbn")))
}

@Test func tooLongNamesAreRefused() throws {
    let folder = try TemporaryFolder("dbn")
    var metadata = DBNFixtures.metadata
    metadata.dataset = "SIXTEEN.LETTERS!"
    #expect(throws: ApusError.self) { _ = try DBNWriter(path: folder.file("x.dbn"), metadata: metadata, compress: false) }
}
