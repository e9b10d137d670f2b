public import Contracts
public import Market

/// A protective rule of a position. Fractions are of the entry price or of the best price so far.
public enum PositionRule: Hashable, Sendable {
    /// Leaves when the loss from the entry reaches the fraction.
    case stopLoss(Double)
    case takeProfit(Double)
    /// Leaves when the price falls back from its best by the fraction.
    case trailingStop(Double)
    /// A trailing stop, judged at the close, whose fraction depends on the open profit: (profit from, fraction), rising profits.
    case tighteningTrailingStop([Step])
    /// Leaves at the close when the price is `multiple` volatilities from the entry; `fixed` takes the volatility of the entry.
    case volatilityStop(multiple: Double, column: Int, fixed: Bool)
    case volatilityTrailingStop(multiple: Double, column: Int)
    /// Leaves after so many bars.
    case timeExit(Int32)
    /// Leaves with a fraction of what is left each time the open profit reaches the next target.
    case scaledExit([Step])
    /// A long leaves when the column falls below -threshold, a short when it rises above the threshold.
    case signalExit(column: Int, threshold: Double)
    /// The first rule that wants out decides.
    indirect case any([PositionRule])
    /// Leaves at the execution price when all rules want out, with the fraction of the first.
    indirect case all([PositionRule])

    /// A threshold of open profit and what belongs to it, both fractions.
    public struct Step: Hashable, Sendable {
        public let profit: Double
        public let fraction: Double

        public init(profit: Double, fraction: Double) {
            self.profit = profit
            self.fraction = fraction
        }
    }

    public var exitReason: ExitReason {
        switch self {
        case .stopLoss: .stopLoss
        case .takeProfit: .takeProfit
        case .trailingStop, .volatilityTrailingStop: .trailingStop
        case .timeExit: .timeStop
        case .tighteningTrailingStop, .volatilityStop, .scaledExit, .signalExit: .signal
        case .any(let rules), .all(let rules): rules.first?.exitReason ?? .signal
        }
    }
}

/// What a rule asks for.
public struct RuleExit: Hashable, Sendable {
    public let instrument: Int
    /// Of what is held, 0 to 1.
    public let fraction: Double
    /// Where the rule says that the exit fills; NaN takes the execution price.
    public let fillPrice: Double
    /// Fills at the next bar's open.
    public let isDeferred: Bool
    /// Which rule of the chain.
    public let rule: Int
}

/// A chain of rules over all positions of an account: the first rule that wants out decides.
public struct PositionRules: Sendable {
    public typealias Stops = EngineConfiguration.Stops

    public let rules: [PositionRule]
    private let stops: Stops
    /// What the rules remember of the position that each instrument holds.
    private var memory: [Memory]

    private struct Memory: Sendable {
        var entryIndex = -1
        var reached: UInt64 = 0
        var volatility = Double.nan
    }

    public init(_ rules: [PositionRule], stops: Stops, instruments: Int) {
        self.rules = rules
        self.stops = stops
        memory = Array(repeating: Memory(), count: instruments)
    }

    /// Judges every position that has a price at this label.
    /// - Parameter columns: what volatility rules read, laid out as the prices of this label.
    public mutating func evaluate(
        positions: [OpenPosition], held: [Int], _ slice: MarketSlice, columns: [UnsafePointer<Double>],
        into exits: inout [RuleExit]
    ) {
        if rules.isEmpty { return }
        for instrument in held where slice.isPresent(instrument) {
            let bar = RuleBar(slice, instrument)
            if memory[instrument].entryIndex != positions[instrument].entryIndex {
                memory[instrument] = Memory(entryIndex: positions[instrument].entryIndex)
            }
            for rule in rules.indices {
                if let want = evaluate(rules[rule], positions[instrument], bar, instrument, columns) {
                    exits.append(
                        RuleExit(
                            instrument: instrument, fraction: want.fraction, fillPrice: want.price, isDeferred: want.isDeferred,
                            rule: rule))
                    break
                }
            }
        }
    }

    private struct Want {
        var fraction = 1.0
        var price = Double.nan
        var isDeferred = false
    }

