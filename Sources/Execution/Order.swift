public import Primitives

/// A request to trade, in the kernel's own terms.
public struct Order: Hashable, Sendable {
    public let id: String
    /// Index of the instrument in the kernel's list.
    public let instrument: Int
    /// Units, positive buys and negative sells; never 0.
    public let signedQuantity: Double
    public let decisionTime: UnixNanos
    public let schedule: FillSchedule
    public let reason: String

    public init(
        id: String, instrument: Int, signedQuantity: Double, decisionTime: UnixNanos, schedule: FillSchedule, reason: String
    ) {
        self.id = id
        self.instrument = instrument
        self.signedQuantity = signedQuantity
        self.decisionTime = decisionTime
        self.schedule = schedule
        self.reason = reason
    }
}

/// When a market order may fill.
public enum FillSchedule: Hashable, Sendable {
    /// At the close of the bar that the decision was made on.
    case thisClose
    /// At the first bar open at or after the instant.
    case openAtOrAfter(UnixNanos)
    /// At the first bar close after the instant.
    case closeAfter(UnixNanos)
}
