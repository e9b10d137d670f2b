public import Market
import Primitives

/// One row of DATASETS.
public struct DatasetSpec: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case dailySeries = "daily_series"
        case timedSeries = "timed_series"
        case trades
        /// The best bid and ask, record by record.
        case quotes

        /// Files of records with times of their own, for which SESSIONS derives tables.
        public var isTicks: Bool { self == .trades || self == .quotes }
    }
    public enum Source: String, CaseIterable, Sendable { case xlsx, csv, parquet, dbn }
    public enum UpdateMode: String, CaseIterable, Sendable {
        /// History never changes; a file that changes it is refused.
        case appendOnly = "append_only"
        /// A changed history is kept as a new vintage beside the old one.
        case revisable
    }

    public let id: String
    public let kind: Kind
    public let source: Source
    /// A file, or a folder pattern with `*` in its last part.
    public let sourcePath: String
    public let updateMode: UpdateMode
    public let dateColumn: String?
    /// Of a daily series.
    public let knownTimeRule: KnownTimeRule?
    /// Nil where the dataset is no timed series.
    public let timed: TimedSeriesSpec?
    /// Sessions between a value's date and its publication.
    public let availabilityLagDays: Int
    public let canonicalTable: String

    init(_ row: ConfigurationRow) throws {
        id = row.id
        kind = try row.choice("dataset_type", as: Kind.self)
        source = try row.choice("source_type", as: Source.self)
        sourcePath = try row.text("source_path_or_id")
        updateMode = try row.optionalChoice("update_mode", as: UpdateMode.self) ?? .appendOnly
        dateColumn = row.optionalText("date_col")
        timed = kind == .timedSeries ? try TimedSeriesSpec(row) : nil
        knownTimeRule = try (timed == nil ? row.optionalText("known_time_rule") : nil).map { text in
            guard let rule = KnownTimeRule(text) else {
                throw row.failure(
                    "known_time_rule", "\"\(text)\" is not session_close@CALENDAR, session_open@CALENDAR or HH:MM@CALENDAR")
            }
            return rule
        }
        availabilityLagDays = row.optionalInteger("default_availability_lag_days") ?? 0
        canonicalTable = row.optionalText("canonical_table_name") ?? row.id
    }
}

/// When, on its day, a daily value becomes known.
public struct KnownTimeRule: Hashable, Sendable, CustomStringConvertible {
    public enum Moment: Hashable, Sendable {
        case sessionOpen
        case sessionClose
        /// Nanoseconds since local midnight.
        case local(Int64)
    }

    public let moment: Moment
    public let calendar: String
    public let description: String

    /// `session_close@US_EQUITY`, `session_open@US_EQUITY`, `18:30@US_EQUITY`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        calendar = String(parts[1])
        description = text
        switch parts[0] {
        case "session_open": moment = .sessionOpen
        case "session_close": moment = .sessionClose
        default:
            guard let time = LocalTime(String(parts[0])) else { return nil }
            moment = .local(time.nanosOfDay)
        }
    }
}

/// A wall-clock time `HH:MM`.
public struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    public let nanosOfDay: Int64
    public let description: String

    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int64(parts[0]),
            let minute = Int64(parts[1]),
            (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        nanosOfDay = (hour * 60 + minute) * UnixNanos.perMinute
        description = text
    }
}

/// A dataset, or a table derived from it: `SP500`, `ES_TRADES:bars_1m:FULL`.
public struct DatasetReference: Hashable, Sendable, CustomStringConvertible {
    public let datasetID: String
    /// `bars_1m`, `cvd_1m` ...; nil for the dataset itself.
    public let table: String?
    public let session: String?

    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty }), parts.count == 1 || parts.count == 3 else { return nil }
        datasetID = parts[0]
        table = parts.count == 3 ? parts[1] : nil
        session = parts.count == 3 ? parts[2] : nil
    }

    public var description: String { [datasetID, table, session].compactMap { $0 }.joined(separator: ":") }

    /// The rule in the name of a table of bars that trades close; nil for any other.
    public var tradeBars: TradeBarRule? {
        guard let table, table.hasPrefix("bars_") else { return nil }
        return TradeBarRule(tableSuffix: String(table.dropFirst(5)))
    }

    /// The interval in a derived table's name, nanoseconds; nil where there is none.
    public var intervalNanos: Int64? { table?.split(separator: "_").last.flatMap { BarInterval(String($0))?.nanos } }
}

