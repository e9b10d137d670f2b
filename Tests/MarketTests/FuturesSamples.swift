import Market
import Primitives
import TestKit
import Testing

/// Contracts and bars made for tests of rolls.
enum FuturesSamples {
    static let calendar = SessionCalendars.cmeEquity

    static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    struct Row {
        let date: CivilDate
        let open: Double
        let close: Double
        var volume = Double.nan
        var openInterest = Double.nan
    }

    /// Daily bars, labelled by midnight UTC of their trade date.
    static func daily(_ contract: FuturesContract, _ rows: [Row]) throws -> ContractBars {
        try ContractBars(
            contract: contract, times: rows.map { UnixNanos($0.date) }, sessions: rows.map(\.date), open: rows.map(\.open),
            high: rows.map { max($0.open, $0.close) }, low: rows.map { min($0.open, $0.close) }, close: rows.map(\.close),
            volume: rows.map(\.volume), openInterest: rows.map(\.openInterest))
    }

    /// The quarterly ES contracts of some years, with random prices on the tick grid, each trading for 150 sessions at most,
    /// whose volume and open interest move to the next contract at random before the end. `barsPerSession` bars of one hour, some
    /// missing.
    static func randomChain(
        seed: UInt64, years: ClosedRange<Int>, barsPerSession: Int = 1
    ) throws -> [ContractBars] {
        var random = SeededGenerator(seed: seed)
        func uniform(_ bound: UInt64) -> Double { Double(random.next() % bound) }
        var chain: [ContractBars] = []
        for year in years {
            for month in [3, 6, 9, 12] {
                let contract = try FuturesContract(root: "ES", month: #require(ContractMonth(year: year, month: month)))
                let sessions = try calendar.sessions(in: (contract.lastTradeDate - 220)...contract.lastTradeDate)
                let carry = Double(chain.count) * (uniform(41) - 30) / 4
                var price = 2000 + carry
                var columns: [[Double]] = Array(repeating: [], count: 6)
                var times: [UnixNanos] = []
                var dates: [CivilDate] = []
                for (index, session) in sessions.enumerated() {
                    let left = sessions.count - 1 - index
                    for bar in 0..<barsPerSession where bar == barsPerSession - 1 || random.next() % 4 != 0 {
                        let open = price + (uniform(17) - 8) / 4
                        let close = open + (uniform(33) - 16) / 4
                        price = close
                        let busy = left < 5 ? uniform(60) + 10 * Double(left) : 200 - Double(left) + uniform(40)
                        // All of a session's volume in the bar that is never missing.
                        let activity = bar == barsPerSession - 1 ? busy : 0
                        times.append(session.fullOpen + Int64(bar) * UnixNanos.perHour)
                        dates.append(session.tradeDate)
                        let high = max(open, close) + uniform(5) / 4, low = min(open, close) - uniform(5) / 4
                        for (column, value) in [open, high, low, close, activity, 10 * activity].enumerated() {
                            columns[column].append(value)
                        }
                    }
                }
                chain.append(
                    try ContractBars(
                        contract: contract, times: times, sessions: dates, open: columns[0], high: columns[1], low: columns[2],
                        close: columns[3], volume: columns[4], openInterest: columns[5]))
            }
        }
        return chain
    }

    static let rules: [RollRule] = [
        .calendar(.expiry, sessionsBefore: 0), .calendar(.expiry, sessionsBefore: 6), .calendar(.month, sessionsBefore: 2),
        .volume(sessions: 1, lag: 0), .volume(sessions: 3, lag: 1), .openInterest(sessions: 2, lag: 0),
    ]

    /// The rows of some bars up to a row count, with another volume and open interest where wanted.
    static func copy(
        _ bars: ContractBars, rows: Int, activity: (_ date: CivilDate, _ value: Double) -> Double = { $1 }
    ) throws -> ContractBars {
        func cut<Value>(_ column: [Value]) -> [Value] { Array(column[..<rows]) }
        return try ContractBars(
            contract: bars.contract, times: cut(bars.times), sessions: cut(bars.sessions), open: cut(bars.open),
            high: cut(bars.high), low: cut(bars.low), close: cut(bars.close),
            volume: zip(bars.sessions, cut(bars.volume)).map(activity),
            openInterest: zip(bars.sessions, cut(bars.openInterest)).map(activity))
    }
}
