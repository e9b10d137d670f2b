import Backtesting
public import Contracts
import Engine
import Features
public import Lake
import Market
public import Primitives
import Reporting

/// A finished backtest run in the workspace.
public struct RunOutcome: Sendable {
    public let backtestID: String
    public let runID: String
    /// Absolute path of the result folder.
    public let folder: String
    public let wasRun: Bool
    public let trades: Int
    public let finalEquity: Double
    public let metrics: [String: JSONValue]
}

/// `apus run`: the enabled backtests, each into `runs/<run id>/<as-of time>/`. The run id carries the digest of all that decides
/// the result, so a run that is there already is verified and not repeated.
public struct RunStage {
    let workspace: Workspace
    let registry: Registry

    public init(_ workspace: Workspace, registry: Registry) {
        self.workspace = workspace
        self.registry = registry
    }

    /// - Parameters:
    ///   - only: backtest ids, all enabled ones where empty.
    ///   - schema: layout of the result folders; one that is there in the other layout is written anew.
    public func run(
        only: [String] = [], schema: ResultSchema = .v1, progress: (String) -> Void = { _ in }
    ) throws -> [RunOutcome] {
        let known = workspace.configuration.backtests
        if let unknown = only.first(where: { id in !known.contains { $0.id == id } }) {
            throw ApusError(
                "config.unknown", "BACKTESTS has no enabled row \"\(unknown)\"",
                context: ["known": known.map(\.id).joined(separator: ", ")])
        }
        defer { try? registry.close() }
        let data = DataAccess(workspace, registry: registry)
        return try known.filter { only.isEmpty || only.contains($0.id) }.map { spec in
            progress(spec.id)
            return try run(spec, data, schema)
        }
    }

    private func run(_ spec: BacktestSpec, _ data: DataAccess, _ schema: ResultSchema) throws -> RunOutcome {
        let plan = try RunError.wrapping(backtest: spec.id) { try RunPlan(spec, workspace.configuration, data) }
        let runID = "\(spec.id)-\(plan.key.short)"
        let folder = "\(workspace.paths.runs)/\(runID)/\(plan.asOf.compactDescription)"
        if (try? ResultFolder.verify(folder)) != nil, try ResultFolder.schema(of: folder) == schema {
            let result = try ResultFolder.read(folder)
            return try outcome(plan, runID: runID, folder: folder, result: result, wasRun: false)
        }
        let result = try plan.execute(schema)
        try ResultFolder.write(result, manifest: plan.manifest(runID: runID), to: folder, schema: schema)
        return try outcome(plan, runID: runID, folder: folder, result: result, wasRun: true)
    }

    private func outcome(_ plan: RunPlan, runID: String, folder: String, result: BacktestResult, wasRun: Bool) throws
        -> RunOutcome
    {
        let final = result.equity.last?.equity ?? plan.backtest.portfolio.initialCash
        // Runs are compared with each other: their metrics have one meaning, whatever their files have.
        let metrics = try ResultFolder.schema(of: folder) == .v1 ? result.metrics : result.withOwnMetrics().metrics
        try register(plan, runID: runID, folder: folder, metrics: metrics)
        return RunOutcome(
            backtestID: plan.backtest.spec.id, runID: runID, folder: folder, wasRun: wasRun, trades: result.trades.count,
            finalEquity: final, metrics: metrics)
    }
}

extension RunStage {
    /// Adds the run to the registry, unless the same result is there already.
    private func register(_ plan: RunPlan, runID: String, folder: String, metrics: [String: JSONValue]) throws {
        let digest = try Digest.ofFile(folder + "/" + ResultFolder.manifestName).hex
        if let known = try registry.records(RunRecord.self, where: ["run_id": .text(runID)]).first, known.resultDigest == digest {
            return
        }
        try registry.upsert([
            RunRecord(
                runID: runID, backtestID: plan.backtest.spec.id, folder: workspace.stored(folder),
                snapshotDigest: workspace.configuration.snapshotDigest.hex, costDigest: try plan.costDigest().hex,
                dataDigest: try plan.dataDigest(), resultDigest: digest, startTime: workspace.clock.now, metrics: .object(metrics)
            )
        ])
    }
}

/// Sessions in a year, the field's convention for annualising daily figures.
enum TradingYear {
    /// 252 of an exchange that is closed on weekends and holidays.
    static func sessions(_ calendar: any SessionCalendar) -> Double { calendar is AlwaysOpenCalendar ? 365 : 252 }
}

/// A backtest with everything it reads, loaded and identified.
struct RunPlan {
    let backtest: Backtest
    /// Digest of all that decides the result.
    let key: Digest
    /// The last instant that the traded bars know.
    let asOf: UnixNanos
    private let configuration: Configuration
    /// Of each member.
    private let bars: [InstrumentBars]
    private let features: [String: Feature]
    private let inputs: [InputFile]

