import Ingest
import Lake
public import Market
public import Primitives

/// What a continuous series is made of and how.
public struct ContinuousRequest: Sendable {
    /// The product, such as `ES`.
    public var root: String
    /// Files, and folders whose `.csv`, `.parquet` and `*_trade.zip` files are taken.
    public var inputs: [String]
    public var rule: RollRule
    public var adjustment: Adjustment
    /// A name of `SessionCalendars`.
    public var calendar: String
    /// The letters of the months to hold; all where nil.
    public var months: Set<Character>?
    /// A CSV of `contract,last_trade_date`, for products whose last trade date no rule gives.
    public var lastTradeDates: String?
    /// The length of a bar; where nil, the smallest step between two bars of a contract.
    public var interval: BarInterval?
    /// Where given, the series as it was known then.
    public var asOf: UnixNanos?

    public init(
        root: String, inputs: [String], rule: RollRule, adjustment: Adjustment = .none, calendar: String = "CME_EQUITY",
        months: Set<Character>? = nil, lastTradeDates: String? = nil, interval: BarInterval? = nil, asOf: UnixNanos? = nil
    ) {
        self.root = root
        self.inputs = inputs
        self.rule = rule
        self.adjustment = adjustment
        self.calendar = calendar
        self.months = months
        self.lastTradeDates = lastTradeDates
        self.interval = interval
        self.asOf = asOf
    }
}

/// A continuous series and what it was read from.
public struct ContinuousResult: Sendable {
    public let series: ContinuousSeries
    public let files: [String]
    /// Rows of all contracts of the root, also of those that are never held.
    public let rowsRead: Int
    /// Names in the files that are no contract of the root, sorted.
    public let ignored: [String]
}

/// `apus futures`: from files of contract bars to a continuous series.
public enum ContinuousFutures {
    /// - Throws: `ApusError` `futures.*`, `csv.*`, `parquet.*`, `file.*`.
    public static func build(_ request: ContinuousRequest) throws -> ContinuousResult {
        let files = try expand(request.inputs)
        var collector = ContractCollector(
            root: request.root, months: request.months, lastTradeDates: try lastTradeDates(request.lastTradeDates))
        for file in files {
            for table in try ContractTable.read(file, root: request.root) { try collector.add(table) }
        }
        guard collector.rowCount > 0 else {
            let found = collector.ignored.sorted().prefix(10).joined(separator: ", ")
            throw ApusError(
                "futures.contracts", "the files hold no contract of this root",
                context: ["root": request.root, "files": "\(files.count)", "found": found.isEmpty ? "nothing" : found])
        }
        do {
            let calendar = try SessionCalendars.named(request.calendar)
            let bars = try collector.bars(calendar)
            let schedule = try RollSchedule(bars, rule: request.rule, calendar: calendar)
            let series = try ContinuousSeries(
                bars, schedule: schedule, adjustment: request.adjustment, barNanos: try barNanos(bars, request))
            return ContinuousResult(
                series: try request.asOf.map { try series.asOf($0) } ?? series, files: files, rowsRead: collector.rowCount,
                ignored: collector.ignored.sorted())
        } catch let error as FuturesError {
            throw ApusError("futures.\(error.code)", "\(error)", context: ["root": request.root])
        } catch let error as CalendarError {
            throw ApusError(
                "futures.calendar", "the rolls cannot be placed on the calendar", context: ["root": request.root],
                underlying: error)
        }
    }

    /// Folders become the files in them, sorted by name.
    private static func expand(_ inputs: [String]) throws -> [String] {
        var files: [String] = []
        for input in inputs {
            guard FileBytes.exists(input) else {
                throw ApusError("file.read", "there is no such file or folder", context: ["file": input])
            }
            // With the dot a link to a folder counts as the folder.
            guard Folder.isFolder(input + "/.") else {
                files.append(input)
                continue
            }
            let names = Folder.names(in: input).filter {
                !$0.hasPrefix(".") && ($0.hasSuffix(".csv") || $0.hasSuffix(".parquet") || LEANMinuteFile.isNamedLikeOne($0))
            }
            guard !names.isEmpty else {
                throw ApusError(
                    "futures.contracts", "the folder holds no .csv, .parquet or _trade.zip file", context: ["folder": input])
            }
            files += names.map { input + "/" + $0 }
        }
        return files
    }

    private static func lastTradeDates(_ file: String?) throws -> [String: CivilDate] {
        guard let file else { return [:] }
        let text = try DelimitedText(file: file)
        guard let contract = text.header.firstIndex(of: "contract"), let date = text.header.firstIndex(of: "last_trade_date")
        else {
            throw ApusError(
                "futures.column", "the file needs the columns contract and last_trade_date",
                context: ["file": file, "columns": text.header.joined(separator: ", ")])
        }
        var dates: [String: CivilDate] = [:]
        for row in text.rows {
            guard let day = CivilDate(row.fields[date].trimmed) else {
                throw ApusError(
                    "futures.value", "\"\(row.fields[date])\" is not a date YYYY-MM-DD",
                    context: ["file": file, "line": "\(row.line)", "column": "last_trade_date"])
            }
            let name = row.fields[contract].trimmed
            guard let canonical = FuturesContract.canonicalCode(name, asOf: day), dates[canonical] == nil else {
                throw ApusError(
                    "futures.contract", "\"\(name)\" names no contract, or one that is listed already",
                    context: ["file": file, "line": "\(row.line)", "column": "contract"])
            }
            dates[canonical] = day
        }
        return dates
    }

    private static func barNanos(_ bars: [ContractBars], _ request: ContinuousRequest) throws -> Int64 {
        if let interval = request.interval { return interval.nanos }
        let steps = bars.compactMap { contract in zip(contract.times.dropFirst(), contract.times).map { $0 - $1 }.min() }
        guard let smallest = steps.min() else {
            throw ApusError(
                "futures.interval", "no contract has two bars to tell their length by; name it with --interval",
                context: ["root": request.root])
        }
        return min(smallest, UnixNanos.perDay)
    }
}
