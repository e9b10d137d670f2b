import Contracts
public import Primitives

/// Adds to each trade what signals said when it was entered and when it was left.
///
/// The value is that of the last signal of the trade's asset at or before the time, never a later one; null where there is
/// none. Of signals with equal times the last in the file counts. The same values as ml4t-backtest's
/// `enrich_trades_with_signals`, without the columns of time that it leaves behind.
public enum TradeEnrichment {
    public struct Options: Sendable {
        /// Columns of the signals; nil takes all but those of time and asset.
        public var columns: [String]?
        public var timestampColumn: String
        /// Of the signals; nil takes `asset` or `symbol`, and where neither exists the signals hold for every asset.
        public var assetColumn: String?

        public init(columns: [String]? = nil, timestampColumn: String = "timestamp", assetColumn: String? = nil) {
            self.columns = columns
            self.timestampColumn = timestampColumn
            self.assetColumn = assetColumn
        }
    }

    public struct Summary: Hashable, Sendable {
        public let trades: Int
        /// Names of the added columns, in their order.
        public let columns: [String]
        /// Trades without a signal at or before their entry, and before their exit.
        public let withoutEntry: Int
        public let withoutExit: Int
        /// Of the written file.
        public let digest: Digest
    }

    /// Reads a file of trades in either layout and writes it with the columns `entry_<name>` of all signals, then `exit_<name>`.
    /// Every row and column of the trades stays, in its order. Times without a zone are UTC; a date is its midnight.
    /// - Throws: `ApusError` `parquet.read`, `parquet.column`, `parquet.type`, `enrich.time`, `enrich.column`, naming file and
    ///   column.
    public static func write(
        trades path: String, signals: String, options: Options = Options(), to output: String
    ) throws -> Summary {
        try FileBytes.protect([path, signals], from: output)
        let trades = try ParquetReader.table(path)
        let source = try Signals(signals, options)
        let names = source.values.map(\.spec.name)
        let added = names.map { "entry_" + $0 } + names.map { "exit_" + $0 }
        guard Set(added + trades.schema.map(\.name)).count == added.count + trades.columns.count else {
            let clash = added.first { trades[$0] != nil } ?? added.first { name in added.count { $0 == name } > 1 }
            throw ApusError(
                "enrich.column", "the trades would have two columns of one name",
                context: ["file": path, "column": clash ?? ""])
        }
        let assets = try source.hasAssets ? tradeAssets(trades, path) : nil
        let entry = source.rows(assets: assets, times: try times(column("entry_time", trades, path), path))
        let exit = source.rows(assets: assets, times: try times(column("exit_time", trades, path), path))
        var columns = trades.columns
        for (prefix, rows) in [("entry_", entry), ("exit_", exit)] {
            columns += source.values.map { take($0, rows, name: prefix + $0.spec.name) }
        }
        let written = try ParquetWriter.write(Table(columns), to: output)
        return Summary(
            trades: trades.rowCount, columns: added, withoutEntry: entry.count { $0 < 0 }, withoutExit: exit.count { $0 < 0 },
            digest: written.digest)
    }

    private static func tradeAssets(_ trades: Table, _ path: String) throws -> [String] {
        let column = try trades["symbol"] ?? column("asset", trades, path)
        guard case .strings(let values) = column.values else {
            throw ApusError(
                "parquet.type", "the column is no text", context: ["file": path, "column": column.spec.name])
        }
        return values
    }

    fileprivate static func column(_ name: String, _ table: Table, _ path: String) throws -> Column {
        guard let column = table[name] else {
            throw ApusError("parquet.column", "the file lacks a column", context: ["file": path, "column": name])
        }
        return column
    }

