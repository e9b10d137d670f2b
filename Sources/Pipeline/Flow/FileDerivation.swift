import Ingest
public import Lake
import Market
public import OrderFlow
import Primitives

/// What a derivation wrote and what became of the trades.
public struct FlowOutput: Sendable {
    public let files: [ParquetSummary]
    public let statistics: FlowStatistics
    public let symbols: [String]
}

/// `apus derive file`: one DBN or canonical Parquet file to bars, footprint, CVD and big trades, in one pass and bounded memory.
public enum FileDerivation {
    /// - Parameters:
    ///   - request: its single bar interval makes `bars.parquet`.
    ///   - folder: receives `bars`, `footprint`, `cvd` and `big_trades.parquet`; nothing appears there unless the whole file was
    ///   read.
    /// - Throws: `ApusError`, `OrderFlowError`, `CalendarError`.
    public static func run(file: String, request: FlowRequest, folder: String) throws -> FlowOutput {
        let names = ParquetFlowSink.Names(
            bars: request.barIntervals.map { ($0, request.barIntervals.count == 1 ? "bars" : "bars_\($0)") },
            footprint: request.footprintInterval.map { _ in "footprint" }, cvd: request.cvdInterval.map { _ in "cvd" },
            bigTrades: request.bigTradeRules.isEmpty ? nil : "big_trades", tradeBars: request.tradeBars,
            flow: request.flowInterval.map { "flow_\($0)" })
        let source: any TickSource<RawTrade> = try file.hasSuffix(".parquet") ? CanonicalScan(file: file) : DBNSource(file)
        let sink = try ParquetFlowSink(folder: folder, names: names, rules: request.bigTradeRules, input: file)
        do {
            let aggregator = try aggregate(source, request, into: sink)
            return FlowOutput(files: try sink.finish(), statistics: aggregator.statistics, symbols: aggregator.symbols)
        } catch let error as OrderFlowError {
            throw ApusError(error.code, error.summary, context: ["file": file], underlying: error)
        } catch let error as CalendarError {
            throw ApusError(
                "derive.calendar", "the trades cannot be assigned to sessions", context: ["file": file], underlying: error)
        }
    }

    /// One pass over the source; the sink's files are still to be finished.
    static func aggregate(_ source: any TickSource<RawTrade>, _ request: FlowRequest, into sink: ParquetFlowSink) throws
        -> FlowAggregator
    {
        let calendar = try SessionCalendars.named(request.calendar)
        let aggregator = try FlowAggregator(
            configuration: request.configuration, calendar: calendar, instruments: source.instruments, sink: sink)
        sink.symbols = { [unowned aggregator] in aggregator.symbols }
        let tradeBars =
            request.tradeBars.isEmpty
            ? nil
            : try TradeBarBuilder(
                rules: request.tradeBars, session: request.session, calendar: calendar, instruments: source.instruments,
                lateInterval: aggregator.lateInterval, sink: sink)
        let details = try request.details.map {
            try FlowDetailBuilder(configuration: $0, calendar: calendar, instruments: source.instruments, sink: sink)
        }
        try source.forEachBlock { block in
            try aggregator.add(block)
            try tradeBars?.add(block)
            try details?.add(block)
        }
        try aggregator.finish()
        try tradeBars?.finish()
        try details?.finish()
        return aggregator
    }

    /// The calendar that a Databento dataset trades on; nil where it is not known.
    public static func calendar(forDataset dataset: String) -> String? {
        if dataset.hasPrefix("GLBX.") { return "CME_EQUITY" }
        let equityVenues = [
            "XNAS.", "XNYS.", "ARCX.", "BATS.", "BATY.", "EDGA.", "EDGX.", "XBOS.", "XPSX.", "XCHI.", "XCIS.", "IEXG.", "MEMX.",
            "EPRL.", "XASE.", "DBEQ.", "EQUS.", "FINN.", "FINY.",
        ]
        return equityVenues.contains { dataset.hasPrefix($0) } ? "US_EQUITY" : nil
    }

    /// The dataset that a file's metadata names.
    /// - Throws: `ApusError`.
    public static func dataset(of file: String) throws -> String { try DBNReader(path: file).metadata.dataset }
}
