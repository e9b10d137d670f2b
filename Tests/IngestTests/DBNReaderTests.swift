import Ingest
import Market
import Primitives
import TestKit
import Testing

@Test(.enabled(if: SharedData.path("es/esh4-glbx-mdp3-20231225.mbo.dbn.zst") != nil))
func mboCountsActionTOnly() throws {
    let path = try #require(SharedData.path("es/esh4-glbx-mdp3-20231225.mbo.dbn.zst"))
    var records = 0
    try DBNReader(path: path).forEachBlock { records += $0.count }
    #expect(records == 68_792)
    let trades = try DBNSamples.trades(path)
    #expect(trades.reduce(0) { $0 + Int($1.size) } == 9892)
    let golden = try DBNSamples.trades(try #require(SharedData.path("es/esh4-20231225.trades.dbn.zst")))
    #expect(golden.count == 2973)
    #expect(trades.count == golden.count)
    for (a, b) in zip(trades, golden) {
        #expect(a.tsEvent == b.tsEvent && a.price == b.price && a.size == b.size && a.side == b.side)
    }
}

@Test(.enabled(if: SharedData.path("es/futures_trades_2024-07-01T23-58_2024-07-02T00-02.dbn.zst") != nil))
func mbp1TradesEqualTheTradesFile() throws {
    let window = "2024-07-01T23-58_2024-07-02T00-02.dbn.zst"
    let fromQuotes = try DBNSamples.trades(try #require(SharedData.path("es/futures_mbp-1_" + window)))
    let fromTrades = try DBNSamples.trades(try #require(SharedData.path("es/futures_trades_" + window)))
    #expect(fromTrades.count == 120)
    #expect(fromQuotes == fromTrades)
}

@Test(.enabled(if: !DBNSamples.legacy.isEmpty), arguments: DBNSamples.legacy)
func legacyFilesAreRefusedByName(name: String) throws {
    let path = try #require(SharedData.path("dbn/" + name))
    let error = #expect(throws: ApusError.self) { _ = try DBNReader(path: path) }
    #expect(error?.code == "dbn.legacy")
    #expect(error?.message.contains("DBZ is Databento's legacy format") == true)
    #expect(error?.description.contains(name) == true)
}

@Test func damagedHeadsAreRefused() throws {
    func code(_ bytes: [UInt8]) -> String? { DBNSamples.drain(bytes).error?.code }
    #expect(code([]) == "dbn.truncated")
    #expect(code(Array("PAR1....".utf8)) == "dbn.magic")
    #expect(code(Array("DBN".utf8) + [4, 100, 0, 0, 0]) == "dbn.version")
    #expect(code(Array("DBN".utf8) + [0, 100, 0, 0, 0]) == "dbn.version")
    #expect(code(Array("DBN".utf8) + [3, 99, 0, 0, 0]) == "dbn.metadata")
    #expect(code(Array("DBN".utf8) + [3, 255, 255, 255, 255]) == "dbn.metadata")
    #expect(code(Array("DBN".utf8) + [3, 0, 0, 0, 15] + [UInt8](repeating: 0, count: 500)) == "dbn.truncated")
}

@Test func countsThatDoNotFitAreRefused() throws {
    // Symbol length 71 and 0 with four billion symbols; neither may allocate for them.
    for symbolLength: UInt8 in [71, 0] {
        var body = [UInt8](repeating: 0, count: 116)
        (body[44], body[45]) = (0, symbolLength)
        for index in 104..<108 { body[index] = 255 }
        let error = DBNSamples.drain(Array("DBN".utf8) + [3, 116, 0, 0, 0] + body).error
        #expect(error?.code == "dbn.metadata")
        #expect(error?.context.contains { $0.key == "offset" } == true)
    }
}

/// Where one record's length byte is wrong, the records before it arrive and the error names its offset.
@Test func wrongRecordLengthsNameTheirOffset() throws {
    let folder = try TemporaryFolder("dbn")
    let trades = DBNFixtures.trades(count: 100, seed: 7)
    let path = folder.file("x.dbn")
    let writer = try DBNWriter(path: path, metadata: DBNFixtures.metadata, compress: false)
    try writer.append(trades)
    try writer.finish()
    let sound = try FileBytes.read(path)
    let start = sound.count - 100 * 48
    for length: UInt8 in [0, 1, 3, 4, 11] {
        var bytes = sound
        bytes[start + 40 * 48] = length
        let (records, error) = DBNSamples.drain(bytes)
        #expect(records.count == 40 * 48)
        #expect(error?.code == "dbn.record")
        #expect(error?.context.first { $0.key == "offset" }?.value == String(start + 40 * 48))
    }
}
