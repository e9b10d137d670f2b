public import Contracts
public import Market
import Primitives

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
    /// Leaves at the execution price when all rules want out, with the fraction of the first. A target that one of them
    /// reaches counts as done only then.
    indirect case all([PositionRule])

    /// Judged by the bar's close; the others rest in the market and act inside the bar.
    public var isJudgedAtClose: Bool {
        switch self {
        case .stopLoss, .takeProfit, .trailingStop: false
        case .tighteningTrailingStop, .volatilityStop, .volatilityTrailingStop, .timeExit, .scaledExit, .signalExit, .all: true
        case .any(let rules): rules.allSatisfy(\.isJudgedAtClose)
        }
    }

    /// A threshold of open profit and what belongs to it, both fractions.
    public struct Step: Hashable, Sendable {
        public let profit: Double
        public let fraction: Double

        public init(profit: Double, fraction: Double) {
            self.profit = profit
            self.fraction = fraction
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
    public let reason: ExitReason
    /// The rules that acted, in a few words.
    public let detail: String
}

/// A chain of rules over all positions of an account: the first rule that wants out decides.
public struct PositionRules: Sendable {
    public typealias Stops = EngineConfiguration.Stops

    public let rules: [PositionRule]
    private let stops: Stops
    /// Names of the columns that rules read.
    private let columns: [String]
    /// What the rules remember of the position that each instrument holds.
    private var memory: [Memory]

    private struct Memory: Sendable {
        var entryIndex = -1
        /// Two positions may begin in one bar, at its open and at its close.
        var entryTime = UnixNanos(Int64.min)
        /// Targets that are done: one bit each, by the place of their rule.
        var reached: [Int: UInt64] = [:]
        var volatility = Double.nan
    }

    /// - Parameter columns: names of the columns that rules read, in the order in which they will come.
    public init(_ rules: [PositionRule], columns: [String] = [], stops: Stops, instruments: Int) {
        self.rules = rules
        self.columns = columns
        self.stops = stops
        memory = Array(repeating: Memory(), count: instruments)
    }

    /// A part of the label.
    public enum Phase: Hashable, Sendable {
        /// From the open to the close: rules that rest in the market.
        case insideBar
        /// The close is known: the others.
        case close
    }

    /// Prices of an instrument are from now on the old ones divided by the ratio.
    public mutating func split(_ instrument: Int, ratio: Double) { memory[instrument].volatility /= ratio }

    /// Judges every position that has a price at this label.
    /// - Parameters:
    ///   - columns: what volatility rules read, laid out as the prices of this label.
    ///   - phase: only the rules of this part of the label; nil takes all of them.
    public mutating func evaluate(
        positions: [OpenPosition], held: [Int], _ slice: MarketSlice, columns: [UnsafePointer<Double>], phase: Phase? = nil,
        into exits: inout [RuleExit]
    ) {
        if rules.isEmpty { return }
        for instrument in held where slice.isPresent(instrument) {
            let position = positions[instrument]
            let seen = View(position: position, bar: RuleBar(slice, instrument), instrument: instrument, columns: columns)
            if memory[instrument].entryIndex != position.entryIndex || memory[instrument].entryTime != position.entryTime {
                memory[instrument] = Memory(entryIndex: position.entryIndex, entryTime: position.entryTime)
            }
            for rule in rules.indices {
                if let want = evaluate(rules[rule], seen, phase, place: rule) {
                    exits.append(
                        RuleExit(
                            instrument: instrument, fraction: want.fraction, fillPrice: want.price, isDeferred: want.isDeferred,
                            reason: PositionRule.exitReason(of: want.acting),
                            detail: want.acting.map { $0.detail(columns: self.columns) }.joined(separator: " AND ")))
                    break
                }
            }
        }
    }

    private struct Want {
        var fraction = 1.0
        var price = Double.nan
        var isDeferred = false
        /// The rules that want it, without those that only combine others.
        var acting: [PositionRule] = []
    }

    /// What a rule judges.
    private struct View {
        let position: OpenPosition
        let bar: RuleBar
        let instrument: Int
        let columns: [UnsafePointer<Double>]
    }

    /// - Parameter place: tells the rule from all others.
    private mutating func evaluate(_ rule: PositionRule, _ seen: View, _ phase: Phase?, place: Int) -> Want? {
        switch rule {
        case .any(let rules):
            for (index, rule) in rules.enumerated() {
                if let want = evaluate(rule, seen, phase, place: Self.place(index, in: place)) { return want }
            }
            return nil
        case .all(let rules):
            if let phase, rule.isJudgedAtClose != (phase == .close) { return nil }
            let before = memory[seen.instrument].reached
            var wants: [Want] = []
            for (index, rule) in rules.enumerated() {
                guard let want = evaluate(rule, seen, nil, place: Self.place(index, in: place)) else {
                    memory[seen.instrument].reached = before
                    return nil
                }
                wants.append(want)
            }
            return wants.first.map { Want(fraction: $0.fraction, acting: wants.flatMap(\.acting)) }
        default:
            if let phase, rule.isJudgedAtClose != (phase == .close) { return nil }
            var want = judge(rule, seen, place)
            want?.acting = [rule]
            return want
        }
    }

    private static func place(_ index: Int, in list: Int) -> Int { (list + 1) &* 1024 &+ index }

    /// A rule by itself.
    private mutating func judge(_ rule: PositionRule, _ seen: View, _ place: Int) -> Want? {
        let (position, bar, instrument) = (seen.position, seen.bar, seen.instrument)
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
            var volatility = seen.columns[column][instrument]
            guard volatility > 0 else { return nil }
            if fixed {
                if memory[instrument].volatility.isNaN { memory[instrument].volatility = volatility }
                volatility = memory[instrument].volatility
            }
            let level = position.entryPrice - direction * volatility * multiple
            return direction * (bar.price - level) <= 0 ? Want(price: level) : nil
        case .volatilityTrailingStop(let multiple, let column):
            let volatility = seen.columns[column][instrument]
            guard volatility > 0 else { return nil }
            let level = bar.best(position) - direction * volatility * multiple
            return direction * (bar.price - level) <= 0 ? Want(price: level) : nil
        case .timeExit(let bars):
            return position.barsHeld >= bars ? Want() : nil
        case .scaledExit(let steps):
            let profit = position.profitFraction(at: bar.price)
            let done = memory[instrument].reached[place] ?? 0
            for (bit, step) in steps.enumerated() where done & (1 << bit) == 0 && profit >= step.profit {
                memory[instrument].reached[place] = done | 1 << bit
                return Want(fraction: step.fraction)
            }
            return nil
        case .signalExit(let column, let threshold):
            let signal = seen.columns[column][instrument]
            return position.isLong ? signal < -threshold ? Want() : nil : signal > threshold ? Want() : nil
        case .any, .all: return nil
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
