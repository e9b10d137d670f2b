import Ingest
import Market
import Primitives
import TestKit
import Testing

/// The quotes of every vector that holds some are the lines of its CSV, which databento's packages check elsewhere.
@Test(.enabled(if: !DBNSamples.vectors.isEmpty), arguments: DBNSamples.vectors)
func quotesAreTheRecordsOfTheFile(name: String) throws {
    let path = try #require(SharedData.path("dbn/" + name))
    let schema = try #require(try DBNReader(path: path).metadata.schema)
    var quotes: [RawQuote] = []
    guard [.mbp1, .mbp10, .tbbo, .cmbp1, .bbo1s, .bbo1m, .cbbo1s, .cbbo1m].contains(schema) else {
        let error = #expect(throws: ApusError.self) { try DBNReader(path: path).forEachQuoteBlock { quotes += $0 } }
        #expect(error?.code == "dbn.schema" && error?.message.contains("schema \(schema.name) holds no quotes") == true)
        return
    }
    try DBNReader(path: path).forEachQuoteBlock { quotes += $0 }
    var options = DBNConverter.Options.raw
    options.mapSymbols = false
    var text: [UInt8] = []
    try DBNConverter.csv(file: path, options: options) { text += $0 }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    func cell(_ line: [Substring], _ column: String) -> Substring? { lines[0].firstIndex(of: Substring(column)).map { line[$0] } }
    try #require(quotes.count == lines.count - 1 && !quotes.isEmpty)
    for (quote, line) in zip(quotes, lines.dropFirst()) {
        func expect(_ column: String, _ value: some CustomStringConvertible, absent: String? = nil) {
            #expect((cell(line, column) ?? absent.map { Substring($0) }) == Substring(value.description), "\(column)")
        }
        #expect(quote.rtype == 1 && quote.length == 20)
        expect("ts_event", quote.tsEvent)
        expect("ts_recv", quote.tsRecv)
        expect("instrument_id", quote.instrumentID)
        expect("publisher_id", quote.publisherID)
        expect("price", quote.price)
        expect("size", quote.size)
        expect("side", UnicodeScalar(quote.side))
        expect("flags", quote.flags)
        // What a schema lacks is 0.
        expect("sequence", quote.sequence, absent: "0")
        expect("action", quote.action == 0 ? "0" : String(UnicodeScalar(quote.action)), absent: "0")
        #expect(quote.hasAction == (cell(line, "action") != nil))
        expect("bid_px_00", quote.bidPrice)
        expect("ask_px_00", quote.askPrice)
        expect("bid_sz_00", quote.bidSize)
        expect("ask_sz_00", quote.askSize)
        expect("bid_ct_00", quote.bidCount, absent: "0")
        expect("ask_ct_00", quote.askCount, absent: "0")
    }
}

/// Written and read back, in whole frames and not.
@Test(arguments: [false, true]) func quotesAreReadAsWritten(compress: Bool) throws {
    let folder = try TemporaryFolder("dbn")
    var random = SeededGenerator(seed: 3)
    let quotes = RandomQuotes.stream(&random, count: 20_000, gap: 0.1)
    let metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: .mbp1, start: quotes[0].time, symbols: ["A"])
    let path = folder.file(compress ? "x.dbn.zst" : "x.dbn")
    let writer = try DBNWriter(path: path, metadata: metadata, compress: compress)
    for start in stride(from: 0, to: quotes.count, by: 777) { try writer.append(Array(quotes[start..<min(start + 777, 20_000)])) }
    try writer.finish()
    var found: [RawQuote] = []
    try DBNReader(path: path).forEachQuoteBlock { found += $0 }
    #expect(found == quotes && writer.count == 20_000)
    // A file that ends inside a record delivers those before it.
    guard !compress else { return }
    let bytes = try FileBytes.read(path)
    var whole: [RawQuote] = []
    let error = #expect(throws: ApusError.self) {
        try DBNReader(bytes: Array(bytes.dropLast(100)), name: "cut").forEachQuoteBlock { whole += $0 }
    }
    #expect(error?.code == "dbn.truncated" && whole == Array(quotes.dropLast(2)))
}
