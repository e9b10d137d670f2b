public import Contracts
public import Engine
import Execution
public import Market
import Portfolio
import Primitives
import Risk

/// What a one-instrument run needs to know beside its decisions.
public struct LaneTerms {
    public let asset: String
    public var multiplier = 1.0
    /// Price units; 0 leaves prices as they are.
    public var tickSize = 0.0
    public var initialCash: Double
    public var costs = CostProfile.free
    public var priceModel = ExecutionPriceModel.mid
    public var usesIntegerShares = false
    /// Protective rules with the values, one a bar, that they read by name. The first rule that acts wins.
    public var rules: [RiskRuleSpec] = []
    public var columns: [String: [Double]] = [:]
    public var limits = EngineConfiguration.Risk()
    /// Prefix of order ids.
    public var runID: String

    public init(asset: String, initialCash: Double, runID: String) {
        self.asset = asset
        self.initialCash = initialCash
        self.runID = runID
    }
}

/// Targets on the bars of one instrument, by the rules of docs/concepts/backtest.md.
public struct LaneBacktest<Decisions: DecisionMaker>: ~Copyable {
    private var kernel: Kernel<TargetStrategy<Decisions>, SimulatedVenue>
    private let runID: String
    /// What rules read, in the order of their columns.
    private let columns: [[Double]]

    /// - Throws: `ApusError` `signals.column` for a rule that reads a column that is not there.
    /// - Parameters:
    ///   - schedule: when an order of a decision may fill.
    ///   - checkInvariants: verify the account's identities after every label; for tests.
    public init(
        _ terms: LaneTerms, decisions: Decisions, checkInvariants: Bool = false,
        schedule: @escaping (DecisionContext) -> FillSchedule
    ) throws {
        runID = terms.runID
        let names = terms.columns.keys.sorted()
        columns = names.compactMap { terms.columns[$0] }
        let rules = try terms.rules.map { try PositionRule($0, columns: names) }
        var policy = AccountPolicy(usesIntegerShares: terms.usesIntegerShares)
        policy.excursionsSeeFills = true
        var desk = Desk(
            account: Account(
                initialCash: terms.initialCash,
                instruments: [Account.Instrument(asset: terms.asset, multiplier: terms.multiplier)], policy: policy),
            rules: DeskRules(terms))
        if !terms.limits.isEmpty { desk.limits = PortfolioRules(terms.limits, initialEquity: terms.initialCash) }
        kernel = Kernel(
            desk: desk, strategy: TargetStrategy(decisions, schedule: schedule), venue: SimulatedVenue(),
            protections: PositionRules(rules, columns: names, stops: desk.rules.stops, instruments: 1),
            checkInvariants: checkInvariants)
    }

    /// Runs the bars to their end, then closes what is open at the last close with `end_of_data`.
    /// - Throws: `ApusError` `run.ruined` where equity is no longer positive, and what the decisions throw.
    public mutating func run(_ lane: BarLane) throws -> BacktestRecording {
        let prices = [lane.bars.map(\.open), lane.bars.map(\.high), lane.bars.map(\.low), lane.bars.map(\.close)]
        let volumes = lane.bars.map { Double($0.volume) }
        try withColumns(prices + [volumes] + columns) { try run(lane, $0) }
        return try kernel.desk.recording()
    }

    private mutating func run(_ lane: BarLane, _ columns: [UnsafePointer<Double>]) throws {
        guard let first = lane.bars.first else { return }
        var slice = MarketSlice(
            time: first.openTime, index: 0, count: 1, open: columns[0], high: columns[1], low: columns[2], close: columns[3],
            volume: columns[4])
        for index in lane.bars.indices {
            if index > 0 { slice.advance(to: lane.bars[index].openTime) }
            slice.closeTime = lane.bars[index].closeTime
            slice.sessionEnd = lane.sessionCloses[index]
            try kernel.step(slice, columns: columns[5...].map { $0 + index })
            try kernel.desk.checkRuin(run: runID, at: slice.closeTime)
            // Whether the day goes on is known only once its session has ended: at the end of the data nobody knows.
            let next = index + 1
            guard next < lane.bars.count, lane.tradeDates[next] != lane.tradeDates[index] else { continue }
            if slice.closeTime < slice.sessionEnd {
                slice.closeTime = slice.sessionEnd
                try kernel.decideAtClose(slice)
                try kernel.desk.checkRuin(run: runID, at: slice.closeTime)
            }
            slice.session += 1
        }
        try kernel.liquidate(slice)
        try kernel.desk.checkRuin(run: runID, at: slice.closeTime)
    }
}

extension DeskRules {
    /// Orders fill whole, at any cash; prices and costs are those of the workbook.
    init(_ terms: LaneTerms) {
        self.init(EngineConfiguration(), assets: [terms.asset])
        price = .close
        markPrice = .close
        stops.trailWaterMarkSource = .barExtreme
        stops.trailIncludeEntryBarExtremes = true
        commission = CommissionSchedule(terms.costs)
        impact = PriceImpact(terms.costs, model: terms.priceModel, tickSize: terms.tickSize)
        tickSizes = [terms.tickSize]
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
