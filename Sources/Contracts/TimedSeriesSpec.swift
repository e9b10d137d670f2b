public import Market
import Primitives

/// What a row of DATASETS says of a timed series: the times that its file names and when its rows are known.
public struct TimedSeriesSpec: Hashable, Sendable {
    public let rule: TimedRule
    /// Length of the interval that a row covers; nil for `irregular`.
    public let frequency: BarInterval?
    /// Of timestamps without a zone; nil is UTC.
    public let zone: USTimeZone?

    init(_ row: ConfigurationRow) throws {
        let text = try row.text("known_time_rule")
        guard let rule = TimedRule(text) else { throw row.failure("known_time_rule", "\"\(text)\" is not \(TimedRule.forms)") }
        self.rule = rule
        let length = try row.text("bar_frequency")
        frequency = length == Self.irregular ? nil : BarInterval(length)
        guard frequency != nil || (length == Self.irregular && rule.moment == .label) else {
            throw row.failure(
                "bar_frequency", "\"\(length)\" is no bar length such as 5m" + (rule.moment == .label ? " or irregular" : ""))
        }
        zone = row.optionalText("timestamp_tz").flatMap { USTimeZone(rawValue: $0) }
    }

    public static let irregular = "irregular"
}

/// When a row of a timed series is known, and what its timestamp means.
public struct TimedRule: Hashable, Sendable, CustomStringConvertible {
    public enum Moment: String, CaseIterable, Sendable {
        /// The timestamp is the open of an interval; the row is known at its end.
        case barClose = "bar_close"
        /// The timestamp is the end of an interval, at which the row is known.
        case closeLabel = "close_label"
        /// The row is known at its timestamp.
        case label
    }

    public let moment: Moment
    /// Nanoseconds from that moment until the row is known, >= 0.
    public let delay: Int64
    public let calendar: String
    public let description: String

    public static let forms =
        "bar_close@CALENDAR, close_label@CALENDAR or label@CALENDAR, also with a delay such as bar_close+5s@CALENDAR"

    /// `bar_close@ALWAYS_OPEN`, `label+250ms@ALWAYS_OPEN`; nil for anything else. A delay is a whole number of ms, s, m or h, at
    /// most a year of hours.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let words = parts[0].split(separator: "+", omittingEmptySubsequences: false)
        guard words.count <= 2, let moment = Moment(rawValue: String(words[0])) else { return nil }
        self.moment = moment
        calendar = String(parts[1])
        description = text
        guard words.count == 2 else {
            delay = 0
            return
        }
        guard let delay = Self.nanos(words[1]) else { return nil }
        self.delay = delay
    }

    private static func nanos(_ text: Substring) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "ms": UnixNanos.perSecond / 1_000, "s": UnixNanos.perSecond, "m": UnixNanos.perMinute, "h": UnixNanos.perHour,
        ]
        guard let count = Int64(digits), (1...100_000_000).contains(count),
            let unit = units[String(text.dropFirst(digits.count))],
            count <= 8_784 * UnixNanos.perHour / unit
        else { return nil }
        return count * unit
    }
}
