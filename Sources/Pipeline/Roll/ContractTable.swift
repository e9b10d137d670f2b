import Contracts
import Ingest
import Lake
import Market
import Primitives

/// The rows of one source of contract bars, in its own order, as columns of equal length.
struct ContractTable {
    let file: String
    /// The entry of an archive; nil for a plain file.
    var entry: String?
    /// What a row's place is called, `line` or `row`, and each row's number of that kind.
    let placeName: String
    let places: [Int]
    let symbols: [String]
    /// Labels. Where `isDaily`, midnight UTC of the date that labels the bar.
    let times: [UnixNanos]
    /// The source labels its bars by date: that is the bar's trade date.
    let isDaily: Bool
    /// Open, high, low, close, volume, open interest; NaN where there is none of the last two.
    let values: [[Double]]

    static let valueNames = ["open", "high", "low", "close", "volume", "open_interest"]
    static let timeNames = ["ts", "timestamp", "time", "datetime", "date", "ts_event"]
    static let symbolNames = ["symbol", "contract", "raw_symbol"]

    /// Reads a LEAN minute file, a CSV or a Parquet file, by its name's end.
    /// - Throws: `ApusError` naming file and row.
    static func read(_ file: String, root: String) throws -> [ContractTable] {
        if file.hasSuffix(".zip") { return try lean(file, root: root) }
        if file.hasSuffix(".csv") { return [try csv(file)] }
        if file.hasSuffix(".parquet") { return [try parquet(file)] }
        throw ApusError("futures.format", "the file is no .zip, .csv or .parquet", context: ["file": file])
    }

    private static func lean(_ file: String, root: String) throws -> [ContractTable] {
        try LEANMinuteFile.read(file, root: root).entries.map { entry in
            let count = entry.times.count
            return ContractTable(
                file: file, entry: entry.name, placeName: "line", places: Array(1..<count + 1),
                symbols: Array(repeating: entry.contract, count: count), times: entry.times, isDaily: false,
                values: [
                    entry.open, entry.high, entry.low, entry.close, entry.volume, Array(repeating: .nan, count: count),
                ])
        }
    }

    // MARK: CSV

    private static func csv(_ file: String) throws -> ContractTable {
        let text = try DelimitedText(file: file)
        let columns = try ColumnPlaces(text.header, file: file)
        func failure(_ message: String, _ line: Int, _ column: Int) -> ApusError {
            ApusError("futures.value", message, context: ["file": file, "line": "\(line)", "column": text.header[column]])
        }
        var times: [UnixNanos] = []
        let isDaily = text.rows.first.map { date($0.fields[columns.time].trimmed) != nil } ?? false
        for row in text.rows {
            guard let time = time(row.fields[columns.time].trimmed, isDaily: isDaily) else {
                throw failure(
                    "\"\(row.fields[columns.time])\" is not \(isDaily ? "a date" : "a time") like the first row's",
                    row.line, columns.time)
            }
            times.append(time)
        }
        let values = try columns.values.enumerated().map { index, place in
            guard let place else { return Array(repeating: Double.nan, count: text.rows.count) }
            return try text.rows.map { row in
                let cell = row.fields[place].trimmed
                if cell.isEmpty, index > 3 { return .nan }
                guard case .number(let value) = SeriesCell(cell) else {
                    throw failure(SeriesCell.complaint(cell), row.line, place)
                }
                return value
            }
        }
        return ContractTable(
            file: file, placeName: "line", places: text.rows.map(\.line),
            symbols: text.rows.map { row in columns.symbol.map { row.fields[$0].trimmed } ?? fileSymbol(file) }, times: times,
            isDaily: isDaily, values: values)
    }

    /// Where a bar is labelled by date, `YYYY-MM-DD`, `YYYYMMDD` or `M/D/YYYY`; else an ISO 8601 time or nanoseconds since the
    /// epoch.
    private static func time(_ text: String, isDaily: Bool) -> UnixNanos? {
        if isDaily { return date(text).flatMap { UnixNanos(exactly: $0) } }
        if let time = UnixNanos(iso8601: text) { return text.utf8.count > 10 ? time : nil }
        return Int64(text).map { UnixNanos($0) }
    }

