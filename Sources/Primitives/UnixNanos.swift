/// An instant: nanoseconds since 1970-01-01T00:00:00Z, as a signed 64-bit count.
///
/// The range is 1677-09-21 to 2262-04-11. Leap seconds are not counted, as in POSIX time.
public struct UnixNanos: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: Int64

    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ nanoseconds: Int64) { rawValue = nanoseconds }

    /// The instant at 00:00:00 UTC of a civil date.
    /// - Precondition: the date is in the range of the type; see `init(exactly:)`.
    public init(_ date: CivilDate) { rawValue = Int64(date.daysSinceEpoch) * Self.perDay }

    /// The same for any date; nil where the instant does not fit.
    public init?(exactly date: CivilDate) {
        let (nanos, overflow) = Int64(date.daysSinceEpoch).multipliedReportingOverflow(by: Self.perDay)
        if overflow { return nil }
        rawValue = nanos
    }

    public static let perMicrosecond: Int64 = 1_000
    public static let perSecond: Int64 = 1_000_000_000
    public static let perMinute: Int64 = 60 * perSecond
    public static let perHour: Int64 = 60 * perMinute
    public static let perDay: Int64 = 24 * perHour

    /// Microseconds since the epoch, rounded toward the past.
    @inlinable public var microseconds: Int64 {
        let quotient = rawValue / 1_000
        return rawValue % 1_000 < 0 ? quotient - 1 : quotient
    }

    /// The civil date of this instant in UTC.
    public var utcDate: CivilDate { CivilDate(daysSinceEpoch: Int32(rawValue.flooredDivision(by: Self.perDay))) }

    /// Nanoseconds since the preceding midnight UTC: 0 ..< 86,400,000,000,000.
    public var nanosOfDay: Int64 {
        let remainder = rawValue % Self.perDay
        return remainder < 0 ? remainder + Self.perDay : remainder
    }

    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    @inlinable public static func + (a: Self, nanoseconds: Int64) -> Self { Self(a.rawValue + nanoseconds) }
    @inlinable public static func - (a: Self, nanoseconds: Int64) -> Self { Self(a.rawValue - nanoseconds) }
    @inlinable public static func - (a: Self, b: Self) -> Int64 { a.rawValue - b.rawValue }
}

extension UnixNanos: CustomStringConvertible {
    /// ISO 8601 in UTC; the fraction has 0, 3, 6 or 9 digits, the fewest that lose nothing.
    public var description: String {
        let nanos = nanosOfDay
        let seconds = nanos / Self.perSecond
        let fraction = nanos % Self.perSecond
        var text = "\(utcDate)T\(twoDigits(seconds / 3600)):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        if fraction != 0 {
            var digits = String(fraction)
            digits = String(repeating: "0", count: 9 - digits.count) + digits
            let width = fraction % 1_000_000 == 0 ? 3 : (fraction % 1_000 == 0 ? 6 : 9)
            text += "." + digits.prefix(width)
        }
        return text + "Z"
    }

    /// `20231225T230000Z`: an instant to the second as a folder name.
    public var compactDescription: String {
        let seconds = nanosOfDay / Self.perSecond
        let day = utcDate.description.filter { $0 != "-" }
        return "\(day)T\(twoDigits(seconds / 3600))\(twoDigits(seconds / 60 % 60))\(twoDigits(seconds % 60))Z"
    }

    /// Parses `YYYY-MM-DD`, optionally followed by `T` or a space and `HH:MM[:SS[.fraction]]`, and a zone
    /// `Z` or `±HH:MM`. Without a zone the text is UTC. Returns nil for anything else, also for instants out of range.
    public init?(iso8601 text: String) {
        var text = text
        guard let time = text.withUTF8({ Self(iso8601: $0) }) else { return nil }
        self = time
    }

    /// The same for the bytes of a text.
    public init?(iso8601 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 10, let date = CivilDate(ascii: UnsafeBufferPointer(rebasing: bytes[..<10])) else { return nil }
        var timeOfDay: Int64 = 0
        if bytes.count > 10 {
            guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
            var scanner = TimeScanner(bytes: bytes, position: 11)
            guard let time = scanner.timeOfDay(), let offset = scanner.zoneOffset(), scanner.atEnd else { return nil }
            timeOfDay = time - offset
        }
        // The first representable instant lies inside a day whose midnight is not representable.
        let nanos = Int128(date.daysSinceEpoch) * Int128(Self.perDay) + Int128(timeOfDay)
        guard let value = Int64(exactly: nanos) else { return nil }
        self.init(value)
    }
}

/// Reads the time part of an ISO 8601 text.
private struct TimeScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    var atEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func twoDigitNumber(below limit: Int64) -> Int64? {
        guard position + 2 <= bytes.count else { return nil }
        let a = bytes[position], b = bytes[position + 1]
        guard (48...57).contains(a), (48...57).contains(b) else { return nil }
        position += 2
        let value = Int64(a - 48) * 10 + Int64(b - 48)
        return value < limit ? value : nil
    }

    mutating func timeOfDay() -> Int64? {
        guard let hour = twoDigitNumber(below: 24), take(":"), let minute = twoDigitNumber(below: 60) else { return nil }
        var nanos = (hour * 3600 + minute * 60) * UnixNanos.perSecond
        guard take(":") else { return nanos }
        guard let second = twoDigitNumber(below: 60) else { return nil }
        nanos += second * UnixNanos.perSecond
        guard take(".") else { return nanos }
        var unit = UnixNanos.perSecond / 10
        var digits = 0
        while position < bytes.count, (48...57).contains(bytes[position]), digits < 9 {
            nanos += Int64(bytes[position] - 48) * unit
            unit /= 10
            digits += 1
            position += 1
        }
        return digits > 0 ? nanos : nil
    }

    mutating func zoneOffset() -> Int64? {
        if atEnd || take("Z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hour = twoDigitNumber(below: 24) else { return nil }
        _ = take(":")
        guard let minute = twoDigitNumber(below: 60) else { return nil }
        return sign * (hour * 3600 + minute * 60) * UnixNanos.perSecond
    }
}

func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

extension Int64 {
    /// Quotient rounded toward negative infinity. The divisor is positive.
    @inlinable public func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
