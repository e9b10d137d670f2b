public import Primitives

/// Which hours count.
public enum SessionKind: String, Sendable, CaseIterable {
    /// Regular trading hours: 08:30-15:15 Chicago for CME equity futures, 09:30-16:00 New York for US equities.
    case rth = "RTH"
    /// Every trade the venue reports, electronic and extended hours included.
    case full = "FULL"
}

/// One trading day's hours. Intervals are half open: [open, close).
public struct TradingSession: Hashable, Sendable {
    /// The exchange's trade date. A CME trade date starts the evening before.
    public let tradeDate: CivilDate
    /// Regular hours.
    public let regularOpen: UnixNanos
    public let regularClose: UnixNanos
    /// All hours.
    public let fullOpen: UnixNanos
    public let fullClose: UnixNanos

    public init(tradeDate: CivilDate, regularOpen: UnixNanos, regularClose: UnixNanos, fullOpen: UnixNanos, fullClose: UnixNanos)
    {
        self.tradeDate = tradeDate
        self.regularOpen = regularOpen
        self.regularClose = regularClose
        self.fullOpen = fullOpen
        self.fullClose = fullClose
    }
}
