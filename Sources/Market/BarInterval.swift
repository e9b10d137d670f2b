import Primitives

/// A bar length: a number of whole seconds that divides a day, or one trading day.
///
/// Intraday buckets are aligned to the Unix epoch in UTC. A day's bucket is the session of the trade date.
public struct BarInterval: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 1 ... 86,400; the last is one trading day.
    public let seconds: Int64

    /// Returns nil unless `seconds` divides 86,400.
    public init?(seconds: Int64) {
        guard seconds >= 1, seconds <= 86_400, 86_400 % seconds == 0 else { return nil }
        self.seconds = seconds
    }

    /// Parses `1s`, `5m`, `4h`, `1d`.
    public init?(_ text: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count >= 1, count <= 86_400
        else { return nil }
        self.init(seconds: count * unit)
    }

    private init(unchecked seconds: Int64) { self.seconds = seconds }

    public static let second = BarInterval(unchecked: 1)
    public static let minute = BarInterval(unchecked: 60)
    public static let hour = BarInterval(unchecked: 3_600)
    public static let day = BarInterval(unchecked: 86_400)

    public var nanos: Int64 { seconds * UnixNanos.perSecond }
    public var isDay: Bool { seconds == 86_400 }

    /// How far behind the newest trade a bucket of this length stays open: the length itself, at least a minute.
    public var grace: Int64 { max(nanos, UnixNanos.perMinute) }

    public static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

    /// The shortest form `init(_:)` reads, such as `90s`, `5m`, `4h`, `1d`.
    public var description: String {
        if isDay { return "1d" }
        if seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
        return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}
