public import Primitives

/// What the workbook says, typed. It is read from an exported snapshot, never from the open workbook.
public struct Configuration: Sendable {
    /// sha256 of the snapshot's canonical JSON.
    public let snapshotDigest: Digest
    public let paths: WorkspacePaths
    public let datasets: [DatasetSpec]
    public let instruments: [InstrumentSpec]
    public let sessions: [SessionSpec]
    /// FEATURE_LIBRARY, then ENGINEERED_FEATURES.
    public let features: [FeatureSpec]
    public let featureSets: [FeatureSetSpec]
    public let labels: [LabelRowSpec]
    public let strategies: [StrategySpec]
    public let backtests: [BacktestSpec]
    public let costs: [CostRule]
    public let gates: [GateSpec]
    public let scalings: [ScalingSpec]
    public let portfolios: [PortfolioSpec]
    public let reports: [ReportSpec]
    public let runbook: [RunbookStep]
    /// The snapshot's METRICS rows: annualisation and risk-free rate by metric id.
    public let metrics: [MetricSpec]

    /// - Parameter workspace: the folder that relative paths start from.
    /// - Throws: `ApusError` `config.value` or `config.snapshot`.
    public init(snapshot: JSONValue, workspace: String) throws {
        guard snapshot["schema"]?.stringValue == Self.snapshotSchema, let sheets = snapshot["sheets"] else {
            throw ApusError("config.snapshot", "this is not a configuration snapshot of schema \(Self.snapshotSchema)")
        }
        snapshotDigest = try Digest.of(snapshot)
        func rows(_ sheet: String, _ idColumn: String, enabledOnly: Bool = true) -> [ConfigurationRow] {
            (sheets[sheet]?.arrayValue ?? [])
                .map { ConfigurationRow(sheet: sheet, idColumn: idColumn, value: $0) }
                .filter { !enabledOnly || $0.flag("enabled", default: true) }
        }
        paths = try WorkspacePaths(rows("PATHS", "Profile", enabledOnly: false), workspace: workspace)
        datasets = try rows("DATASETS", "dataset_id").map(DatasetSpec.init)
        instruments = try rows("INSTRUMENTS", "instrument_id").map(InstrumentSpec.init)
        sessions = try rows("SESSIONS", "session_id").map(SessionSpec.init)
        let features =
            try rows("FEATURE_LIBRARY", "feature_id").map(FeatureSpec.init(library:))
            + rows("ENGINEERED_FEATURES", "eng_feature_id").map(FeatureSpec.init(engineered:))
        self.features = features
        featureSets = try rows("FEATURE_SETS", "feature_set_id").map { try FeatureSetSpec($0, among: features) }
        labels = try rows("LABELS", "label_id").map(LabelRowSpec.init)
        strategies = try rows("STRATEGIES", "strategy_id").map { row in
            let templateID = try row.text("signal_template_id")
            guard let template = rows("SIGNAL_TEMPLATES", "template_id").first(where: { $0.id == templateID }) else {
                throw row.failure("signal_template_id", "no enabled template \"\(templateID)\"")
            }
            return try StrategySpec(
                row, templateName: template.text("template_name"), parameters: template.object("default_params_json"))
        }
        let (strategies, instruments) = (self.strategies, self.instruments)
        backtests = try rows("BACKTESTS", "backtest_id").map { row in
            let strategyID = try row.text("strategy_id")
            let instrumentID = strategies.first { $0.id == strategyID }?.instrumentID
            return try BacktestSpec(row, instrument: instruments.first { $0.id == instrumentID })
        }
        costs = try rows("COSTS", "cost_profile_id").map(CostRule.init)
        gates = try rows("GATES", "gate_id").map(GateSpec.init)
        scalings = try rows("SCALING", "scaling_id").map(ScalingSpec.init)
        portfolios = try rows("PORTFOLIOS", "portfolio_id").map(PortfolioSpec.init)
        reports = try rows("REPORTING", "report_id").map(ReportSpec.init)
        runbook = try rows("RUNBOOK", "StepNo", enabledOnly: false).map(RunbookStep.init).sorted { $0.number < $1.number }
        metrics = try rows("METRICS", "metric_id").map(MetricSpec.init)
    }

    public static let snapshotSchema = "apus-config/1"

    public func dataset(_ id: String) -> DatasetSpec? { datasets.first { $0.id == id } }
    public func instrument(_ id: String) -> InstrumentSpec? { instruments.first { $0.id == id } }
    public func strategy(_ id: String) -> StrategySpec? { strategies.first { $0.id == id } }
    public func feature(_ id: String) -> FeatureSpec? { features.first { $0.id == id } }
    public func label(_ id: String) -> LabelRowSpec? { labels.first { $0.id == id } }

