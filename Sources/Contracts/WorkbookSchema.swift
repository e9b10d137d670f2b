public import Primitives

/// The workbook that people edit: its sheets in order, and what every column may hold.
///
/// The first eighteen sheets and their headers are fixed by the research-platform specification ("Excel workbook schema");
/// the ten after them are ours. Writer, reader, check and snapshot are all driven by this one table.
public enum WorkbookSchema {
    /// In the order in which a new workbook shows them.
    public static let sheets: [WorkbookSheet] = dataSheets + featureSheets + strategySheets + studySheets + ourSheets

    public static func sheet(_ name: String) -> WorkbookSheet? { sheets.first { $0.name == name } }

    /// The sheets whose ids name a feature. An id must be unique across both.
    public static let featureIDSheets = ["FEATURE_LIBRARY", "ENGINEERED_FEATURES"]

    /// What a `target_type` or `param_scope` word points at. `ALL` points at no row.
    public static let targetSheets: [(type: String, sheet: String)] = [
        ("INSTRUMENT", "INSTRUMENTS"), ("FEATURE", "FEATURE_LIBRARY"), ("ENGINEERED_FEATURE", "ENGINEERED_FEATURES"),
        ("TEMPLATE", "SIGNAL_TEMPLATES"), ("STRATEGY", "STRATEGIES"), ("BACKTEST", "BACKTESTS"), ("GATE", "GATES"),
        ("SCALING", "SCALING"),
    ]

    public static func targetSheet(_ type: String) -> String? { targetSheets.first { $0.type == type }?.sheet }

    /// The calendars that SESSIONS, INSTRUMENTS and known-time rules may name.
    public static let calendars = ["ALWAYS_OPEN", "CME_EQUITY", "US_EQUITY"]

    /// The zone that a calendar's local times are in, an IANA name.
    public static func timeZone(ofCalendar name: String) -> String? {
        ["ALWAYS_OPEN": "UTC", "CME_EQUITY": "America/Chicago", "US_EQUITY": "America/New_York"][name]
    }
}

public struct WorkbookSheet: Hashable, Sendable {
    public let name: String
    /// One sentence: what a row stands for.
    public let summary: String
    public let columns: [WorkbookColumn]
    /// Column groups whose values together may occur once only, beside each column's own `isUnique`.
    public let uniqueTogether: [[String]]
    /// Columns that name a target: two enabled rows may not agree in all of them. Empty where any number may.
    public let oneEnabledPer: [String]
    /// Workbooks of earlier versions do not have the sheet; it then has no rows.
    public let isLater: Bool

    public init(
        _ name: String, _ summary: String, uniqueTogether: [[String]] = [], oneEnabledPer: [String] = [], later: Bool = false,
        _ columns: [WorkbookColumn]
    ) {
        self.name = name
        self.summary = summary
        self.columns = columns
        self.uniqueTogether = uniqueTogether
        self.oneEnabledPer = oneEnabledPer
        isLater = later
    }

    public func column(_ name: String) -> WorkbookColumn? { columns.first { $0.name == name } }
    public var headers: [String] { columns.map(\.name) }
    /// The column that other sheets refer to: the sheet's own unique key.
    public var idColumn: WorkbookColumn? { columns.first { $0.isUnique } }
    /// False where no row may be enabled, because nothing reads the sheet yet.
    public var isSupported: Bool { column("enabled")?.allowedValues != [false] }
}

