public import Primitives

/// When a strategy of target weights trades towards them.
public enum RebalanceCadence: String, ConfigurationWord {
    /// At the first bar at or after each timestamp of the weights.
    case weights
    case everyBar = "every_bar"
    /// At the last bar of each session.
    case session
    /// At the last bar of the last session of each week, Monday to Sunday.
    case week
    /// At the last bar of the last session of each month.
    case monthEnd = "month_end"
    /// At the first bar at or after each of `dates`.
    case dates
}

/// A day or an instant of a list: `2024-01-31` or `2024-01-31T15:30:00Z`.
public enum ScheduledTime: ConfigurationValue, Hashable {
    /// The end of that day's session, or of the next one where there is none.
    case day(CivilDate)
    case instant(UnixNanos)

    public static var form: String { "a date or an instant of ISO 8601" }

    public init(json: JSONValue, at path: String) throws {
        let text = json.stringValue ?? ""
        if let day = CivilDate(text) {
            self = .day(day)
        } else if let instant = UnixNanos(iso8601: text) {
            self = .instant(instant)
        } else {
            throw Self.wrong(json, at: path)
        }
    }

    public var configurationJSON: JSONValue? {
        switch self {
        case .day(let day): .string(day.description)
        case .instant(let instant): .string(instant.description)
        }
    }
}