    init(_ spec: BacktestSpec, _ configuration: Configuration, _ data: DataAccess) throws {
        func missing(_ sheet: String, _ id: String) -> ApusError {
            ApusError("config.unknown", "\(sheet) has no enabled row \"\(id)\"", context: ["backtest": spec.id])
        }
        guard let portfolio = configuration.portfolio(for: spec) else {
            throw ApusError("config.portfolio", "no enabled row of PORTFOLIOS names the backtest", context: ["backtest": spec.id])
        }
        self.configuration = configuration
        let weights =
            portfolio.capitalWeights.isEmpty
            ? [PortfolioSpec.CapitalWeight(strategyID: spec.strategyID, weight: 1)] : portfolio.capitalWeights
        let members = try weights.map { part in
            let id = part.strategyID
            guard let strategy = configuration.strategy(id) else { throw missing("STRATEGIES", id) }
            guard let instrument = configuration.instrument(strategy.instrumentID) else {
                throw missing("INSTRUMENTS", strategy.instrumentID)
            }
            return Backtest.Member(
                strategy: strategy, instrument: instrument, costs: try configuration.costProfile(for: spec, strategy: id),
                gate: configuration.gate(for: spec, strategy: id), scaling: configuration.scaling(for: spec, strategy: id),
                weight: part.weight)
        }
        try Self.check(members, of: spec)
        backtest = Backtest(
            spec: spec, members: members, portfolio: portfolio,
            calendar: try SessionCalendars.named(members[0].instrument.calendar))
        let bars = try members.map { try InstrumentBars.load($0.instrument, data, from: spec.startDate, through: spec.lastDate) }
        let store = try FeatureStore(data)
        var features: [String: Feature] = [:]
        var inputs: [InputFile] = []
        for input in bars.flatMap(\.inputs) where !inputs.contains(input) { inputs.append(input) }
        for id in try backtest.featureIDs() {
            let built = try store.feature(id)
            features[id] = built.feature
            for file in built.files where !inputs.contains(file) { inputs.append(file) }
        }
        self.bars = bars
        self.features = features
        self.inputs = inputs
        for (member, bars) in zip(members, bars) where bars.lane.bars.isEmpty {
            throw ApusError(
                "run.empty", "no bar lies between the backtest's dates",
                context: ["backtest": spec.id, "instrument": member.instrument.id])
        }
        asOf = bars.compactMap(\.lane.bars.last?.closeTime).max() ?? UnixNanos(0)
        key = try Digest.of(
            JSONValue.object([
                "backtest": .string(spec.id), "snapshot": .string(configuration.snapshotDigest.hex),
                "costs": .string(try backtest.costDigest().hex), "code": .string(ProgramVersion.current),
                "inputs": .array(inputs.map { ["role": .string($0.role), "sha256": .string($0.digest.hex)] }),
            ]))
    }

    /// What strategies that share an account must agree in.
    private static func check(_ members: [Backtest.Member], of spec: BacktestSpec) throws {
        func refuse(_ message: String, _ member: Backtest.Member) -> ApusError {
            ApusError(
                "config.portfolio", message,
                context: ["backtest": spec.id, "strategy": member.strategy.id, "instrument": member.instrument.id])
        }
        for (index, member) in members.enumerated() {
            if members[..<index].contains(where: { $0.instrument.id == member.instrument.id }) {
                throw refuse("another strategy of the backtest trades the instrument", member)
            }
            if member.instrument.currency != members[0].instrument.currency {
                throw refuse("instruments of one backtest have one currency", member)
            }
            if member.instrument.calendar != members[0].instrument.calendar {
                throw refuse("instruments of one backtest have one calendar", member)
            }
        }
        guard members.contains(where: { $0.strategy.id == spec.strategyID }) else {
            throw ApusError(
                "config.portfolio", "capital_weights lacks the backtest's own strategy",
                context: ["backtest": spec.id, "strategy": spec.strategyID])
        }
    }

    func costDigest() throws -> Digest { try backtest.costDigest() }

    /// One digest over all files read.
    func dataDigest() throws -> String { try Digest.of(JSONValue.array(inputs.map(\.json))).hex }

    func execute(_ schema: ResultSchema) throws -> BacktestResult {
        let recording = try RunError.wrapping(backtest: backtest.spec.id) {
            try backtest.run(lanes: bars.map(\.lane), features: features)
        }
        if schema == .ml4t02 {
            return try BacktestResult(recording, configuration: backtest.configurationDocument, schema: schema)
        }
        let cash = backtest.portfolio.initialCash
        var dates: [UnixNanos: CivilDate] = [:]
        for lane in bars.map(\.lane) {
            for (bar, date) in zip(lane.bars, lane.tradeDates) { dates[bar.openTime] = date }
        }
        let daily = DailyAggregation.daily(equity: recording.equity, initialEquity: cash) { dates[$0] ?? $0.utcDate }
        let metrics = BacktestMetrics.compute(
            trades: recording.trades, equity: recording.equity, daily: daily, fills: recording.fills, initialCash: cash,
            periodsPerYear: configuration.annualizationFactor ?? TradingYear.sessions(backtest.calendar),
            riskFreeRate: configuration.riskFreeRate ?? 0)
        return BacktestResult(
            trades: recording.trades, equity: recording.equity, dailyPnL: daily, fills: recording.fills, metrics: metrics,
            configuration: backtest.configurationDocument)
    }

    func manifest(runID: String) throws -> JSONValue {
        [
            "artifact_type": "apus-backtest-result", "schema_version": "1.0.0", "run_id": .string(runID),
            "backtest_id": .string(backtest.spec.id), "as_of": .string(asOf.description), "run_key": .string(key.hex),
            "snapshot": ["sha256": .string(configuration.snapshotDigest.hex)],
            "costs": ["sha256": .string(try backtest.costDigest().hex), "profile": backtest.costJSON],
            "inputs": .array(inputs.map(\.json)), "code": ["name": "apus", "version": .string(ProgramVersion.current)],
        ]
    }
}
