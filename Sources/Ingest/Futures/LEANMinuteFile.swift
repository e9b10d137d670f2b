public import Primitives

/// Minute bars of futures trades as LEAN (QuantConnect) stores them: one zip file a day, `20131007_trade.zip`, with one CSV a
/// contract, `20131007_es_minute_trade_201312.csv`. A row is milliseconds since midnight UTC, open, high, low, close, volume;
/// prices are in units of the contract.
public struct LEANMinuteFile: Sendable {
    /// The bars of one contract, as columns of equal length. Row `n` stands on line `n + 1` of the entry.
    public struct Entry: Sendable {
        /// Name inside the archive.
        public let name: String
        /// Root and month, such as `ES 201312`.
        public let contract: String
        /// Labels, UTC.
        public let times: [UnixNanos]
        public let open: [Double]
        public let high: [Double]
        public let low: [Double]
        public let close: [Double]
        public let volume: [Double]
    }

    public let file: String
    /// In the order of the archive.
    public let entries: [Entry]

    /// The length of a bar.
    public static let barNanos = UnixNanos.perMinute

    /// Whether a path is called like such a file.
    public static func isNamedLikeOne(_ path: String) -> Bool { path.hasSuffix("_trade.zip") }

    /// Reads the entries of one root; those of others are left aside.
    /// - Throws: `ApusError` `futures.zip`, `futures.lean` naming file, entry, line and column.
    public static func read(_ path: String, root: String) throws -> LEANMinuteFile {
        let archive = try ZipArchive(path, area: "futures", kind: "LEAN minute file")
        var entries: [Entry] = []
        for name in archive.names {
            let parts = name.split(separator: ".").first.map { $0.split(separator: "_") } ?? []
            // Date, root, resolution, kind, contract month (and, in some years, the last trade date behind it).
            guard parts.count >= 5, parts[2] == "minute", parts[3] == "trade", name.hasSuffix(".csv") else {
                throw ApusError(
                    "futures.lean", "the entry is not called DATE_ROOT_minute_trade_MONTH.csv",
                    context: ["file": path, "entry": name])
            }
            guard parts[1].uppercased() == root else { continue }
            guard let number = Int(parts[0]), parts[0].utf8.count == 8,
                let date = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
            else {
                throw ApusError("futures.lean", "the entry's name has no date YYYYMMDD", context: ["file": path, "entry": name])
            }
            guard let bytes = try archive.read(name) else { continue }
            let last = parts.count > 5 ? parts[5] : parts[4]
            entries.append(try entry(name, contract: "\(root) \(last)", date: date, bytes: bytes, file: path))
        }
        return LEANMinuteFile(file: path, entries: entries)
    }

    private static func entry(_ name: String, contract: String, date: CivilDate, bytes: [UInt8], file: String) throws -> Entry {
        let columns = ["time", "open", "high", "low", "close", "volume"]
        var times: [UnixNanos] = []
        var values: [[Double]] = Array(repeating: [], count: 5)
        var line = 0
        func failure(_ message: String, _ column: String?) -> ApusError {
            ApusError(
                "futures.lean", message, context: ["file": file, "entry": name, "line": "\(line)", "column": column ?? "-"])
        }
        for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let text = row.last == 0x0D ? row.dropLast() : row
            if text.isEmpty { continue }
            let fields = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard fields.count == columns.count else {
                throw failure("the row has \(fields.count) fields, not \(columns.count)", nil)
            }
            guard let millis = Int64(String(decoding: fields[0], as: UTF8.self)), (0..<86_400_000).contains(millis) else {
                throw failure("the time is not a number of milliseconds of a day", columns[0])
            }
            times.append(UnixNanos(date) + millis * 1_000_000)
            for index in values.indices {
                guard let value = Double(String(decoding: fields[index + 1], as: UTF8.self)), value.isFinite else {
                    throw failure("the value is not a number", columns[index + 1])
                }
                values[index].append(value)
            }
        }
        return Entry(
            name: name, contract: contract, times: times, open: values[0], high: values[1], low: values[2], close: values[3],
            volume: values[4])
    }
}
