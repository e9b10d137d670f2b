import Contracts
import Lake
public import Market
import OrderFlow
import Primitives

/// Which tables of quotes to make and for which hours.
public struct QuoteRequest: Sendable {
    public let calendar: String
    public let session: SessionKind
    /// Each once.
    public let intervals: [BarInterval]

    public init(calendar: String, session: SessionKind, intervals: [BarInterval]) {
        self.calendar = calendar
        self.session = session
        self.intervals = intervals
    }

    /// A SESSIONS row of a dataset of quotes.
    /// - Throws: `ApusError` `config.value`.
    init(_ spec: SessionSpec) throws {
        func failure(_ column: String, _ message: String) -> ApusError {
            ApusError("config.value", message, context: ["sheet": "SESSIONS", "row": spec.id, "column": column])
        }
        guard let session = SessionKind(rawValue: spec.session) else {
            throw failure("session", "\"\(spec.session)\" is not RTH or FULL")
        }
        guard !spec.quoteIntervals.isEmpty else {
            throw failure("quote_intervals", "a dataset of quotes needs the lengths of its tables' buckets, such as 1s")
        }
        self.init(calendar: spec.calendar, session: session, intervals: spec.quoteIntervals)
    }

    /// Everything that decides the tables besides the quotes, for manifests and cache keys.
    var json: JSONValue {
        [
            "calendar": .string(calendar), "session": .string(session.rawValue),
            "quote_intervals": .array(intervals.map { .string($0.description) }),
        ]
    }
}

/// `apus derive quotes`: tables of the best bid and ask from one DBN or canonical Parquet file, in one pass and bounded memory.
public enum QuoteDerivation {
    /// - Parameter folder: receives `quotes_<interval>.parquet`; nothing appears there unless the whole file was read.
    /// - Throws: `ApusError`.
    public static func run(file: String, request: QuoteRequest, folder: String) throws -> FlowOutput {
        let source: any TickSource<RawQuote> = try file.hasSuffix(".parquet") ? CanonicalScan(file: file) : DBNSource(file)
        do { return try run(source, request, folder: folder, input: file) } catch let error as OrderFlowError {
            throw ApusError(error.code, error.summary, context: ["file": file], underlying: error)
        } catch let error as CalendarError {
            throw ApusError(
                "derive.calendar", "the quotes cannot be assigned to sessions", context: ["file": file], underlying: error)
        }
    }

    /// - Parameter input: the file that is read, which no table may replace.
    static func run(
        _ source: any TickSource<RawQuote>, _ request: QuoteRequest, folder: String, input: String? = nil
    ) throws -> FlowOutput {
        let calendar = try SessionCalendars.named(request.calendar)
        for (index, interval) in request.intervals.enumerated() where request.intervals[..<index].contains(interval) {
            throw OrderFlowError.duplicateInterval(interval.description)
        }
        let sink = try ParquetQuoteSink(folder: folder, intervals: request.intervals, input: input)
        let builders = try request.intervals.map {
            try QuoteTableBuilder(
                interval: $0, session: request.session, calendar: calendar, instruments: source.instruments, sink: sink)
        }
        try source.forEachBlock { block in
            for builder in builders { try builder.add(block) }
        }
        for builder in builders { try builder.finish() }
        return FlowOutput(
            files: try sink.finish(), statistics: builders.first?.statistics ?? FlowStatistics(),
            symbols: builders.first?.symbols ?? [])
    }
}

/// Writes the tables of one pass into Parquet files, which appear when the pass is complete.
private final class ParquetQuoteSink: QuoteSink {
    private let writers: [(interval: BarInterval, writer: ParquetWriter)]

    /// A value that is missing, such as the ask of a book without offers, is null.
    private static let schema =
        [ColumnSpec("ts", .timestampMicros(utc: true)), ColumnSpec("symbol", .string)]
        + ["bid", "ask"].map { ColumnSpec($0, .double, nullable: true) }
        + ["bid_size", "ask_size"].map { ColumnSpec($0, .int64) }
        + ["mid", "microprice", "spread", "mean_spread", "mean_imbalance", "min_spread", "max_spread"]
        .map { ColumnSpec($0, .double, nullable: true) }
        + ["updates", "crossed", "locked", "order_flow_imbalance"].map { ColumnSpec($0, .int64) }
        + ["trades", "volume", "effective_spread_bps", "share_at_bid", "share_at_ask"]
        .map { ColumnSpec($0, .double, nullable: true) }

    init(folder: String, intervals: [BarInterval], input: String?) throws {
        writers = try intervals.map {
            let path = "\(folder)/quotes_\($0).parquet"
            if let input { try FileBytes.protect([input], from: path) }
            return ($0, try ParquetWriter(path, schema: Self.schema))
        }
    }

    func take(_ rows: [QuoteRow], interval: BarInterval, symbols: [String]) throws {
        func count(_ column: KeyPath<QuoteRow, Int64>) -> ColumnBatch { .int64(rows.map { $0[keyPath: column] }) }
        func price(_ column: KeyPath<QuoteRow, Double>) -> ColumnBatch { .double(rows.map { $0[keyPath: column] }) }
        let batches: [ColumnBatch] = [
            .int64(rows.map { $0.start.flooredDivision(by: 1_000) }), .coded(rows.map(\.symbol), texts: symbols),
            price(\.bid), price(\.ask), count(\.bidSize), count(\.askSize), price(\.mid), price(\.microprice), price(\.spread),
            price(\.meanSpread), price(\.meanImbalance), price(\.minSpread), price(\.maxSpread), count(\.updates),
            count(\.crossed), count(\.locked), count(\.orderFlowImbalance), price(\.trades), price(\.volume),
            price(\.effectiveSpreadBps), price(\.shareAtBid), price(\.shareAtAsk),
        ]
        let validity = batches.map { batch -> [Bool]? in
            guard case .double(let values) = batch, values.contains(where: \.isNaN) else { return nil }
            return values.map { !$0.isNaN }
        }
        for (candidate, writer) in writers where candidate == interval { try writer.append(batches, validity: validity) }
    }

    /// Makes the files visible, in the order of the intervals.
    func finish() throws -> [ParquetSummary] { try writers.map { try $0.writer.finish() } }
}
