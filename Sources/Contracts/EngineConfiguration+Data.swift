public import Primitives

extension EngineConfiguration {
    public struct Calendar: ConfigurationSection {
        public var calendar = CalendarName.unset
        public var timeContractVersion = 2
        /// For annual figures; by `dataFrequency` where nil.
        public var periodsPerYear: Double?
        public var timezone = "UTC"
        public var dataFrequency = DataFrequency.daily
        /// Skip bars outside the calendar's sessions.
        public var enforceSessions = false

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("calendar", \.calendar), .key("time_contract_version", \.timeContractVersion, .positive),
                .key("periods_per_year", \.periodsPerYear, .positive), .key("timezone", \.timezone),
                .key("data_frequency", \.dataFrequency), .key("enforce_sessions", \.enforceSessions),
            ]
        }

        public func check(at path: String) throws {
            try checkTimeContract(timeContractVersion, at: path + ".time_contract_version")
        }
    }

    /// Which column of the price file is which, and what its timestamps mean.
    public struct Feed: ConfigurationSection {
        public var timestampCol = "timestamp"
        /// `asset` or `symbol` where nil.
        public var entityCol: String?
        public var priceCol = "close"
        public var openCol = "open"
        public var highCol = "high"
        public var lowCol = "low"
        public var closeCol = "close"
        public var volumeCol = "volume"
        public var vwapCol: String?
        public var bidCol: String?
        public var askCol: String?
        public var midCol: String?
        public var bidSizeCol: String?
        public var askSizeCol: String?
        public var calendar = CalendarName.unset
        /// Zone of timestamps without one.
        public var timezone: String? = "UTC"
        /// An open vocabulary, `calendar.data_frequency` is the one that counts.
        public var dataFrequency: String? = "daily"
        public var barType: String?
        public var timestampSemantics: TimestampSemantics?
        /// `HH:MM` in the calendar's zone.
        public var sessionStartTime: String?
        public var timeContractVersion = 2
        public var barGridAnchor: BarGridAnchor?
        public var barLabel: BarLabel?
        public var partialBarPolicy: PartialBarPolicy?

        public init() {}

        /// Timestamps are the ends of bars.
        public var labelsAreCloses: Bool { timestampSemantics == .barClose || barLabel == .right }

        /// The same of a section that somebody else wrote, whose other keys nobody reads.
        public static func labelsAreCloses(_ section: JSONValue?) -> Bool {
            var feed = Feed()
            feed.timestampSemantics = section?["timestamp_semantics"]?.stringValue.flatMap { TimestampSemantics(rawValue: $0) }
            feed.barLabel = section?["bar_label"]?.stringValue.flatMap { BarLabel(rawValue: $0) }
            return feed.labelsAreCloses
        }

        /// One of `price_col` and `close_col` alone stands for both.
        public init(json: JSONValue, at path: String) throws {
            guard let members = json.objectValue else { throw Self.wrong(json, at: path) }
            self.init()
            try read(members, at: path)
            if members["close_col"] == nil { closeCol = priceCol }
            if members["price_col"] == nil { priceCol = closeCol }
            try check(at: path)
        }

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("timestamp_col", \.timestampCol), .key("entity_col", \.entityCol), .key("price_col", \.priceCol),
                .key("open_col", \.openCol), .key("high_col", \.highCol), .key("low_col", \.lowCol),
                .key("close_col", \.closeCol), .key("volume_col", \.volumeCol), .key("vwap_col", \.vwapCol),
                .key("bid_col", \.bidCol), .key("ask_col", \.askCol), .key("mid_col", \.midCol),
                .key("bid_size_col", \.bidSizeCol), .key("ask_size_col", \.askSizeCol), .key("calendar", \.calendar),
                .key("timezone", \.timezone), .key("data_frequency", \.dataFrequency), .key("bar_type", \.barType),
                .key("timestamp_semantics", \.timestampSemantics), .key("session_start_time", \.sessionStartTime),
                .key("time_contract_version", \.timeContractVersion, .positive), .key("bar_grid_anchor", \.barGridAnchor),
                .key("bar_label", \.barLabel), .key("partial_bar_policy", \.partialBarPolicy),
            ]
        }

        public func check(at path: String) throws {
            try checkTimeContract(timeContractVersion, at: path + ".time_contract_version")
            let hasGrid = barGridAnchor != nil || barLabel != nil || partialBarPolicy != nil
            func refuse(_ message: String, _ key: String) -> ApusError {
                ApusError("config.value", message, context: ["key": "\(path).\(key)"])
            }
            if hasGrid, timeContractVersion == 1 {
                throw refuse("bar_grid_anchor, bar_label and partial_bar_policy need time_contract_version 2", "bar_grid_anchor")
            }
            if timestampSemantics == .barClose, barLabel == .left {
                throw refuse("timestamps of the bar's close need bar_label right", "bar_label")
            }
            if timestampSemantics == .sessionLabel, hasGrid {
                throw refuse("session labels have no intraday bar grid", "timestamp_semantics")
            }
        }
    }

    public struct Result: ConfigurationSection {
        public var retainIntentHistory = false
        public var retainLifecycleHistory = false

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("retain_intent_history", \.retainIntentHistory),
                .key("retain_lifecycle_history", \.retainLifecycleHistory),
            ]
        }
    }

    private static func checkTimeContract(_ version: Int, at path: String) throws {
        guard version == 1 || version == 2 else {
            throw ApusError("config.value", "the version must be 1 or 2", context: ["key": path, "value": "\(version)"])
        }
    }
}
