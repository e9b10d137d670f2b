/// Where the present time comes from. Nothing that computes a result reads the machine's clock: it is handed one of these.
public protocol Clock: Sendable {
    var now: UnixNanos { get }
}

/// A clock that stands still. Tests and reproducible runs use it.
public struct FixedClock: Clock {
    public let now: UnixNanos
    public init(_ now: UnixNanos) { self.now = now }
}
