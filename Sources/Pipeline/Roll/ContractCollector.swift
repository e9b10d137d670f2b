import Market
import Primitives

/// Gathers the rows of many files by contract, and puts them in time order.
struct ContractCollector {
    /// The rows of one contract in the order they came.
    private struct Rows {
        var times: [UnixNanos] = []
        /// The date that labels a daily bar; nil for a bar labelled by a time.
        var dates: [CivilDate?] = []
        var values: [[Double]] = Array(repeating: [], count: ContractTable.valueNames.count)
        /// The source and the number of each row, for messages.
        var sources: [Int32] = []
        var places: [Int32] = []
    }

    private struct Source {
        let file: String
        let entry: String?
        let placeName: String
    }

    let root: String
    /// The letters of the months to take; all where nil.
    let months: Set<Character>?
    let lastTradeDates: [String: CivilDate]
    private var contracts: [FuturesContract: Rows] = [:]
    private var sources: [Source] = []
    private(set) var rowCount = 0
    /// Names that are no contract of the root and were left aside.
    private(set) var ignored: Set<String> = []

    init(root: String, months: Set<Character>?, lastTradeDates: [String: CivilDate]) {
        self.root = root
        self.months = months
        self.lastTradeDates = lastTradeDates
    }

    /// - Throws: `ApusError` `futures.*` naming file and row.
    mutating func add(_ table: ContractTable) throws {
        sources.append(Source(file: table.file, entry: table.entry, placeName: table.placeName))
        var known: [String: FuturesContract?] = [:]
        var rows = 0..<0
        // Runs of one symbol, so that a contract is looked up once a run and not once a row.
        while rows.upperBound < table.symbols.count {
            let symbol = table.symbols[rows.upperBound]
            var end = rows.upperBound + 1
            while end < table.symbols.count, table.symbols[end] == symbol { end += 1 }
            rows = rows.upperBound..<end
            let contract: FuturesContract?
            if let found = known[symbol] {
                contract = found
            } else {
                contract = try self.contract(symbol, table, row: rows.lowerBound)
                known[symbol] = .some(contract)
            }
            if let contract { try append(table, rows, to: contract) }
        }
    }

    /// The contract of a symbol; nil for what is not of the root and for a month that is not wanted.
    private mutating func contract(_ symbol: String, _ table: ContractTable, row: Int) throws -> FuturesContract? {
        guard FuturesContract.root(of: symbol) == root else {
            ignored.insert(symbol)
            return nil
        }
        do {
            // Midnight UTC belongs to the same date for a daily bar; a day more or less does not matter to a decade.
            let contract = try FuturesContract(symbol, asOf: table.times[row].utcDate, lastTradeDates: lastTradeDates)
            if let months, !months.contains(contract.month.letter) { return nil }
            return contract
        } catch let error as FuturesError {
            throw failure("futures.\(error.code)", "\(error)", sources.count - 1, table.places[row])
        }
    }

    private mutating func append(_ table: ContractTable, _ rows: Range<Int>, to contract: FuturesContract) throws {
        var held = contracts.removeValue(forKey: contract) ?? Rows()
        for row in rows {
            let (open, high, low, close) = (
                table.values[0][row], table.values[1][row], table.values[2][row], table.values[3][row]
            )
            guard [open, high, low, close].allSatisfy(\.isFinite), high >= max(open, close), low <= min(open, close) else {
                throw failure(
                    "futures.bar", "the prices are no bar: open \(open), high \(high), low \(low), close \(close)",
                    sources.count - 1, table.places[row])
            }
            for index in 4...5 where table.values[index][row] < 0 {
                throw failure(
                    "futures.bar", "\(ContractTable.valueNames[index]) is below zero", sources.count - 1, table.places[row])
            }
            held.dates.append(table.isDaily ? table.times[row].utcDate : nil)
            held.places.append(Int32(clamping: table.places[row]))
        }
        held.times += table.times[rows]
        held.sources += Array(repeating: Int32(sources.count - 1), count: rows.count)
        for index in held.values.indices { held.values[index] += table.values[index][rows] }
        contracts[contract] = held
        rowCount += rows.count
    }

    /// The bars of each contract, nearest first.
    /// - Throws: `ApusError` `futures.duplicate`, `futures.calendar`, `futures.order`.
    func bars(_ calendar: any SessionCalendar) throws -> [ContractBars] {
        try contracts.keys.sorted().compactMap { contract in
            guard let rows = contracts[contract] else { return nil }
            return try bars(contract, rows, calendar)
        }
    }

    private func bars(_ contract: FuturesContract, _ rows: Rows, _ calendar: any SessionCalendar) throws -> ContractBars {
        let order = rows.times.indices.sorted { (rows.times[$0], $0) < (rows.times[$1], $1) }
        for (a, b) in zip(order, order.dropFirst()) where rows.times[a] == rows.times[b] {
            let first = place(Int(rows.sources[a]), Int(rows.places[a]))
            throw failure(
                "futures.duplicate", "\(contract) has a bar at \(rows.times[b]) already: \(first)", Int(rows.sources[b]),
                Int(rows.places[b]))
        }
        var clock = SessionClock(calendar: calendar)
        let sessions = try order.map { row in
            if let date = rows.dates[row] { return date }
            do { return try clock.tradeDate(at: rows.times[row]) } catch let error as CalendarError {
                throw failure(
                    "futures.calendar", "the bar at \(rows.times[row]) belongs to no session: \(error)", Int(rows.sources[row]),
                    Int(rows.places[row]))
            }
        }
        let columns = rows.values.map { column in order.map { column[$0] } }
        return try ContractBars(
            contract: contract, times: order.map { rows.times[$0] }, sessions: sessions, open: columns[0], high: columns[1],
            low: columns[2], close: columns[3], volume: columns[4], openInterest: columns[5])
    }

    private func place(_ source: Int, _ place: Int) -> String {
        let found = sources[source]
        return "\(found.file)\(found.entry.map { ", \($0)" } ?? ""), \(found.placeName) \(place)"
    }

    private func failure(_ code: String, _ message: String, _ source: Int, _ place: Int) -> ApusError {
        let found = sources[source]
        guard let entry = found.entry else {
            return ApusError(code, message, context: ["file": found.file, found.placeName: "\(place)"])
        }
        return ApusError(code, message, context: ["file": found.file, "entry": entry, found.placeName: "\(place)"])
    }
}