/// One row of INSTRUMENTS.
public struct InstrumentSpec: Hashable, Sendable {
    public let id: String
    public let prices: DatasetReference
    public let openColumn: String
    public let highColumn: String
    public let lowColumn: String
    public let closeColumn: String
    /// Price units; 0 where prices are continuous.
    public let tickSize: Double
    /// Account currency per price unit and contract.
    public let multiplier: Double
    public let currency: String
    public let calendar: String
    /// What BACKTESTS takes where it is silent.
    public let defaultExecutionTime: String?
    public let defaultPriceModel: String?

    init(_ row: ConfigurationRow) throws {
        id = row.id
        let reference = try row.text("prices_dataset_id")
        guard let prices = DatasetReference(reference) else {
            throw row.failure("prices_dataset_id", "\"\(reference)\" is not DATASET or DATASET:table:SESSION")
        }
        self.prices = prices
        closeColumn = row.optionalText("close_col") ?? "close"
        openColumn = row.optionalText("open_col") ?? closeColumn
        highColumn = row.optionalText("high_col") ?? closeColumn
        lowColumn = row.optionalText("low_col") ?? closeColumn
        tickSize = row.optionalNumber("tick_size") ?? 0
        multiplier = row.optionalNumber("multiplier") ?? 1
        currency = row.optionalText("currency") ?? "USD"
        calendar = try row.text("calendar")
        defaultExecutionTime = row.optionalText("default_execution_time")
        defaultPriceModel = row.optionalText("default_execution_price_model")
    }
}

/// One row of SESSIONS: which tables are derived from a dataset of trades or quotes, for which hours.
public struct SessionSpec: Hashable, Sendable {
    public enum BigTradeKind: String, CaseIterable, Sendable { case fixed, percentile, zscore }

    public let id: String
    public let datasetID: String
    public let calendar: String
    /// RTH or FULL.
    public let session: String
    public let barIntervals: [BarInterval]
    public let footprintInterval: BarInterval
    public let cvdInterval: BarInterval
    public let bigTradeKind: BigTradeKind?
    public let bigTradeValue: Double
    /// Trades that the causal window of percentile and z-score holds.
    public let bigTradeWindow: Int
    /// Bars that trades close instead of time.
    public let alternativeBars: [TradeBarRule]
    /// Length of the buckets of the details; nil makes no such table.
    public let flowInterval: BarInterval?
    /// Of a dataset of quotes: lengths of the buckets of its tables, the only ones that it has.
    public let quoteIntervals: [BarInterval]

    init(_ row: ConfigurationRow) throws {
        func interval(_ column: String) throws -> BarInterval {
            let text = row.optionalText(column) ?? "1m"
            guard let value = BarInterval(text) else { throw row.failure(column, "\"\(text)\" is not an interval from 1s to 1d") }
            return value
        }
        id = row.id
        datasetID = try row.text("dataset_id")
        calendar = try row.text("calendar")
        session = try row.text("session")
        func intervals(_ column: String, _ texts: [String]) throws -> [BarInterval] {
            try texts.map { text in
                guard let value = BarInterval(text) else {
                    throw row.failure(column, "\"\(text)\" is not an interval from 1s to 1d")
                }
                return value
            }
        }
        let bars = row.list("bar_intervals")
        barIntervals = try intervals("bar_intervals", bars.isEmpty ? ["1m"] : bars)
        quoteIntervals = try intervals("quote_intervals", row.list("quote_intervals"))
        footprintInterval = try interval("footprint_interval")
        cvdInterval = try interval("cvd_interval")
        bigTradeKind = try row.optionalChoice("big_trade_rule", as: BigTradeKind.self)
        bigTradeValue = row.optionalNumber("big_trade_value") ?? 0
        bigTradeWindow = row.optionalInteger("big_trade_window") ?? 1000
        flowInterval = row.optionalText("flow_interval") == nil ? nil : try interval("flow_interval")
        alternativeBars = try row.list("alternative_bars").map { text in
            guard let rule = TradeBarRule(text) else {
                throw row.failure("alternative_bars", "\"\(text)\" is not a bar rule such as tick:1000")
            }
            return rule
        }
    }
}