    private mutating func evaluate(
        _ rule: PositionRule, _ position: OpenPosition, _ bar: RuleBar, _ instrument: Int, _ columns: [UnsafePointer<Double>]
    ) -> Want? {
        let usesSignal = stops.stopLevelBasis == .signalPrice && !position.signalPrice.isNaN
        let base = usesSignal ? position.signalPrice : position.entryPrice
        let direction: Double = position.isLong ? 1 : -1
        let isAtNextOpen = stops.stopFillMode == .nextBarOpen
        switch rule {
        case .stopLoss(let fraction):
            let level = base * (1 - direction * fraction)
            guard bar.falls(to: level, position) else { return nil }
            return isAtNextOpen
                ? Want(isDeferred: true) : Want(price: bar.fill(level, position, isStop: true, stops.stopFillMode))
        case .takeProfit(let fraction):
            let level = base * (1 + direction * fraction)
            guard bar.rises(to: level, position) else { return nil }
            return isAtNextOpen
                ? Want(isDeferred: true) : Want(price: bar.fill(level, position, isStop: false, stops.stopFillMode))
        case .trailingStop(let fraction):
            guard let price = bar.trail(fraction, position, stops) else { return nil }
            return isAtNextOpen ? Want(isDeferred: true) : Want(price: price)
        case .tighteningTrailingStop(let steps):
            let profit = position.profitFraction(at: bar.price)
            let fraction = steps.last { profit >= $0.profit }?.fraction ?? steps.first?.fraction ?? 0
            let level = bar.best(position) * (1 - direction * fraction)
            return direction * (bar.price - level) <= 0 ? Want() : nil
        case .volatilityStop(let multiple, let column, let fixed):
            var volatility = columns[column][instrument]
            guard volatility > 0 else { return nil }
            if fixed {
                if memory[instrument].volatility.isNaN { memory[instrument].volatility = volatility }
                volatility = memory[instrument].volatility
            }
            let level = position.entryPrice - direction * volatility * multiple
            return direction * (bar.price - level) <= 0 ? Want(price: level) : nil
        case .volatilityTrailingStop(let multiple, let column):
            let volatility = columns[column][instrument]
            guard volatility > 0 else { return nil }
            let level = bar.best(position) - direction * volatility * multiple
            return direction * (bar.price - level) <= 0 ? Want(price: level) : nil
        case .timeExit(let bars):
            return position.barsHeld >= bars ? Want() : nil
        case .scaledExit(let steps):
            let profit = position.profitFraction(at: bar.price)
            for (bit, step) in steps.enumerated() where memory[instrument].reached & (1 << bit) == 0 && profit >= step.profit {
                memory[instrument].reached |= 1 << bit
                return Want(fraction: step.fraction)
            }
            return nil
        case .signalExit(let column, let threshold):
            let signal = columns[column][instrument]
            return position.isLong ? signal < -threshold ? Want() : nil : signal > threshold ? Want() : nil
        case .any(let rules):
            for rule in rules {
                if let want = evaluate(rule, position, bar, instrument, columns) { return want }
            }
            return nil
        case .all(let rules):
            var first: Want?
            for rule in rules {
                guard let want = evaluate(rule, position, bar, instrument, columns) else { return nil }
                first = first ?? want
            }
            return first.map { Want(fraction: $0.fraction) }
        }
    }
}

/// One instrument's bar as the rules see it; what is missing is the reference price.
struct RuleBar {
    let open: Double
    let high: Double
    let low: Double
    let price: Double

    init(_ slice: MarketSlice, _ instrument: Int) {
        price = slice.price[instrument]
        open = slice.open[instrument].isFinite ? slice.open[instrument] : price
        high = slice.high[instrument].isFinite ? slice.high[instrument] : price
        low = slice.low[instrument].isFinite ? slice.low[instrument] : price
    }

    /// The best price of the position before this bar.
    func best(_ position: OpenPosition) -> Double { position.isLong ? position.highWaterMark : position.lowWaterMark }

    /// The bar reaches a level against the position.
    func falls(to level: Double, _ position: OpenPosition) -> Bool {
        position.isLong ? low <= level || price <= level : high >= level || price >= level
    }

    /// The bar reaches a level in favour of the position.
    func rises(to level: Double, _ position: OpenPosition) -> Bool {
        position.isLong ? high >= level || price >= level : low <= level || price <= level
    }

    /// Where an exit at a level fills that the bar has reached: at the open where the bar opens beyond it.
    func fill(_ level: Double, _ position: OpenPosition, isStop: Bool, _ mode: EngineConfiguration.StopFillMode) -> Double {
        /// The level lies below the entry of a long or above that of a short, or the other way round.
        let isBelow = position.isLong == isStop
        switch mode {
        case .closePrice: return price
        case .barExtreme: return isBelow ? low : high
        case .stopPrice, .nextBarOpen:
            if isBelow ? open <= level : open >= level { return open }
            return low <= level && level <= high ? level : price
        }
    }

    /// Where a trailing stop fills, nil when the bar does not reach it.
    func trail(_ fraction: Double, _ position: OpenPosition, _ stops: EngineConfiguration.Stops) -> Double? {
        let isLong = position.isLong
        let factor = isLong ? 1 - fraction : 1 + fraction
        let lagged = best(position) * factor
        let live = (isLong ? max(position.highWaterMark, high) : min(position.lowWaterMark, low)) * factor
        let level = stops.trailStopTiming == .intrabar ? live : lagged
        let opensBeyond = isLong ? open < level : open > level
        if opensBeyond || (isLong ? low <= level : high >= level) {
            if opensBeyond { return open }
            switch stops.stopFillMode {
            case .closePrice: return price
            case .barExtreme: return isLong ? low : high
            case .stopPrice, .nextBarOpen: return level
            }
        }
        if stops.trailStopTiming == .vbtPro, isLong ? price <= live : price >= live { return price }
        return nil
    }
}
