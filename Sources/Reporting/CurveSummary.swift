public import Contracts
import Primitives
import Statistics

/// What metrics need to know of an equity curve, gathered as it comes, so that nobody has to keep its points.
public struct CurveSummary: Sendable {
    let initialEquity: Double
    private(set) var count = 0
    private(set) var firstTime: UnixNanos?
    private(set) var lastTime: UnixNanos?
    private(set) var finalEquity: Double

    /// Highest equity, the initial one included.
    private var high: Double
    private var isFinite = true
    private var deepest = 0.0
    /// (equity - high) / high, which rounds otherwise than equity / high - 1.
    private(set) var deepestFall = 0.0

    private var exposure = CompensatedSum()
    private var exposed = 0
    private var largestExposure = 0.0
    private(set) var openPositions = 0
    private(set) var mostOpenPositions = 0

    /// Of the returns from bar to bar, the first on the initial equity.
    private(set) var returns = RunningMoments()
    private(set) var losses = RunningMoments()

    /// Notional traded in a bar / equity at its end.
    private(set) var turnover: BarTurnover
    /// The same with every fill in the bar of its time, as ml4t-backtest counts them.
    private(set) var turnoverByTime: BarTurnover

    /// - Parameter initialEquity: capital before the first bar.
    public init(initialEquity: Double) {
        self.initialEquity = initialEquity
        finalEquity = initialEquity
        high = initialEquity
        turnover = BarTurnover(closesBelongToTheBarBefore: true)
        turnoverByTime = BarTurnover(closesBelongToTheBarBefore: false)
    }

    /// A whole curve.
    public init(_ equity: [EquityPoint], fills: [FillRecord], initialEquity: Double) {
        self.init(initialEquity: initialEquity)
        add(equity, fills: fills)
    }

    /// The next bars with all fills in them; fills come in order of time.
    public mutating func add(_ equity: [EquityPoint], fills: [FillRecord]) {
        turnover.expect(fills)
        turnoverByTime.expect(fills)
        for point in equity { add(point) }
    }

    private mutating func add(_ point: EquityPoint) {
        let value = point.equity
        let periodReturn = (value - finalEquity) / finalEquity
        returns.add(periodReturn)
        if periodReturn < 0 { losses.add(periodReturn) }
        high = max(high, value)
        isFinite = isFinite && value.isFinite
        if high > 0 { deepest = min(deepest, value / high - 1) }
        deepestFall = min(deepestFall, (value - high) / high)
        exposure.add(point.netExposure)
        if point.netExposure != 0 { exposed += 1 }
        largestExposure = max(largestExposure, abs(point.netExposure))
        let open = Int(point.account?.openPositions ?? 0)
        openPositions += open
        mostOpenPositions = max(mostOpenPositions, open)
        turnover.add(point)
        turnoverByTime.add(point)
        count += 1
        if firstTime == nil { firstTime = point.timestamp }
        lastTime = point.timestamp
        finalEquity = value
    }

    /// Deepest drawdown, a fraction <= 0; nil without bars and where an equity is not finite.
    var maximumDrawdown: Double? { count > 0 && isFinite ? deepest : nil }
    /// Fraction of the bars with a position.
    var timeInMarket: Double? { count > 0 ? Double(exposed) / Double(count) : nil }
    var meanExposure: Double? { count > 0 ? exposure.value / Double(count) : nil }
    var maximumExposure: Double? { count > 0 ? largestExposure : nil }
}

/// Turnover of bar after bar: notional traded in it (one way, >= 0) / equity at its end, 0 where that is not positive.
struct BarTurnover: Sendable {
    /// A fill at a closing price, whose time is the beginning of the next bar, belongs to the bar before.
    private let closesBelongToTheBarBefore: Bool
    private var pending: [(time: UnixNanos, isClose: Bool, notional: Double)] = []
    private var next = 0
    private var bar: (equity: Double, notional: Double)?
    private var bars = 0
    private var sum = CompensatedSum()
    private var largest = 0.0

    init(closesBelongToTheBarBefore: Bool) { self.closesBelongToTheBarBefore = closesBelongToTheBarBefore }

    /// Fills of bars that have not been added, or of the last one.
    mutating func expect(_ fills: [FillRecord]) {
        pending.removeFirst(next)
        next = 0
        for fill in fills {
            pending.append((fill.time, closesBelongToTheBarBefore && fill.priceSource == "close", fill.notional))
        }
    }

    /// A fill belongs to the last bar that began at or before it; one that no bar came before belongs to the first.
    mutating func add(_ point: EquityPoint) {
        if var bar {
            while next < pending.count, pending[next].time < point.timestamp {
                bar.notional += pending[next].notional
                next += 1
            }
            var same = next
            while same < pending.count, pending[same].time == point.timestamp {
                if pending[same].isClose {
                    bar.notional += pending[same].notional
                    pending[same].notional = 0
                }
                same += 1
            }
            close(bar)
        }
        bar = (point.equity, 0)
        bars += 1
    }

    private mutating func close(_ bar: (equity: Double, notional: Double)) {
        let turnover = bar.equity > 0 ? bar.notional / bar.equity : 0
        sum.add(turnover)
        largest = max(largest, turnover)
    }

    /// Sum and maximum over all bars; nil without bars.
    var total: (sum: Double, mean: Double, maximum: Double)? {
        guard let bar else { return nil }
        var all = self
        all.close((bar.equity, pending[next...].reduce(bar.notional) { $0 + $1.notional }))
        return (all.sum.value, all.sum.value / Double(bars), all.largest)
    }
}
