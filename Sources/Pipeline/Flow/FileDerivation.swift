public import Lake
public import OrderFlow
import Ingest
import Market
import Primitives

/// What a derivation wrote and what became of the trades.
public struct FlowOutput: Sendable {
    public let files: [ParquetSummary]
    public let statistics: FlowStatistics
    public let symbols: [String]
}

/// `apus derive file`: one DBN file to bars, footprint, CVD and big trades, in one pass and bounded memory.
public enum FileDerivation {
    /// - Parameters:
    ///   - request: its single bar interval makes `bars.parquet`.
    ///   - folder: receives `bars`, `footprint`, `cvd` and `big_trades.parquet`; nothing appears there unless the whole file was read.
    /// - Throws: `ApusError`, `OrderFlowError`, `CalendarError`.
    public static func run(file: String, request: FlowRequest, folder: String) throws -> FlowOutput {
        let reader = try DBNReader(path: file)
        let names = ParquetFlowSink.Names(
            bars: request.barIntervals.map { ($0, request.barIntervals.count == 1 ? "bars" : "bars_\($0)") }, footprint: "footprint",
            cvd: "cvd", bigTrades: "big_trades")
        let sink = try ParquetFlowSink(folder: folder, names: names, rules: request.bigTradeRules)
        let ids = try InstrumentNumbering(reader.metadata, file: file)
        let aggregator = try FlowAggregator(
            configuration: request.configuration, calendar: SessionCalendars.named(request.calendar), instruments: ids.instruments,
            sink: sink)
        sink.symbols = { [unowned aggregator] in aggregator.symbols }
        do {
            try ids.forEachTradeBlock(reader) { try aggregator.add($0) }
            try aggregator.finish()
        } catch let error as OrderFlowError {
            throw ApusError("derive.order", "the trades cannot be aggregated", context: ["file": file], underlying: error)
        } catch let error as CalendarError {
            throw ApusError("derive.calendar", "the trades cannot be assigned to sessions", context: ["file": file], underlying: error)
        }
        return FlowOutput(files: try sink.finish(), statistics: aggregator.statistics, symbols: aggregator.symbols)
    }

    /// The calendar that a Databento dataset trades on; nil where it is not known.
    public static func calendar(forDataset dataset: String) -> String? {
        if dataset.hasPrefix("GLBX.") { return "CME_EQUITY" }
        let equityVenues = ["XNAS.", "XNYS.", "ARCX.", "BATS.", "BATY.", "EDGA.", "EDGX.", "XBOS.", "XPSX.", "XCHI.", "XCIS.", "IEXG.", "MEMX.", "EPRL.", "XASE.", "DBEQ.", "EQUS.", "FINN.", "FINY."]
        return equityVenues.contains { dataset.hasPrefix($0) } ? "US_EQUITY" : nil
    }

    /// The dataset that a file's metadata names.
    /// - Throws: `ApusError`.
    public static func dataset(of file: String) throws -> String { try DBNReader(path: file).metadata.dataset }
}

/// Gives every instrument id of a file one symbol. Where an id stands for several symbols over time, trades are renumbered on the way.
struct InstrumentNumbering {
    let instruments: [FlowInstrument]
    private let resolver: SymbolResolver
    /// Renumbered id of (id, symbol), only where an id has several symbols.
    private let renumbered: [String: UInt32]

    init(_ metadata: DBNMetadata, file: String) throws {
        resolver = try SymbolResolver(metadata, file: file)
        let pairs = resolver.pairs
        let isStable = Set(pairs.map(\.instrumentID)).count == pairs.count
        if isStable {
            instruments = pairs.map { FlowInstrument(id: $0.instrumentID, symbol: $0.symbol) }
            renumbered = [:]
        } else {
            let symbols = Set(pairs.map(\.symbol)).sorted()
            instruments = symbols.enumerated().map { FlowInstrument(id: UInt32.max - UInt32($0.offset), symbol: $0.element) }
            renumbered = Dictionary(uniqueKeysWithValues: instruments.map { ($0.symbol, $0.id) })
        }
    }

    func forEachTradeBlock(_ reader: DBNReader, _ body: (UnsafeBufferPointer<RawTrade>) throws -> Void) throws {
        guard !renumbered.isEmpty else { return try reader.forEachTradeBlock(body) }
        try reader.forEachTradeBlock { block in
            let copy = block.map { trade in
                var trade = trade
                if let symbol = resolver.symbol(trade.instrumentID, at: trade.time) {
                    trade.instrumentID = renumbered[symbol] ?? trade.instrumentID
                }
                return trade
            }
            try copy.withUnsafeBufferPointer(body)
        }
    }
}
