public import Primitives

/// One bar series from the contracts of a root. Every bar names its contract and keeps its prices as traded; the adjustment is
/// applied when a price is read.
///
/// A backward adjustment rewrites the past with every roll, so its prices of today were not those of an earlier day. Nothing is
/// lost by that: the prices as traded, the factor and the offset stand beside each other, and the series as it looked at a time
/// is `asOf(_:)`. The same from the columns alone: divide each factor by, or take from each offset, that of the newest row then.
public struct ContinuousSeries: Sendable {
    /// `ES.volume-1.ratio`: root, rule, adjustment.
    public let name: String
    public let schedule: RollSchedule
    public let adjustment: Adjustment
    /// The length of a bar in nanoseconds: a bar is complete this long after its label.
    public let barNanos: Int64
    /// The rows of each contract of the schedule, in its order; empty where a contract has no bar while it is held.
    public let segments: [Range<Int>]
    /// What each contract's prices are adjusted by.
    public let scales: [PriceScale]
    /// Labels, strictly increasing.
    public let times: [UnixNanos]
    /// Prices as traded.
    public let rawOpen: [Double]
    public let rawHigh: [Double]
    public let rawLow: [Double]
    public let rawClose: [Double]
    /// Contracts; NaN where unknown. Never adjusted.
    public let volume: [Double]
    /// Contracts; NaN where unknown. Never adjusted.
    public let openInterest: [Double]

    public var count: Int { times.count }

    /// Joins the bars of the contracts that a schedule holds.
    ///
    /// - Parameters:
    ///   - bars: of at least the schedule's contracts; others are left aside.
    ///   - barNanos: the length of a bar, > 0.
    /// - Throws: `FuturesError`.
    public init(_ bars: [ContractBars], schedule: RollSchedule, adjustment: Adjustment, barNanos: Int64) throws {
        precondition(barNanos > 0, "a bar has a length")
        let chain = try schedule.contracts.map { contract in
            guard let found = bars.first(where: { $0.contract == contract }) else { throw FuturesError.noContracts }
            return found
        }
        // A contract is held from one roll to the next; before the first and after the last there is no limit.
        let starts = schedule.rolls.indices.map { chain[$0 + 1].firstRow(at: schedule.rolls[$0].time) }
        let ends = schedule.rolls.indices.map { chain[$0].firstRow(at: schedule.rolls[$0].time) }
        let held = chain.indices.map { index in
            let start = index == 0 ? 0 : starts[index - 1]
            return start..<(index == ends.count ? chain[index].count : max(start, ends[index]))
        }
        func join<Value>(_ column: (ContractBars) -> [Value]) -> [Value] {
            zip(chain, held).flatMap { column($0)[$1] }
        }
        var segments: [Range<Int>] = []
        for rows in held {
            let start = segments.last?.upperBound ?? 0
            segments.append(start..<start + rows.count)
        }
        self.init(
            name: "\(schedule.contracts[0].root).\(schedule.rule).\(adjustment)", schedule: schedule, adjustment: adjustment,
            barNanos: barNanos, segments: segments, scales: try adjustment.scales(schedule), times: join(\.times),
            columns: [join(\.open), join(\.high), join(\.low), join(\.close), join(\.volume), join(\.openInterest)])
    }

    private init(
        name: String, schedule: RollSchedule, adjustment: Adjustment, barNanos: Int64, segments: [Range<Int>],
        scales: [PriceScale], times: [UnixNanos], columns: [[Double]]
    ) {
        self.name = name
        self.schedule = schedule
        self.adjustment = adjustment
        self.barNanos = barNanos
        self.segments = segments
        self.scales = scales
        self.times = times
        (rawOpen, rawHigh, rawLow, rawClose) = (columns[0], columns[1], columns[2], columns[3])
        (volume, openInterest) = (columns[4], columns[5])
    }

    /// The place in the schedule's contracts, and in `scales`, of a row's contract.
    public func contractIndex(ofRow row: Int) -> Int {
        var low = 0
        var high = segments.count - 1
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].upperBound <= row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    public func contract(ofRow row: Int) -> FuturesContract { schedule.contracts[contractIndex(ofRow: row)] }

    public func scale(ofRow row: Int) -> PriceScale { scales[contractIndex(ofRow: row)] }

    /// A row with its adjusted prices.
    public func bar(_ row: Int) -> Bar {
        let scale = scale(ofRow: row)
        return Bar(
            openTime: times[row], closeTime: times[row] + barNanos, open: scale(rawOpen[row]), high: scale(rawHigh[row]),
            low: scale(rawLow[row]), close: scale(rawClose[row]), volume: volume[row])
    }

    /// A column of prices as traded, such as `rawClose`, adjusted.
    public func adjusted(_ raw: [Double]) -> [Double] {
        precondition(raw.count == count, "a column has a value for each row")
        var result = raw
        for (rows, scale) in zip(segments, scales) where scale != .identity {
            for row in rows { result[row] = scale(raw[row]) }
        }
        return result
    }

    /// The series as it was known at a time: the bars that were complete by then, the rolls among them, and the adjustment that
    /// follows from those rolls alone. It equals what would have been built then.
    /// - Throws: what `Adjustment.scales` throws; nothing where this series could be made.
    public func asOf(_ time: UnixNanos) throws -> ContinuousSeries {
        let known = schedule.asOf(time, barNanos: barNanos)
        let rows = times.firstIndex(notBefore: UnixNanos(time.rawValue - barNanos + 1))
        let columns = [rawOpen, rawHigh, rawLow, rawClose, volume, openInterest].map { Array($0[..<rows]) }
        return ContinuousSeries(
            name: name, schedule: known, adjustment: adjustment, barNanos: barNanos,
            segments: segments[..<known.contracts.count].map { $0.clamped(to: 0..<rows) },
            scales: try adjustment.scales(known), times: Array(times[..<rows]), columns: columns)
    }
}
