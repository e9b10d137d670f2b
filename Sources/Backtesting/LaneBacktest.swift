public import Contracts
public import Engine
import Execution
public import Market
import Portfolio
import Primitives
import Risk

/// What a run of targets needs to know beside its decisions.
public struct LaneTerms {
    /// What is traded, and at what costs.
    public struct Instrument {
        public let asset: String
        public var multiplier = 1.0
        /// Price units; 0 leaves prices as they are.
        public var tickSize = 0.0
        public var costs = CostProfile.free
        /// What protective rules read by name, a value for each of its bars.
        public var columns: [String: [Double]] = [:]

        public init(asset: String) { self.asset = asset }
    }

    /// At least one, each once.
    public var instruments: [Instrument]
    public var initialCash: Double
    public var priceModel = ExecutionPriceModel.mid
    public var usesIntegerShares = false
    /// Protective rules of every position. The first rule that acts wins.
    public var rules: [RiskRuleSpec] = []
    public var limits = EngineConfiguration.Risk()
    /// Prefix of order ids.
    public var runID: String

    public init(instruments: [Instrument], initialCash: Double, runID: String) {
        self.instruments = instruments
        self.initialCash = initialCash
        self.runID = runID
    }
}

/// Targets on the bars of one or several instruments that share an account, by the rules of docs/concepts/backtest.md.
public struct LaneBacktest<Decisions: DecisionMaker>: ~Copyable {
    private var kernel: Kernel<LaneStrategies<Decisions>, SimulatedVenue>
    private let terms: LaneTerms
    /// What rules read, in the order of their columns.
    private let columns: [String]

    /// - Throws: `ApusError` `signals.column` for a rule that reads a column that is not there.
    /// - Parameters:
    ///   - decisions: of each instrument.
    ///   - schedule: when an order of a decision may fill.
    ///   - checkInvariants: verify the account's identities after every label; for tests.
    public init(
        _ terms: LaneTerms, decisions: [Decisions], checkInvariants: Bool = false,
        schedule: @escaping (DecisionContext) -> FillSchedule
    ) throws {
        self.terms = terms
        let names = Set(terms.instruments.flatMap(\.columns.keys)).sorted()
        columns = names
        let rules = try terms.rules.map { try PositionRule($0, columns: names) }
        var policy = AccountPolicy(usesIntegerShares: terms.usesIntegerShares)
        policy.excursionsSeeFills = true
        var desk = Desk(
            account: Account(
                initialCash: terms.initialCash,
                instruments: terms.instruments.map { Account.Instrument(asset: $0.asset, multiplier: $0.multiplier) },
                policy: policy),
            rules: DeskRules(terms))
        if !terms.limits.isEmpty { desk.limits = PortfolioRules(terms.limits, initialEquity: terms.initialCash) }
        kernel = Kernel(
            desk: desk, strategy: LaneStrategies(decisions, schedule: schedule), venue: SimulatedVenue(),
            protections: PositionRules(rules, columns: names, stops: desk.rules.stops, instruments: terms.instruments.count),
            checkInvariants: checkInvariants)
    }

    /// Runs the bars to their end, then closes what is open at the last close with `end_of_data`.
    /// - Parameter lanes: the bars of each instrument.
    /// - Throws: `ApusError` `run.ruined` where equity is no longer positive, `run.lanes` where bars of instruments overlap, and
    ///   what the decisions throw.
    public mutating func run(_ lanes: [BarLane]) throws -> BacktestRecording {
        let merged = try MergedLanes(lanes, assets: terms.instruments.map(\.asset))
        func column(_ value: (Bar) -> Double) -> [Double] { merged.column(lanes.map { $0.bars.map(value) }) }
        let prices = [column(\.open), column(\.high), column(\.low), column(\.close), column { Double($0.volume) }]
        let read = columns.map { name in
            merged.column(zip(terms.instruments, lanes).map { $0.columns[name] ?? $1.bars.map { _ in .nan } })
        }
        try withColumns(prices + read) { try run(merged.labels, $0) }
        return try kernel.desk.recording()
    }

    private mutating func run(_ labels: [MergedLanes.Label], _ columns: [UnsafePointer<Double>]) throws {
        guard let first = labels.first else { return }
        let count = terms.instruments.count
        var slice = MarketSlice(
            time: first.time, index: 0, count: count, open: columns[0], high: columns[1], low: columns[2], close: columns[3],
            volume: columns[4])
        for index in labels.indices {
            if index > 0 { slice.advance(to: labels[index].time) }
            slice.closeTime = labels[index].close
            slice.sessionEnd = labels[index].sessionClose
            try kernel.step(slice, columns: columns[5...].map { $0 + index * count })
            try kernel.desk.checkRuin(run: terms.runID, at: slice.closeTime)
            // Whether the day goes on is known only once its session has ended: at the end of the data nobody knows.
            let next = index + 1
            guard next < labels.count, labels[next].tradeDate != labels[index].tradeDate else { continue }
            if slice.closeTime < slice.sessionEnd {
                slice.closeTime = slice.sessionEnd
                try kernel.decideAtClose(slice)
                try kernel.desk.checkRuin(run: terms.runID, at: slice.closeTime)
            }
            slice.session += 1
        }
        try kernel.liquidate(slice)
        try kernel.desk.checkRuin(run: terms.runID, at: slice.closeTime)
    }
}

extension DeskRules {
    /// Orders fill whole, at any cash; prices and costs are those of the workbook.
    init(_ terms: LaneTerms) {
        self.init(EngineConfiguration(), assets: terms.instruments.map(\.asset))
        price = .close
        markPrice = .close
        stops.trailWaterMarkSource = .barExtreme
        stops.trailIncludeEntryBarExtremes = true
        costs = terms.instruments.map {
            InstrumentCosts(
                commission: CommissionSchedule($0.costs),
                impact: PriceImpact($0.costs, model: terms.priceModel, tickSize: $0.tickSize))
        }
        tickSizes = terms.instruments.map(\.tickSize)
        usesIntegerShares = terms.usesIntegerShares
        ordering = .fifo
        skipsCashChecks = true
        sequence = .chronological
        smallestOrder = 0
        record.orderPrefix = terms.runID
        record.entriesHaveReasons = true
        record.startsAtFirstBar = true
        record.namesRuleLevels = true
    }
}