    /// The enabled gate of a strategy of a backtest: the backtest's, else its own.
    public func gate(for backtest: BacktestSpec, strategy id: String) -> GateSpec? {
        gates.first { $0.target == .backtest(backtest.id) } ?? gates.first { $0.target == .strategy(id) }
    }

    public func scaling(for backtest: BacktestSpec, strategy id: String) -> ScalingSpec? {
        scalings.first { $0.target == .backtest(backtest.id) } ?? scalings.first { $0.target == .strategy(id) }
    }

    /// Days in a year for annualised metrics: what the METRICS rows that give it agree on.
    public var annualizationFactor: Double? { metrics.compactMap(\.annualizationFactor).first }
    /// Annual, a fraction.
    public var riskFreeRate: Double? { metrics.compactMap(\.riskFreeRate).first }

    public func portfolio(for backtest: BacktestSpec) -> PortfolioSpec? { portfolios.first { $0.backtestID == backtest.id } }
}

/// What a rule of COSTS, GATES or SCALING applies to.
public enum ConfigurationTarget: Hashable, Sendable {
    case all
    case instrument(String)
    case strategy(String)
    case backtest(String)

    init(_ row: ConfigurationRow) throws {
        let kind = try row.text("target_type")
        if kind == "ALL" {
            self = .all
            return
        }
        let id = try row.text("target_id")
        switch kind {
        case "INSTRUMENT": self = .instrument(id)
        case "STRATEGY": self = .strategy(id)
        case "BACKTEST": self = .backtest(id)
        default: throw row.failure("target_type", "\"\(kind)\" is not one of ALL, INSTRUMENT, STRATEGY, BACKTEST")
        }
    }
}

/// The folders of a workspace: the active row of PATHS.
public struct WorkspacePaths: Hashable, Sendable {
    public let profile: String
    public let dataRoot: String
    public let database: String
    public let raw: String
    public let canonical: String
    public let derived: String
    public let featureCache: String
    public let labelsCache: String
    public let runs: String
    public let logs: String
    public let exports: String

    init(_ rows: [ConfigurationRow], workspace: String) throws {
        let active = rows.filter { $0.flag("IsActive", default: false) }
        guard active.count == 1, let row = active.first else {
            throw ApusError(
                "config.value", "exactly one PATHS profile must be active, found \(active.count)", context: ["sheet": "PATHS"])
        }
        profile = row.id
        let code = try Self.resolve(row.text("CODE_ROOT"), base: workspace)
        let data = try Self.resolve(row.text("DATA_ROOT").replacing("{CODE_ROOT}", with: code), base: workspace)
        func folder(_ column: String) throws -> String {
            let text = try row.text(column).replacing("{CODE_ROOT}", with: code).replacing("{DATA_ROOT}", with: data)
            return Self.resolve(text, base: workspace)
        }
        dataRoot = data
        database = try folder("DUCKDB_FILE")
        raw = try folder("RAW_DIR")
        canonical = try folder("CANONICAL_DIR")
        derived = data + "/derived"
        labelsCache = data + "/labels_cache"
        featureCache = try folder("FEATURE_CACHE_DIR")
        runs = try folder("RUNS_DIR")
        logs = try folder("LOG_DIR")
        exports = try folder("EXPORT_CONFIG_DIR")
    }

    /// An absolute path stays; a relative one starts at `base`. `.` is `base` itself.
    public static func resolve(_ path: String, base: String) -> String {
        if path.hasPrefix("/") { return path }
        if path == "." { return base }
        return base + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }
}

/// One row of RUNBOOK.
public struct RunbookStep: Hashable, Sendable {
    public let number: Int
    public let task: String
    public let command: String

    init(_ row: ConfigurationRow) throws {
        guard let number = row.optionalInteger("StepNo") else { throw row.failure("StepNo", "a whole number is required") }
        self.number = number
        task = row.optionalText("Task") ?? ""
        command = try row.text("CommandOrAction")
    }
}

/// One row of REPORTING.
public struct ReportSpec: Hashable, Sendable {
    public let id: String
    public let targetID: String
    public let tearSheet: Bool

    init(_ row: ConfigurationRow) throws {
        id = row.id
        targetID = try row.text("target_id")
        tearSheet = row.flag("generate_tearsheet", default: true)
    }
}

/// One row of METRICS.
public struct MetricSpec: Hashable, Sendable {
    public let id: String
    /// Periods per year, nil to derive it from the bars.
    public let annualizationFactor: Double?
    /// Annual, a fraction.
    public let riskFreeRate: Double?

    init(_ row: ConfigurationRow) throws {
        id = row.id
        annualizationFactor = row.optionalNumber("annualization_factor")
        riskFreeRate = row.optionalNumber("risk_free_rate")
    }
}