/// What the cells of a column hold.
public enum WorkbookValueKind: Hashable, Sendable {
    case text
    /// A letter or `_`, then letters, digits, `_`, `.`, `-`; not AND, OR, NOT or ALL.
    case identifier
    case integer
    case number
    case boolean
    case date
    /// A whole number of months.
    case monthCount
    case jsonObject
    /// Protective rules as a JSON list: `[{"type": "StopLoss", "pct": 0.02}]`; see `RiskRuleSpec`.
    case riskRules
    /// Texts separated by commas.
    case textList
    /// Whole numbers separated by commas.
    case integerList
    /// Exactly one of the words.
    case choice([String])
    /// Words of the list, separated by commas.
    case choiceList([String])
    /// An id of one of the sheets.
    case reference([String])
    /// Ids of the sheets separated by commas, or the single word ALL where that is allowed.
    case references([String], orAll: Bool)
    /// An id of the sheet that the row's `typeColumn` selects; blank where the type is ALL.
    case target(typeColumn: String)
    /// `DATASET` or `DATASET:table:SESSION`, table `bars_<interval>`, `bars_<rule>_<size>`, `cvd_<interval>`,
    /// `flow_<interval>`, `footprint_<interval>`, `quotes_<interval>` or `big_trades`.
    case datasetReference
    /// See `MissingPolicy`.
    case missingPolicy
    /// See `FeatureFinish`.
    case featureFinish
    /// See `DataAge`.
    case age
    /// A gate; see `GateExpression`.
    case gateExpression
    /// `session_close@CALENDAR`, `session_open@CALENDAR` or `HH:MM@CALENDAR`; of a timed series see `TimedRule`.
    case knownTimeRule
    /// `next_open`, `same_close`, `next_close` or `HH:MM`.
    case executionTime
    /// A bar length such as `30s`, `5m`, `1h`, `1d`: 1 s to 1 d.
    case interval
    /// A bar length, `trade`, `quote` or `irregular`.
    case barFrequency
    /// Bar lengths separated by commas.
    case intervalList
    /// Bars that trades close, separated by commas: `tick:1000, dollar:1e6`; see `TradeBarRule`.
    case tradeBarList
}

public struct WorkbookColumn: Hashable, Sendable {
    public let name: String
    public let kind: WorkbookValueKind
    /// A row without a value is an error.
    public let isRequired: Bool
    /// The values of the column are the sheet's ids: required, and each occurs once.
    public let isUnique: Bool
    /// What a number (each number of a list) must lie in, bounds included.
    public let range: ClosedRange<Double>?
    /// False for columns that the specification names and this version does not read: only blank is accepted, and `none` in
    /// a column of texts.
    public let isSupported: Bool
    /// Workbooks of earlier versions do not have the column; it is then blank.
    public let isLater: Bool
    /// The values that this version carries out, a part of what the kind allows; nil where that is all of it.
    public let allowedValues: [JSONValue]?
    /// What a user should write, with units.
    public let comment: String

    public init(
        _ name: String, _ kind: WorkbookValueKind, required: Bool = false, unique: Bool = false,
        in range: ClosedRange<Double>? = nil, supported: Bool = true, allowed: [JSONValue]? = nil, later: Bool = false,
        _ comment: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = required || unique
        self.isUnique = unique
        self.range = range
        self.isSupported = supported
        allowedValues = allowed
        isLater = later
        self.comment = comment
    }

    static func notes() -> WorkbookColumn {
        WorkbookColumn("notes", .text, "Anything you want to remember about this row. Not read by any command.")
    }

    static func enabled(_ what: String) -> WorkbookColumn {
        WorkbookColumn("enabled", .boolean, required: true, "TRUE to use this \(what), FALSE to keep the row without using it.")
    }

    /// The `enabled` column of a sheet that nothing reads yet.
    static func notYetEnabled(_ what: String) -> WorkbookColumn {
        WorkbookColumn(
            "enabled", .boolean, required: true, allowed: [false],
            "Always FALSE: this version keeps the row and does not use the \(what) yet.")
    }
}

extension ClosedRange where Bound == Double {
    static let nonNegative: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
    static let positiveFraction: ClosedRange<Double> = Double.leastNormalMagnitude...1
    static let positive: ClosedRange<Double> = Double.leastNormalMagnitude...Double.greatestFiniteMagnitude
    static let counts: ClosedRange<Double> = 1...1e9
    static let lagDays: ClosedRange<Double> = 0...3650
    static let fraction: ClosedRange<Double> = 0...1
}
