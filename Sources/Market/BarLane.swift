public import Primitives

/// One instrument's bars, in time order, with the trade date of each and the end of that date's session.
public struct BarLane: Sendable {
    public let bars: [Bar]
    public let tradeDates: [CivilDate]
    public let sessionCloses: [UnixNanos]

    /// - Precondition: equal lengths.
    public init(bars: [Bar], tradeDates: [CivilDate], sessionCloses: [UnixNanos]) {
        precondition(
            bars.count == tradeDates.count && bars.count == sessionCloses.count, "bars and their dates differ in number")
        self.bars = bars
        self.tradeDates = tradeDates
        self.sessionCloses = sessionCloses
    }

    /// The first so many bars.
    public func prefix(_ count: Int) -> BarLane {
        BarLane(
            bars: Array(bars.prefix(count)), tradeDates: Array(tradeDates.prefix(count)),
            sessionCloses: Array(sessionCloses.prefix(count)))
    }
}
