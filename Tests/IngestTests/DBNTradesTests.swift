import Ingest
import Market
import Primitives
import TestKit
import Testing

/// The trades of every vector that holds some are the lines with action T of its CSV, which databento's packages check elsewhere.
@Test(.enabled(if: !DBNSamples.vectors.isEmpty), arguments: DBNSamples.vectors)
func tradesAreTheRecordsWithActionT(name: String) throws {
    let path = try #require(SharedData.path("dbn/" + name))
    let schema = try #require(try DBNReader(path: path).metadata.schema)
    guard [.trades, .mbo, .mbp1, .mbp10, .tbbo, .cmbp1].contains(schema) else {
        let error = #expect(throws: ApusError.self) { _ = try DBNSamples.trades(path) }
        #expect(error?.code == "dbn.schema")
        return
    }
    var options = DBNConverter.Options.raw
    options.mapSymbols = false
    var text: [UInt8] = []
    try DBNConverter.csv(file: path, options: options) { text += $0 }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    func cell(_ line: [Substring], _ column: String) -> Substring? { lines[0].firstIndex(of: Substring(column)).map { line[$0] } }
    let expected = lines.dropFirst().filter { cell($0, "action") == "T" }
    let trades = try DBNSamples.trades(path)
    try #require(trades.count == expected.count)
    for (trade, line) in zip(trades, expected) {
        #expect(trade.length == 12 && trade.rtype == 0 && trade.action == 84)
        #expect(cell(line, "ts_event") == Substring("\(trade.tsEvent)") && cell(line, "ts_recv") == Substring("\(trade.tsRecv)"))
        #expect(cell(line, "price") == Substring("\(trade.price)") && cell(line, "size") == Substring("\(trade.size)"))
        #expect(cell(line, "instrument_id") == Substring("\(trade.instrumentID)"))
        #expect(cell(line, "publisher_id") == Substring("\(trade.publisherID)"))
        #expect(
            cell(line, "side") == Substring("\(UnicodeScalar(trade.side))") && cell(line, "flags") == Substring("\(trade.flags)"))
        #expect(cell(line, "ts_in_delta") == Substring("\(trade.tsInDelta)"))
        #expect((cell(line, "sequence") ?? "0") == Substring("\(trade.sequence)"))
    }
}

/// A record of another type between trades, as live recordings have, splits blocks and changes nothing.
@Test func otherRecordsBetweenTradesArePassedOver() throws {
    let folder = try TemporaryFolder("dbn")
    let trades = DBNFixtures.trades(count: 20_000, seed: 5)
    let writer = try DBNWriter(path: folder.file("x.dbn"), metadata: DBNFixtures.metadata, compress: false)
    try writer.append(trades)
    try writer.finish()
    let bytes = try FileBytes.read(folder.file("x.dbn"))
    let start = bytes.count - 20_000 * 48
    // Unknown types of 20 and 24 bytes: after the first one trades are no longer aligned to 8 bytes.
    var random = SeededGenerator(seed: 9)
    var mixed = Array(bytes[..<start])
    for index in 0..<20_000 {
        if random.next() % 50 == 0 {
            let words = UInt8(5 + random.next() % 2)
            mixed += [words, 0x77] + [UInt8](repeating: 0xAB, count: Int(words) * 4 - 2)
        }
        mixed += bytes[start + index * 48..<start + index * 48 + 48]
    }
    var found: [DBNTradeRecord] = []
    try DBNReader(bytes: mixed, name: "mixed").forEachTradeBlock { found += $0 }
    #expect(found == trades)
}

/// Two record types with trades in one file would count each trade twice.
@Test func tradesInTwoRecordTypesAreRefused() throws {
    let folder = try TemporaryFolder("dbn")
    let writer = try DBNWriter(path: folder.file("x.dbn"), metadata: DBNFixtures.metadata, compress: false)
    try writer.append(DBNFixtures.trades(count: 3, seed: 5))
    try writer.finish()
    var bytes = try FileBytes.read(folder.file("x.dbn"))
    bytes += [14, 0xA0] + [UInt8](repeating: 0, count: 54)
    var count = 0
    let error = #expect(throws: ApusError.self) {
        try DBNReader(bytes: bytes, name: "two").forEachTradeBlock { count += $0.count }
    }
    #expect(error?.code == "dbn.mixed")
    #expect(count == 3)
}

@Test func fieldsLieInsideTheirRecords() {
    for type in DBNRecordType.allCases {
        for version: UInt8 in 1...3 {
            for upgrades in [false, true] {
                for field in DBNLayout.fields(type, version: version, upgrades: upgrades) {
                    #expect(field.offset + field.width <= type.size(version: version), "\(type) \(version) \(field.name)")
                }
            }
        }
    }
}

@Test func symbolsResolveByDate() throws {
    var metadata = DBNFixtures.metadata
    let day = { CivilDate(daysSinceEpoch: 19_000 + $0) }
    metadata.mappings = [
        DBNSymbolMapping(rawSymbol: "B", intervals: [DBNMappingInterval(start: day(10), end: day(20), symbol: "7")]),
        DBNSymbolMapping(
            rawSymbol: "A",
            intervals: [
                DBNMappingInterval(start: day(0), end: day(5), symbol: "7"),
                DBNMappingInterval(start: day(5), end: day(9), symbol: "8"),
            ]),
    ]
    let resolver = try SymbolResolver(metadata, file: "x")
    let found = [-1, 0, 4, 5, 9, 10, 19, 20].map { resolver.symbol(7, on: day($0)) }
    #expect(found == [nil, "A", "A", nil, nil, "B", "B", nil])
    #expect(resolver.symbol(8, at: UnixNanos(day(9)) - 1) == "A" && resolver.symbol(8, at: UnixNanos(day(9))) == nil)
    metadata.stypeOut = .rawSymbol
    #expect(throws: ApusError.self) { _ = try SymbolResolver(metadata, file: "x") }
}

@Test func foldersAndAbsentFilesAreRefused() throws {
    let folder = try TemporaryFolder("dbn")
    for path in [folder.path, folder.file("absent.dbn")] {
        let error = #expect(throws: ApusError.self) { _ = try DBNReader(path: path) }
        #expect(error?.code == "file.read")
        #expect(error?.description.contains(path) == true)
    }
}
