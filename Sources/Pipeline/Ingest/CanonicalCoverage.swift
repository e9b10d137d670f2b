import Ingest
import Primitives

/// What a canonical file holds of a symbol and UTC date.
struct CanonicalCover {
    let symbol: String
    let date: CivilDate
    var rows: Int
    var first: UnixNanos
    var last: UnixNanos
}

/// Counts rows by symbol and UTC date; each symbol's present date is at hand.
struct CoverageCount {
    private struct Day {
        let start: Int64
        var rows = 0
        var first: Int64 = .max
        var last: Int64 = .min

        init(around time: Int64) { start = time.flooredDivision(by: UnixNanos.perDay) * UnixNanos.perDay }
    }
    private struct Key: Hashable {
        let symbol: Int32
        let start: Int64
    }
    /// By symbol code.
    private var current: [Day] = []
    /// Dates that a symbol has left. One that it entered again stands here twice.
    private var left: [(symbol: Int32, day: Day)] = []

    mutating func add(_ time: Int64, _ symbol: Int32) {
        let index = Int(symbol)
        if index == current.count { current.append(Day(around: time)) }
        if time < current[index].start || time >= current[index].start + UnixNanos.perDay {
            left.append((symbol, current[index]))
            current[index] = Day(around: time)
        }
        current[index].rows += 1
        current[index].first = min(current[index].first, time)
        current[index].last = max(current[index].last, time)
    }

    func sorted(_ texts: [String]) -> [CanonicalCover] {
        var covers: [Key: CanonicalCover] = [:]
        for (symbol, day) in left + current.enumerated().map({ (Int32($0.offset), $0.element) }) {
            let key = Key(symbol: symbol, start: day.start)
            var cover =
                covers[key]
                ?? CanonicalCover(
                    symbol: texts[Int(symbol)], date: UnixNanos(day.start).utcDate, rows: 0, first: UnixNanos(day.first),
                    last: UnixNanos(day.last))
            cover.rows += day.rows
            cover.first = min(cover.first, UnixNanos(day.first))
            cover.last = max(cover.last, UnixNanos(day.last))
            covers[key] = cover
        }
        return covers.values.sorted { ($0.symbol, $0.date) < ($1.symbol, $1.date) }
    }
}

/// Symbols as small numbers; the answer for the id and day of the record before is remembered.
struct SymbolCodes {
    let resolver: SymbolResolver
    var texts: [String] = []
    private var codes: [String: Int32] = [:]
    private var lastID: UInt32?
    private var lastDay: Int64 = .min
    private var lastCode: Int32 = 0

    init(resolver: SymbolResolver) { self.resolver = resolver }

    mutating func code(_ id: UInt32, at time: UnixNanos) -> Int32 {
        let day = time.rawValue.flooredDivision(by: UnixNanos.perDay)
        if id == lastID && day == lastDay { return lastCode }
        let symbol = resolver.symbol(id, at: time) ?? String(id)
        let code = codes[symbol] ?? Int32(texts.count)
        if codes.updateValue(code, forKey: symbol) == nil { texts.append(symbol) }
        (lastID, lastDay, lastCode) = (id, day, code)
        return code
    }
}