    private static func date(_ text: String) -> CivilDate? {
        if text.utf8.count == 8, let number = Int(text) {
            return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        }
        return text.utf8.count <= 10 ? DailyTable.date(text) : nil
    }

    /// `ESZ13` of `data/ESZ13.csv`: the contract of a file without a column for it.
    private static func fileSymbol(_ file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        return String(name.split(separator: ".").first ?? "")
    }

    // MARK: Parquet

    private static func parquet(_ file: String) throws -> ContractTable {
        let schema = try ParquetReader.schema(file)
        let columns = try ColumnPlaces(schema.map(\.name), file: file)
        let wanted = [columns.time] + (columns.symbol.map { [$0] } ?? []) + columns.values.compactMap { $0 }
        let table = try ParquetReader.table(file, columns: wanted.map { schema[$0].name })
        func column(_ place: Int) throws -> Column {
            guard let column = table[schema[place].name] else {
                throw ApusError("futures.column", "the column cannot be read", context: ["file": file])
            }
            return column
        }
        func failure(_ message: String, _ row: Int, _ column: Column) -> ApusError {
            ApusError(
                "futures.value", message, context: ["file": file, "row": "\(row + 1)", "column": column.spec.name])
        }
        func whole(_ column: Column) throws -> Column {
            if let row = column.validity?.firstIndex(of: false) { throw failure("the value is missing", row, column) }
            return column
        }
        let time = try whole(column(columns.time))
        let scale: Int64
        switch time.spec.type {
        case .date: scale = UnixNanos.perDay
        case .timestampMicros: scale = UnixNanos.perMicrosecond
        case .timestampNanos, .int64: scale = 1
        default: throw failure("the column holds no times", 0, time)
        }
        let times = try time.ints.enumerated().map { row, value in
            let (nanos, overflow) = value.multipliedReportingOverflow(by: scale)
            guard !overflow else { throw failure("the time is out of range", row, time) }
            return UnixNanos(nanos)
        }
        let values = try columns.values.enumerated().map { index, place in
            guard let place else { return Array(repeating: Double.nan, count: table.rowCount) }
            let column = index > 3 ? try column(place) : try whole(column(place))
            return try numbers(column) { failure("the value is not a number", $0, column) }
        }
        let symbols = try columns.symbol.map { try whole(column($0)).strings }
        guard symbols.map({ $0.count == table.rowCount }) ?? true else {
            throw ApusError("futures.column", "the contracts' names are no text", context: ["file": file])
        }
        return ContractTable(
            file: file, placeName: "row", places: Array(1..<table.rowCount + 1),
            symbols: symbols ?? Array(repeating: fileSymbol(file), count: table.rowCount), times: times,
            isDaily: time.spec.type == .date, values: values)
    }

    private static func numbers(_ column: Column, _ failure: (Int) -> ApusError) throws -> [Double] {
        let numbers: [Double]
        switch column.values {
        case .doubles(let values): numbers = values
        case .ints(let values): numbers = values.map { Double($0) }
        case .bools, .strings: throw failure(0)
        }
        guard let validity = column.validity else { return numbers }
        return zip(numbers, validity).map { $1 ? $0 : .nan }
    }
}

/// Where the columns of contract bars stand in a file; names in any case.
private struct ColumnPlaces {
    let time: Int
    let symbol: Int?
    let values: [Int?]

    /// - Throws: `ApusError` `futures.column`.
    init(_ header: [String], file: String) throws {
        let names = header.map { $0.trimmed.lowercased() }
        func place(_ candidates: [String]) -> Int? { candidates.lazy.compactMap { names.firstIndex(of: $0) }.first }
        func missing(_ what: String) -> ApusError {
            ApusError(
                "futures.column", "the file lacks a column: \(what)",
                context: ["file": file, "columns": header.joined(separator: ", ")])
        }
        guard let time = place(ContractTable.timeNames) else {
            throw missing(ContractTable.timeNames.joined(separator: " or "))
        }
        self.time = time
        symbol = place(ContractTable.symbolNames)
        values = try ContractTable.valueNames.enumerated().map { index, name in
            let found = place([name])
            if found == nil, index < 4 { throw missing(name) }
            return found
        }
    }
}
