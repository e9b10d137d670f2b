public import Contracts

/// Limits of the whole portfolio: what an order may become before it leaves, and when positions must go.
public struct PortfolioRules: Sendable {
    /// What an order would add to.
    public struct Exposure: Hashable, Sendable {
        /// Units of the instrument once its working orders have filled.
        public var projected: Double
        /// The same without orders that wait for a price: what the order may close whatever the limits say.
        public var held: Double
        /// Account currency a unit: price x multiplier.
        public var unit: Double
        public var equity: Double
        /// Absolute and signed notional of all other instruments, working orders included.
        public var otherGross: Double
        public var otherNet: Double

        public init(
            projected: Double, held: Double? = nil, unit: Double, equity: Double, otherGross: Double = 0, otherNet: Double = 0
        ) {
            self.projected = projected
            self.held = held ?? projected
            self.unit = unit
            self.equity = equity
            self.otherGross = otherGross
            self.otherNet = otherNet
        }
    }

    public enum Limit: Int, Hashable, Sendable, CaseIterable {
        case drawdown, dailyLoss, leverage

        /// As it is called in the record.
        public var name: String {
            switch self {
            case .drawdown: "max_drawdown"
            case .dailyLoss: "max_daily_loss"
            case .leverage: "max_leverage"
            }
        }
    }

    /// A limit that was broken, and the fraction of every position that must go.
    public struct Breach: Hashable, Sendable {
        public let limit: Limit
        public let fraction: Double

        public init(limit: Limit, fraction: Double) {
            self.limit = limit
            self.fraction = fraction
        }
    }

    private enum Block: Hashable, Sendable { case none, session, forGood }

    public let limits: EngineConfiguration.Risk
    private var highWaterMark: Double
    /// Equity at the end of the session before.
    private var sessionStart: Double
    private var lastEquity: Double
    private var session: Int?
    private var block = Block.none

    /// A limit is met where only rounding exceeds it by this part.
    private static let rounding = 1e-9

    /// Part of the leverage limit that positions may exceed it by before they are cut: costs of a cut do not call for the next
    /// one.
    private static let leverageSlack = 1e-6

    public init(_ limits: EngineConfiguration.Risk, initialEquity: Double) {
        self.limits = limits
        highWaterMark = initialEquity
        sessionStart = initialEquity
        lastEquity = initialEquity
    }

    /// Nothing may be opened.
    public var isBlocked: Bool { block != .none }

    /// Judges the portfolio at a close.
    /// - Parameters:
    ///   - gross: sum of the absolute notionals.
    ///   - session: ordinal of the session.
    public mutating func judge(equity: Double, gross: Double, session: Int) -> Breach? {
        if session != self.session {
            self.session = session
            sessionStart = lastEquity
            if block == .session { block = .none }
        }
        lastEquity = equity
        highWaterMark = max(highWaterMark, equity)
        if block == .forGood { return nil }
        if let limit = limits.maxDrawdown, equity <= highWaterMark * (1 - limit) {
            block = .forGood
            return Breach(limit: .drawdown, fraction: 1)
        }
        if block == .session { return nil }
        if let limit = limits.maxDailyLoss, equity <= sessionStart * (1 - limit) {
            block = .session
            return Breach(limit: .dailyLoss, fraction: 1)
        }
        guard let limit = limits.maxLeverage, gross > 0, gross > limit * equity * (1 + Self.leverageSlack) else { return nil }
        return Breach(limit: .leverage, fraction: min(1, 1 - limit * equity / gross))
    }

    /// The part of an order that may leave: with its sign, 0 where all of it is refused.
    /// - Parameter delta: signed units.
    public func admitted(_ delta: Double, _ exposure: Exposure) -> Double {
        let held = exposure.projected
        let target = held + delta
        // What reduces a position, or closes it on the way to the other side, always leaves.
        let kept = held * target > 0 ? held : 0
        if target.magnitude <= kept.magnitude { return delta }
        let room = isBlocked ? (0, 0) : room(exposure)
        let reached = target > 0 ? max(kept, min(target, room.1)) : min(kept, max(target, room.0))
        if (target - reached).magnitude <= target.magnitude * Self.rounding { return delta }
        let closing = exposure.held * delta < 0 ? min(delta.magnitude, exposure.held.magnitude) : 0
        let admitted = max(closing, (reached - held) * (delta > 0 ? 1 : -1))
        return delta > 0 ? admitted : -admitted
    }

    /// Least and most units that the limits let the instrument hold; they may exclude 0 where other instruments use them up.
    private func room(_ exposure: Exposure) -> (Double, Double) {
        let equity = max(0, exposure.equity)
        var most = Double.infinity
        if let limit = limits.maxSymbolExposure { most = min(most, limit * equity) }
        for limit in [limits.maxGrossExposure, limits.maxLeverage].compactMap({ $0 }) {
            most = min(most, limit * equity - exposure.otherGross)
        }
        most = max(0, most)
        var low = -most
        var high = most
        if let limit = limits.maxNetExposure {
            low = max(low, -limit * equity - exposure.otherNet)
            high = min(high, limit * equity - exposure.otherNet)
        }
        let unit = exposure.unit.magnitude
        return unit > 0 ? (low / unit, high / unit) : (-.infinity, .infinity)
    }
}
