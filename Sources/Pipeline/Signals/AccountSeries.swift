public import Contracts
import Lake
import Market
public import Portfolio
import Primitives

extension AccountSchedule {
    /// Reads the files that the configuration names.
    /// - Parameter assets: of the prices; rows of other assets are passed over.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `csv.*`, `events.column`, `events.value` naming file, row and column.
    public init(_ section: EngineConfiguration.Extensions, assets: [String]) throws {
        let index = Dictionary(zip(assets, assets.indices), uniquingKeysWith: { first, _ in first })
        var funding: [Funding] = []
        if let source = section.funding {
            let grid = Int64(source.interval.interval.seconds) * UnixNanos.perSecond
            let rows = try EventRows(source.file, required: ["timestamp", "asset", "rate"], optional: ["mark_price"])
            var seen: Set<Funding> = []
            for row in 0..<rows.count {
                guard let instrument = index[try rows.text("asset", row)] else { continue }
                let stamp = try rows.time(row)
                let late = ((stamp.rawValue % grid) + grid) % grid
                let time = late < UnixNanos.perMinute ? stamp - late : stamp
                let key = Funding(time: time, instrument: instrument, rate: 0, mark: 0)
                guard seen.insert(key).inserted else {
                    throw rows.failure("the asset is funded twice at this time", row, "timestamp")
                }
                funding.append(
                    Funding(
                        time: time, instrument: instrument, rate: try rows.number("rate", row),
                        mark: try rows.optionalNumber("mark_price", row) ?? .nan))
            }
        }
        var actions: [Action] = []
        if let source = section.actions {
            let rows = try EventRows(source.file, required: ["timestamp", "asset", "kind", "value"], optional: [])
            for row in 0..<rows.count {
                let word = try rows.text("kind", row)
                guard let kind = Action.Kind(rawValue: word) else {
                    throw rows.failure("the kind must be split|dividend", row, "kind")
                }
                let value = try rows.number("value", row)
                guard kind == .dividend || value > 0 else { throw rows.failure("a split's ratio is > 0", row, "value") }
                guard let instrument = index[try rows.text("asset", row)] else { continue }
                actions.append(Action(time: try rows.time(row), instrument: instrument, kind: kind, value: value))
            }
        }
        self.init(funding: funding, actions: actions, conversion: try section.conversion.map { try Self.rates($0.file) } ?? [])
    }
}

extension AccountSchedule {
    private static func rates(_ file: String) throws -> [Rate] {
        let rows = try EventRows(file, required: ["timestamp", "currency", "rate"], optional: ["available_at"])
        var seen: Set<Rate> = []
        return try (0..<rows.count).map { row in
            let rate = try rows.number("rate", row)
            guard rate > 0 else { throw rows.failure("a rate is > 0", row, "rate") }
            let (time, currency) = (try rows.time(row), try rows.text("currency", row))
            guard seen.insert(Rate(time: time, currency: currency, rate: 0)).inserted else {
                throw rows.failure("the currency has two rates at this time", row, "timestamp")
            }
            let available = rows.has("available_at") ? try rows.time(row, "available_at") : time
            guard available >= time else {
                throw rows.failure("a rate is not available before its own time", row, "available_at")
            }
            return Rate(time: time, availableTime: available, currency: currency, rate: rate)
        }
    }
}

/// A small table of events, from Parquet or, where the name ends in `.csv`, from text with a header.
private struct EventRows {
    let count: Int
    private let path: String
    private let columns: [String: Values]

    private enum Values {
        case column(Column)
        case texts([String])
    }

    init(_ path: String, required: [String], optional: [String]) throws {
        self.path = path
        if path.hasSuffix(".csv") {
            let text = try DelimitedText(file: path)
            count = text.rows.count
            columns = Dictionary(
                text.header.enumerated().map { index, name in (name, .texts(text.rows.map { $0.fields[index] })) },
                uniquingKeysWith: { first, _ in first })
        } else {
            let table = try ParquetReader.table(path)
            count = table.rowCount
            columns = Dictionary(table.columns.map { ($0.spec.name, .column($0)) }, uniquingKeysWith: { first, _ in first })
        }
        for name in required where columns[name] == nil {
            throw ApusError(
                "events.column", "the file lacks a column",
                context: ["file": path, "column": name, "columns": columns.keys.sorted().joined(separator: ", ")])
        }
        for name in columns.keys.sorted() where !(required + optional).contains(name) {
            throw ApusError("events.column", "the column is unknown", context: ["file": path, "column": name])
        }
    }

    func failure(_ message: String, _ row: Int, _ column: String) -> ApusError {
        ApusError("events.value", message, context: ["file": path, "row": "\(row)", "column": column])
    }

    func text(_ name: String, _ row: Int) throws -> String {
        switch columns[name] {
        case .texts(let values) where !values[row].isEmpty: return values[row]
        case .column(let column) where column.validity?[row] ?? true:
            if case .strings(let values) = column.values { return values[row] }
        default: break
        }
        throw failure("the value must be a text", row, name)
    }

    func number(_ name: String, _ row: Int) throws -> Double {
        guard let value = try optionalNumber(name, row) else { throw failure("the value is null", row, name) }
        return value
    }

    func optionalNumber(_ name: String, _ row: Int) throws -> Double? {
        var value: Double?
        switch columns[name] {
        case nil: return nil
        case .texts(let values):
            if values[row].isEmpty { return nil }
            if case .number(let number) = SeriesCell(values[row]) { value = number }
        case .column(let column):
            guard column.validity?[row] ?? true else { return nil }
            switch column.values {
            case .doubles(let values): value = values[row]
            case .ints(let values): value = Double(values[row])
            case .bools, .strings: break
            }
        }
        guard let value, value.isFinite else { throw failure("the value must be a finite number", row, name) }
        return value
    }

    func has(_ name: String) -> Bool { columns[name] != nil }

    func time(_ row: Int, _ name: String = "timestamp") throws -> UnixNanos {
        switch columns[name] {
        case .texts(let values):
            if let time = UnixNanos(iso8601: values[row]) { return time }
        case .column(let column) where column.validity?[row] ?? true:
            let unit: Int64? =
                switch column.spec.type {
                case .date: UnixNanos.perDay
                case .timestampMicros: UnixNanos.perMicrosecond
                case .timestampNanos: 1
                default: nil
                }
            if let unit, case let (nanos, overflow) = column.ints[row].multipliedReportingOverflow(by: unit), !overflow {
                return UnixNanos(nanos)
            }
        default: break
        }
        throw failure("the value must be a timestamp", row, name)
    }
}
