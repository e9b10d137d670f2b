public import Primitives

/// The bars of one contract as traded, in time order, as columns of equal length.
public struct ContractBars: Sendable {
    public let contract: FuturesContract
    /// Labels: when each bar begins.
    public let times: [UnixNanos]
    /// The trade date each bar belongs to; never decreases.
    public let sessions: [CivilDate]
    public let open: [Double]
    public let high: [Double]
    public let low: [Double]
    public let close: [Double]
    /// Contracts; NaN where the source has none.
    public let volume: [Double]
    /// Contracts outstanding, as last known at the bar's end; NaN where the source has none.
    public let openInterest: [Double]
    /// The rows of each trade date, by date.
    let rowsOfSession: [CivilDate: Range<Int>]

    /// - Throws: `FuturesError.columns`, `.order`.
    public init(
        contract: FuturesContract, times: [UnixNanos], sessions: [CivilDate], open: [Double], high: [Double], low: [Double],
        close: [Double], volume: [Double], openInterest: [Double]
    ) throws {
        let counts = [sessions.count, open.count, high.count, low.count, close.count, volume.count, openInterest.count]
        guard counts.allSatisfy({ $0 == times.count }) else { throw FuturesError.columns(contract: contract.code) }
        for row in times.indices.dropFirst() where times[row] <= times[row - 1] || sessions[row] < sessions[row - 1] {
            throw FuturesError.order(contract: contract.code, time: times[row])
        }
        self.contract = contract
        self.times = times
        self.sessions = sessions
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.openInterest = openInterest
        var ranges: [CivilDate: Range<Int>] = [:]
        var start = 0
        for row in sessions.indices where row + 1 == sessions.count || sessions[row + 1] != sessions[row] {
            ranges[sessions[row]] = start..<row + 1
            start = row + 1
        }
        rowsOfSession = ranges
    }

    public var count: Int { times.count }

    /// The index of the first row labelled at or after a time.
    func firstRow(at time: UnixNanos) -> Int { times.firstIndex(notBefore: time) }

    /// Volume of a session; nil where the contract has no bar in it or no bar with volume.
    public func volume(ofSession date: CivilDate) -> Double? {
        let values = volume[rowsOfSession[date] ?? 0..<0].filter { !$0.isNaN }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// The last open interest of a session; nil where no bar of it has any.
    public func openInterest(ofSession date: CivilDate) -> Double? {
        openInterest[rowsOfSession[date] ?? 0..<0].last { !$0.isNaN }
    }
}

extension [UnixNanos] {
    /// The index of the first element that is not before a time; `count` where all are.
    func firstIndex(notBefore time: UnixNanos) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
