import Contracts
import Engine
import Market
import Portfolio
public import Primitives

/// Weights of a portfolio from a moment on, fractions of its equity. An asset that is not listed has none and is sold.
public struct WeightSet: Sendable {
    public var time: UnixNanos
    /// Positions of the assets in the prices' list, each once.
    public var instruments: [Int32]
    /// By position in `instruments`; below 0 is short, NaN leaves the asset as it is.
    public var weights: [Double]

    public init(time: UnixNanos, instruments: [Int32] = [], weights: [Double] = []) {
        self.time = time
        self.instruments = instruments
        self.weights = weights
    }
}

/// Trades towards the weights in force at the labels of its cadence. docs/concepts/fills.md has the rules.
struct WeightsStrategy: TradingStrategy {
    private let spec: SignalStrategySpec
    private let orders: EngineConfiguration.Orders
    private let roundsToNearest: Bool
    private var clock: RebalanceClock
    private let next: () throws -> WeightSet?
    private var upcoming: WeightSet?
    /// By instrument; 0 where none is listed, NaN where the asset is left alone.
    private var weights: [Double]
    private var hasWeights = false
    /// Last price above 0, and labels with one; by instrument.
    private var lastPrices: [Double]
    private var barsSeen: [Int]
    private var rebalances = 0
    private var plan = Plan()

    /// A rebalancing under way.
    private struct Plan {
        var steps: ArraySlice<Step> = []
        /// Units that will be held once the orders that were working before have filled.
        var held: [Double] = []
        var equity = 0.0
        var hasNumber = false
    }

    private enum Step {
        case trade(Int)
        case close(Int)
    }

    init(
        _ configuration: EngineConfiguration, _ sessions: Sessions, instruments: Int, next: @escaping () throws -> WeightSet?
    ) throws {
        spec = configuration.strategy
        orders = configuration.orders
        roundsToNearest = configuration.positionSizing.shareRounding == .nearest
        clock = try RebalanceClock(configuration, sessions)
        self.next = next
        upcoming = try next()
        weights = Array(repeating: 0, count: instruments)
        lastPrices = Array(repeating: .nan, count: instruments)
        barsSeen = Array(repeating: 0, count: instruments)
    }

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws {
        observe(slice)
        let isDue = try clock.isDue(slice.time, hasNewWeights: takeWeights(slice.time))
        guard isDue, hasWeights else { return }
        desk.cancelRebalances(at: slice)
        begin(desk, slice)
        let isStepwise = desk.rules.mode == .sameBar && orders.rebalanceMode != .snapshot
        while send(&desk, slice) { if isStepwise { return } }
    }

    /// Under `same_bar` the modes that are not `snapshot` let each order fill before the next one is sent.
    mutating func resume(_ desk: inout Desk, _ slice: MarketSlice) -> Bool {
        if plan.steps.isEmpty { return false }
        if orders.rebalanceMode == .incremental { plan.equity = desk.equity(at: slice) }
        return send(&desk, slice)
    }

    private mutating func observe(_ slice: MarketSlice) {
        for instrument in 0..<slice.count where slice.price[instrument] > 0 {
            lastPrices[instrument] = slice.price[instrument]
            barsSeen[instrument] += 1
        }
    }

    /// - Returns: whether weights came since the label before.
    private mutating func takeWeights(_ time: UnixNanos) throws -> Bool {
        var latest: WeightSet?
        while let set = upcoming, set.time <= time {
            latest = set
            upcoming = try next()
        }
        guard let latest else { return false }
        for instrument in weights.indices { weights[instrument] = 0 }
        for (instrument, weight) in zip(latest.instruments, latest.weights) { weights[Int(instrument)] = weight }
        hasWeights = true
        return true
    }

    /// What reduces a weight comes first, then what is closed whole, in the order in which the positions were opened, then what
    /// adds to one.
    private mutating func begin(_ desk: borrowing Desk, _ slice: MarketSlice) {
        plan = Plan(equity: desk.equity(at: slice))
        guard plan.equity > 0 else { return }
        plan.held = weights.indices.map { desk.orders.isEmpty ? desk.quantity($0) : desk.projected($0) }
        var reducing: [Step] = []
        var increasing: [Step] = []
        for instrument in weights.indices where weights[instrument] != 0 && !weights[instrument].isNaN {
            guard let price = price(instrument, desk, slice) else { continue }
            if weight(instrument) - held(instrument, price, desk) < 0 {
                reducing.append(.trade(instrument))
            } else {
                increasing.append(.trade(instrument))
            }
        }
        var closing = desk.account.held
        // What is not held yet but will be.
        if !desk.orders.isEmpty {
            closing += plan.held.indices.filter { desk.quantity($0) == 0 && plan.held[$0] != 0 }
        }
        let closes = closing.filter { weights[$0] == 0 && price($0, desk, slice) != nil }.map { Step.close($0) }
        plan.steps = (reducing + closes + increasing)[...]
    }

    /// The next order of the plan.
    /// - Returns: whether there was one.
    private mutating func send(_ desk: inout Desk, _ slice: MarketSlice) -> Bool {
        while let step = plan.steps.popFirst() {
            var terms = Desk.Terms()
            terms.rebalance = rebalances + (plan.hasNumber ? 0 : 1)
            let delta: Double
            let instrument: Int
            switch step {
            case .close(let closed):
                instrument = closed
                delta = -plan.held[closed]
            case .trade(let traded):
                instrument = traded
                guard let trade = trade(traded, desk, slice) else { continue }
                delta = trade.units
                terms.priorityNotional = trade.value.magnitude
            }
            guard desk.submit(instrument, delta: delta, at: slice, terms: terms) != nil else { continue }
            rebalances = terms.rebalance
            plan.hasNumber = true
            return true
        }
        return false
    }

    /// What takes the asset to its weight, in money and in units; nil where that is not worth a trade.
    private func trade(_ instrument: Int, _ desk: borrowing Desk, _ slice: MarketSlice) -> (value: Double, units: Double)? {
        guard let price = price(instrument, desk, slice) else { return nil }
        let change = weight(instrument) - held(instrument, price, desk)
        let value = plan.equity * change
        guard change.magnitude >= spec.noTradeBand, value.magnitude >= spec.minTradeValue else { return nil }
        var units = value / (price * desk.account.pointValues[instrument])
        if desk.rules.usesIntegerShares { units.round(roundsToNearest ? .toNearestOrAwayFromZero : .towardZero) }
        return (value, units)
    }

    private func weight(_ instrument: Int) -> Double { weights[instrument] * orders.rebalanceHeadroomPct }

    /// The weight that the asset has.
    private func held(_ instrument: Int, _ price: Double, _ desk: borrowing Desk) -> Double {
        plan.held[instrument] * price * desk.account.pointValues[instrument] / plan.equity
    }

    /// The price to size by; nil where the asset is not to be traded at this label.
    private func price(_ instrument: Int, _ desk: borrowing Desk, _ slice: MarketSlice) -> Double? {
        if orders.lateAssetPolicy == .requireHistory, barsSeen[instrument] < orders.lateAssetMinBars { return nil }
        if slice.price[instrument] > 0 { return slice.price[instrument] }
        guard orders.missingPricePolicy == .useLast else { return nil }
        // A position knows of splits since.
        let last = desk.quantity(instrument) != 0 ? desk.account.positions[instrument].lastPrice : lastPrices[instrument]
        return last > 0 ? last : nil
    }
}