    /// Nanoseconds since the epoch, whatever the column's unit.
    fileprivate static func times(_ column: Column, _ path: String) throws -> [Int64] {
        let unit: Int64
        switch column.spec.type {
        case .date: unit = UnixNanos.perDay
        case .timestampMicros: unit = UnixNanos.perMicrosecond
        case .timestampNanos: unit = 1
        default:
            throw ApusError("parquet.type", "the column holds no times", context: ["file": path, "column": column.spec.name])
        }
        return try column.ints.enumerated().map { row, value in
            let (nanos, overflow) = value.multipliedReportingOverflow(by: unit)
            guard column.validity?[row] ?? true, !overflow else {
                throw ApusError(
                    "enrich.time", "a time is missing or lies outside of 1677 to 2262",
                    context: ["file": path, "column": column.spec.name, "row": String(row)])
            }
            return nanos
        }
    }

    /// The cells of `rows`; a negative row is a null.
    private static func take(_ column: Column, _ rows: [Int], name: String) -> Column {
        let validity = rows.map { $0 >= 0 && (column.validity?[$0] ?? true) }
        func picked<Value>(_ values: [Value], _ blank: Value) -> [Value] {
            zip(rows, validity).map { $1 ? values[$0] : blank }
        }
        let values: ColumnValues =
            switch column.values {
            case .bools(let values): .bools(picked(values, false))
            case .ints(let values): .ints(picked(values, 0))
            case .doubles(let values): .doubles(picked(values, .nan))
            case .strings(let values): .strings(picked(values, ""))
            }
        return Column(
            ColumnSpec(name, column.spec.type, nullable: true), values, validity: validity.contains(false) ? validity : nil)
    }
}

/// The signals, each asset's rows in order of time.
private struct Signals {
    let values: [Column]
    let hasAssets: Bool
    /// Rows of one asset after the other, by time.
    private var rows: [Int] = []
    private var times: [Int64] = []
    /// Where an asset's rows lie in `rows`; without assets all stand under the empty name.
    private var ranges: [String: Range<Int>] = [:]

    init(_ path: String, _ options: TradeEnrichment.Options) throws {
        let available = try ParquetReader.schema(path).map(\.name)
        let asset = options.assetColumn ?? ["asset", "symbol"].first { available.contains($0) && $0 != options.timestampColumn }
        let chosen = options.columns ?? available.filter { $0 != options.timestampColumn && $0 != asset }
        let keys = [options.timestampColumn] + (asset.map { [$0] } ?? [])
        // Each column once: a key may be asked for as a value too.
        let wanted = keys + chosen.filter { !keys.contains($0) }
        let table = try ParquetReader.table(path, columns: wanted)
        values = try chosen.map { try TradeEnrichment.column($0, table, path) }
        hasAssets = asset != nil
        let times = try TradeEnrichment.times(TradeEnrichment.column(options.timestampColumn, table, path), path)
        guard let asset else {
            order(Array(times.indices), times, name: "")
            return
        }
        let names = try TradeEnrichment.column(asset, table, path)
        guard case .strings(let assets) = names.values else {
            throw ApusError("parquet.type", "the column is no text", context: ["file": path, "column": asset])
        }
        var groups: [String: [Int]] = [:]
        for row in assets.indices where names.validity?[row] ?? true { groups[assets[row], default: []].append(row) }
        for name in groups.keys.sorted() { order(groups[name] ?? [], times, name: name) }
    }

    private mutating func order(_ group: [Int], _ times: [Int64], name: String) {
        // By row where times are equal, so that the last of them is the last in the file.
        let sorted = group.sorted { times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1] }
        ranges[name] = rows.count..<rows.count + sorted.count
        rows += sorted
        self.times += sorted.map { times[$0] }
    }

    /// The row of the last signal at or before each time; -1 where there is none.
    func rows(assets: [String]?, times wanted: [Int64]) -> [Int] {
        wanted.indices.map { index in
            guard let range = ranges[assets?[index] ?? ""] else { return -1 }
            var low = range.lowerBound
            var high = range.upperBound
            while low < high {
                let middle = (low + high) / 2
                if times[middle] <= wanted[index] { low = middle + 1 } else { high = middle }
            }
            return low > range.lowerBound ? rows[low - 1] : -1
        }
    }
}
