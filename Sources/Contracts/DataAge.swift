internal import Primitives

/// How old a value may be: `90m`, `36h`, `3d`. Time that passes, weekends and nights included; a day has 24 hours.
public struct DataAge: Hashable, Sendable, CustomStringConvertible {
    public let nanos: Int64
    public let description: String

    public static let forms = "a whole number of seconds, minutes, hours or days such as 90m, 36h or 4d, at most 3650d"

    private static let units: [Character: Int64] = [
        "s": 1_000_000_000, "m": UnixNanos.perMinute, "h": UnixNanos.perHour, "d": UnixNanos.perDay,
    ]

    /// nil for any other text.
    public init?(_ text: String) {
        guard let unit = text.last.flatMap({ Self.units[$0] }), text.dropLast().utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(text.dropLast()), (1...3650 * UnixNanos.perDay / unit).contains(count)
        else { return nil }
        nanos = count * unit
        description = text
    }
}
