public import Contracts
public import Execution

/// Everything that decides how orders become fills, fixed for a run.
public struct DeskRules: Sendable {
    public var mode: EngineConfiguration.ExecutionMode
    /// What an order fills at; with `nextBar` the open, unless it names a quote or the VWAP.
    public var price: EngineConfiguration.ExecutionPrice
    /// Overrides `price` in the pass at the open.
    public var openPrice: EngineConfiguration.ExecutionPrice?
    public var markPrice: EngineConfiguration.ExecutionPrice
    /// Conditional orders see only the execution price, not the bar's range.
    public var judgesConditionsByPrice: Bool
    public var stops: EngineConfiguration.Stops
    /// Extra slippage of rule exits, a fraction of the price.
    public var stopSlippage: Double
    public var commission: CommissionSchedule
    public var impact: PriceImpact
    /// By instrument, instead of `commission` and `impact`; empty where one is for all.
    public var costs: [InstrumentCosts] = []
    public var usesIntegerShares: Bool
    public var ordering: EngineConfiguration.FillOrdering
    public var priority: EngineConfiguration.EntryOrderPriority
    public var allowsPartialFills: Bool
    public var rejectsInsufficientCash: Bool
    public var skipsCashChecks: Bool
    public var fillsImmediately: Bool
    public var usesSimpleCashCheck: Bool
    public var prechecksSubmissions: Bool
    public var reservesBuyingPower: Bool
    public var shadowsQueue: Bool
    /// A limit fills when the price reaches it; otherwise only when it goes through.
    public var fillsLimitsAtTouch: Bool
    /// Exits of protective rules never open a position.
    public var ruleExitsOnlyReduce: Bool
    public var path: EngineConfiguration.IntrabarPath
    /// Most of a bar's volume that all fills of an instrument may take, a fraction; nil without a cap.
    public var participation: Double?
    /// What works at the end of the session that it was sent in lapses.
    public var endsWithSession: Bool
    public var latencyBars: Int
    public var latencyNanos: Int64
    /// Price grid by instrument, 0 for none.
    public var tickSizes: [Double]
    public var sequence = BarSequence.rulesFirst
    /// Smaller orders are not sent, units.
    public var smallestOrder = 1e-8
    public var record = RecordStyle()

    /// What fills of an instrument cost.
    public struct InstrumentCosts: Sendable {
        let commission: CommissionSchedule
        let impact: PriceImpact

        public init(commission: CommissionSchedule, impact: PriceImpact) {
            self.commission = commission
            self.impact = impact
        }
    }

    public func commission(of instrument: Int) -> CommissionSchedule { costs.isEmpty ? commission : costs[instrument].commission }
    public func impact(of instrument: Int) -> PriceImpact { costs.isEmpty ? impact : costs[instrument].impact }

    /// In which order a label is worked through.
    public enum BarSequence: Hashable, Sendable {
        /// Protective rules judge the positions of the label before and come first, as in ml4t-backtest; a position that is
        /// opened at a label is judged from the next one on.
        case rulesFirst
        /// As the bar runs: orders due at the open, rules that rest in the market, orders due at the close, rules that are judged
        /// by the close, decisions.
        case chronological
    }

    /// How the record names things, and where its returns begin.
    public struct RecordStyle: Hashable, Sendable {
        /// What order ids begin with.
        public var orderPrefix = "ORD"
        /// Fills that open a position have a reason too.
        public var entriesHaveReasons = false
        /// Returns and the high-water mark begin with the first bar's equity instead of the initial cash.
        public var startsAtFirstBar = false
        /// Fills of protective rules at a price of their own say so instead of naming the bar's price.
        public var namesRuleLevels = false

        public init() {}
    }

    public init(_ configuration: EngineConfiguration, assets: [String]) {
        let execution = configuration.execution
        let orders = configuration.orders
        let ours = configuration.apus
        mode = execution.executionMode
        price = execution.executionPrice
        openPrice = execution.nextBarExecutionPrice
        markPrice = execution.markPrice
        judgesConditionsByPrice = execution.conditionalOrderMode == .executionPrice
        stops = configuration.stops
        stopSlippage = configuration.slippage.stopRate
        if let maker = ours.makerRate, let taker = ours.takerRate {
            commission = CommissionSchedule(.makerTaker(maker: maker, taker: taker))
        } else {
            commission = CommissionSchedule(configuration.commission)
        }
        impact = PriceImpact(configuration.slippage, ours.impact, assets: assets)
        usesIntegerShares = configuration.positionSizing.shareType == .integer
        ordering = orders.fillOrdering
        priority = orders.entryOrderPriority
        allowsPartialFills = orders.partialFillsAllowed
        rejectsInsufficientCash = orders.rejectOnInsufficientCash
        skipsCashChecks = orders.skipCashValidation
        fillsImmediately = orders.immediateFill
        usesSimpleCashCheck = orders.nextBarSimpleCashCheck
        prechecksSubmissions = orders.nextBarSubmissionPrecheck
        reservesBuyingPower = orders.buyingPowerReservation
        shadowsQueue = orders.nextBarQueueShadowValidation
        fillsLimitsAtTouch = ours.limitFill == .touch
        ruleExitsOnlyReduce = ours.ruleExitsReduceOnly
        path = ours.intrabarPath
        participation = ours.volumeParticipation
        endsWithSession = execution.cancelPolicy == .sessionEnd
        latencyBars = ours.latencyBars
        latencyNanos = Int64(ours.latencyNanos)
        tickSizes = assets.map { ours.instruments[$0]?.tickSize ?? 0 }
    }
}
