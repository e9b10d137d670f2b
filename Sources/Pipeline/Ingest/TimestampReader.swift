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

    init(zone: USTimeZone?) { self.zone = zone }

    /// - Throws: `Failure`.
    mutating func read(_ text: String) throws -> UnixNanos {
        let text = text.trimmed
        if let first = text.utf8.first, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), first != 46,
            !text.isEmpty
        {
            return try read(epoch: text)
        }
        let written = Self.extended(text)
        guard let time = UnixNanos(iso8601: written) else {
            throw Failure(
                code: "timed.time",
                message: text.isEmpty
                    ? "the timestamp is missing"
                    : "\"\(text.prefix(60))\" is not a timestamp: ISO 8601 such as 2024-05-01T14:30:00Z, or a count since 1970")
        }
        let isZoned = written.utf8.dropFirst(10).contains {
            [UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0)
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
        let instants = zone.instants(showing: time)
        guard instants.count == 1 else {
            let shown = String(time.description.dropLast())
            throw Failure(
                code: "timed.zone",
                message: instants.isEmpty
                    ? "\(shown) does not exist in \(zone.rawValue): its clocks were put forward"
                    : "\(shown) occurs twice in \(zone.rawValue), whose clocks were put back: write it with its offset or in UTC")
        }
        return instants[0]
    }

    private mutating func take(_ found: Form) throws {
        if let form, form != found {
            throw Failure(code: "timed.mixed", message: "the timestamp is \(found), those before it are \(form)")
        }
        form = found
    }

    /// `20240501 14:30:00` with the dashes of `2024-05-01 14:30:00`.
    private static func extended(_ text: String) -> String {
        let bytes = Array(text.utf8.prefix(9))
        guard bytes.count == 9, bytes[8] == UInt8(ascii: " ") || bytes[8] == UInt8(ascii: "T"),
            bytes[..<8].allSatisfy({ (48...57).contains($0) })
        else { return text }
        return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.dropFirst(6))"
    }

    /// - Parameter text: digits, with at most one point behind the first.
    private mutating func read(epoch text: String) throws -> UnixNanos {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]) else {
            throw Failure(code: "timed.time", message: "\"\(text.prefix(60))\" is not a timestamp")
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
                message: "\(text) is too small for a count since 1970 (seconds begin at 1e8); write a date as 2024-05-01")
        }
        try take(.epoch(digits: digits))
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        let places = 9 - digits
        // What lies beyond a nanosecond must be nothing.
        guard fraction.dropFirst(places).allSatisfy({ $0 == "0" }) else {
            throw Failure(code: "timed.time", message: "\"\(text.prefix(60))\" is finer than a nanosecond")
        }
        let kept = String(fraction.prefix(places))
        let unit = Self.powers[places]
        let part = (Int64(kept) ?? 0) * Self.powers[places - kept.utf8.count]
        let (nanos, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, nanos <= Int64.max - part else {
            throw Failure(code: "timed.time", message: "\(text) lies behind the year 2262")
        }
        return UnixNanos(nanos + part)
    }

    private static let powers: [Int64] = (0...9).map { (0..<$0).reduce(Int64(1)) { power, _ in power * 10 } }
}
