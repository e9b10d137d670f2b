import Market
import Primitives

/// Reads the timestamps of one file. All of them have one form: ISO 8601 with a zone, ISO 8601 without one, or a count of
/// seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00Z.
///
/// A count tells its unit by its size. From 1e8 on it is seconds, from 1e11 milliseconds, from 1e14 microseconds, from 1e17
/// nanoseconds: each unit begins on 1973-03-03 and ends where the next begins, in the year 5138.
struct TimestampReader {
    enum Form: Equatable, CustomStringConvertible {
        case zoned, local
        /// Digits of a second that one unit is: 0, 3, 6 or 9.
        case epoch(digits: Int)

        var description: String {
            switch self {
            case .zoned: "ISO 8601 with a zone"
            case .local: "ISO 8601 without a zone"
            case .epoch(let digits):
                ["seconds", "milliseconds", "microseconds", "nanoseconds"][digits / 3] + " since 1970"
            }
        }
    }

    /// Why a timestamp is refused.
    struct Failure: Error {
        let code: String
        let message: String
    }

    /// Of timestamps without a zone; nil is UTC.
    let zone: USTimeZone?
    /// That of the first timestamp.
    private var form: Form?
    /// A day of the clocks in the zone, counted from 1970-01-01, and what they are ahead of UTC for all of it; nanoseconds.
    private var dayOfOffset: Int64?
    private var offset: Int64 = 0

    init(zone: USTimeZone?) { self.zone = zone }

    /// - Throws: `Failure`.
    mutating func read(_ text: String) throws -> UnixNanos {
        var text = text
        return try text.withUTF8 { try read($0) }
    }

    /// - Throws: `Failure`.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> UnixNanos {
        let text = bytes.trimmed
        if let first = text.first, first != Self.point, text.allSatisfy({ Self.isDigit($0) || $0 == Self.point }) {
            return try read(epoch: text)
        }
        guard let time = UnixNanos(iso8601: text) ?? Self.compact(text) else {
            throw Failure(
                code: "timed.time",
                message: text.isEmpty
                    ? "the timestamp is missing"
                    : "\(Self.quoted(text)) is not a timestamp: ISO 8601 such as 2024-05-01T14:30:00Z, or a count since 1970")
        }
        // Behind the date, with its dashes or without.
        let isZoned = text.dropFirst(10).contains {
            $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
        return isZoned ? try instant(time) : try wallClock(time)
    }

    /// A time that names an instant.
    mutating func instant(_ time: UnixNanos) throws -> UnixNanos {
        try take(.zoned)
        return time
    }

    /// What a clock in the file's zone showed, as if that were UTC.
    mutating func wallClock(_ time: UnixNanos) throws -> UnixNanos {
        try take(.local)
        guard let zone else { return time }
        try Self.checkYear(time)
        let day = time.rawValue.flooredDivision(by: UnixNanos.perDay)
        if day == dayOfOffset { return time - offset }
        let instants = zone.instants(showing: time)
        guard instants.count == 1 else {
            let shown = String(time.description.dropLast())
            throw Failure(
                code: "timed.zone",
                message: instants.isEmpty
                    ? "\(shown) does not exist in \(zone.rawValue): its clocks were put forward"
                    : "\(shown) occurs twice in \(zone.rawValue), whose clocks were put back: write it with its offset or in UTC")
        }
        // The clocks of a day that begins and ends with one offset are not changed in it.
        let ends = [UnixNanos(day * UnixNanos.perDay), UnixNanos((day + 1) * UnixNanos.perDay - 1)]
        if ends.allSatisfy({ zone.instants(showing: $0) == [$0 - (time - instants[0])] }) {
            (dayOfOffset, offset) = (day, time - instants[0])
        }
        return instants[0]
    }

    /// Sums and differences of a few days stay instants between these years.
    /// - Throws: `Failure`.
    static func checkYear(_ time: UnixNanos) throws {
        guard time >= first, time < end else {
            throw Failure(code: "timed.time", message: "\(time) lies outside the years 1678 to 2261")
        }
    }

    private static let first = UnixNanos(-9_214_560_000_000_000_000)
    private static let end = UnixNanos(9_214_646_400_000_000_000)

    private mutating func take(_ found: Form) throws {
        if let form, form != found {
            throw Failure(code: "timed.mixed", message: "the timestamp is \(found), those before it are \(form)")
        }
        form = found
    }

    private static let point = UInt8(ascii: ".")
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func quoted(_ text: UnsafeBufferPointer<UInt8>) -> String {
        "\"\(String(decoding: text.prefix(60), as: UTF8.self))\""
    }

    /// Reads `20240501 14:30:00`, a date without dashes.
    private static func compact(_ text: UnsafeBufferPointer<UInt8>) -> UnixNanos? {
        guard text.count > 8, text[8] == UInt8(ascii: " ") || text[8] == UInt8(ascii: "T"), text[..<8].allSatisfy(isDigit) else {
            return nil
        }
        let dash = [UInt8(ascii: "-")]
        return (text[..<4] + dash + text[4..<6] + dash + text[6...]).withUnsafeBufferPointer { UnixNanos(iso8601: $0) }
    }

    /// - Parameter text: digits, with at most one point behind the first.
    private mutating func read(epoch text: UnsafeBufferPointer<UInt8>) throws -> UnixNanos {
        let point = text.firstIndex(of: Self.point) ?? text.endIndex
        let fraction = text[point...].dropFirst()
        guard let whole = Self.number(text[..<point]), !fraction.contains(Self.point) else {
            throw Failure(code: "timed.time", message: "\(Self.quoted(text)) is not a timestamp")
        }
        let digits: Int
        switch whole {
        case 100_000_000..<100_000_000_000: digits = 0
        case 100_000_000_000..<100_000_000_000_000: digits = 3
        case 100_000_000_000_000..<100_000_000_000_000_000: digits = 6
        case 100_000_000_000_000_000...: digits = 9
        default:
            throw Failure(
                code: "timed.time",
                message:
                    "\(Self.quoted(text)) is too small for a count since 1970 (seconds begin at 1e8); write a date as 2024-05-01")
        }
        try take(.epoch(digits: digits))
        let places = 9 - digits
        // What lies beyond a nanosecond must be nothing.
        guard fraction.dropFirst(places).allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            throw Failure(code: "timed.time", message: "\(Self.quoted(text)) is finer than a nanosecond")
        }
        let kept = fraction.prefix(places)
        let part = (Self.number(kept) ?? 0) * Self.powers[places - kept.count]
        let (nanos, overflow) = whole.multipliedReportingOverflow(by: Self.powers[places])
        guard !overflow, nanos <= Int64.max - part else {
            throw Failure(code: "timed.time", message: "\(Self.quoted(text)) lies behind the year 2262")
        }
        return UnixNanos(nanos + part)
    }

    /// - Parameter digits: nothing else.
    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit - 48))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }

    private static let powers: [Int64] = (0...9).map { (0..<$0).reduce(Int64(1)) { power, _ in power * 10 } }
}
