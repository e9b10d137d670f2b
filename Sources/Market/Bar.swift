public import Primitives

/// One price bar. It is labelled by its open time and is known at its close time, never before.
public struct Bar: Hashable, Sendable {
    /// When the bar begins; its label.
    public var openTime: UnixNanos
    /// When the bar ends and becomes available.
    public var closeTime: UnixNanos
    public var open: Double
    public var high: Double
    public var low: Double
    public var close: Double
    /// Units traded, NaN where the source has none.
    public var volume: Double

    @inlinable public init(
        openTime: UnixNanos, closeTime: UnixNanos, open: Double, high: Double, low: Double, close: Double, volume: Double
    ) {
        self.openTime = openTime
        self.closeTime = closeTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}
