import Market
public import Primitives

/// What a strategy may look at when it decides: the bar that has just closed and the account. Features it reads by the decision
/// time.
public struct DecisionContext: Sendable {
    public let slot: BarSlot
    /// Units held.
    public let position: Double
    /// Account equity after the bar's close.
    public let equity: Double
    /// The bar's close, or the end of the session where the session ended later than its last bar.
    public let decisionTime: UnixNanos
    /// The trade date's session has ended.
    public var endsSession: Bool { decisionTime >= slot.sessionClose }

    public init(slot: BarSlot, position: Double, equity: Double, decisionTime: UnixNanos) {
        self.slot = slot
        self.position = position
        self.equity = equity
        self.decisionTime = decisionTime
    }
}

/// A decision: hold these units from the execution time on.
public struct TargetPosition: Hashable, Sendable {
    public let units: Double

    public init(units: Double) { self.units = units }
}

/// Strategy, gates, scaling and sizing behind one question.
public protocol DecisionMaker {
    /// - Returns: the wanted position, nil to leave things as they are.
    mutating func decide(_ context: DecisionContext) throws -> TargetPosition?
}
