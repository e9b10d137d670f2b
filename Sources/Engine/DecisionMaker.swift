import Market
import Portfolio
public import Primitives

/// What a strategy may look at when it decides: the bar that has just closed and the account. Features it reads by the decision
/// time.
public struct DecisionContext: Sendable {
    /// The bar's label, its open time.
    public let label: UnixNanos
    /// Ordinal of the bar.
    public let index: Int
    /// The bar's close.
    public let price: Double
    /// Ordinal of the bar's trade date.
    public let session: Int
    /// When the session of the trade date ends.
    public let sessionEnd: UnixNanos
    /// Units held.
    public let position: Double
    /// Account equity after the bar's close.
    public let equity: Double
    /// The bar's close, or the end of the session where the session ended later than its last bar.
    public let decisionTime: UnixNanos
    /// The trade date's session has ended.
    public var endsSession: Bool { decisionTime >= sessionEnd }

    init(_ desk: borrowing Desk, _ slice: MarketSlice, instrument: Int) {
        label = slice.time
        index = slice.index
        price = slice.close[instrument]
        session = slice.session
        sessionEnd = slice.sessionEnd
        position = desk.quantity(instrument)
        equity = desk.account.equity
        decisionTime = slice.closeTime
    }
}

/// A decision: hold these units from the execution time on.
public struct TargetPosition: Hashable, Sendable {
    public let units: Double
    /// The side that was decided for, also where its size is 0: -1, 0 or +1.
    public let direction: Int

    /// - Parameter direction: nil takes the sign of the units.
    public init(units: Double, direction: Int? = nil) {
        self.units = units
        self.direction = direction ?? (units == 0 ? 0 : units > 0 ? 1 : -1)
    }
}

/// Strategy, gates, scaling and sizing behind one question.
public protocol DecisionMaker {
    /// - Returns: the wanted position, nil to leave things as they are.
    mutating func decide(_ context: DecisionContext) throws -> TargetPosition?
}
