public import Primitives

/// A closed (part of a) position, or one still open at the end of the data: one row of `trades.parquet`.
public struct TradeRecord: Hashable, Sendable {
    public var asset: String
    public var entryTime: UnixNanos
    public var exitTime: UnixNanos
    /// Average entry price, costs of spread and slippage inside.
    public var entryPrice: Double
    public var exitPrice: Double
    /// Contracts or shares, negative for a short.
    public var quantity: Double
    /// Units of the underlying in one contract.
    public var multiplier: Double
    /// Net of all costs, in account currency.
    public var pnl: Double
    /// `pnl` / (|units| x entry price, converted at the entry): a fraction.
    public var pnlPercent: Double
    public var barsHeld: Int32
    /// Commission and fees of entry and exit, >= 0.
    public var commission: Double
    /// What spread and slippage cost against the reference prices, entry and exit, in account currency, >= 0; already inside the
    /// prices. Kept beside its two parts because a v1.0.0 file knows nothing else.
    public var slippage: Double
    /// Spread and slippage of the entry in price units per unit of quantity, >= 0.
    public var entrySlippage: Double
    /// The same of the exit.
    public var exitSlippage: Double
    /// Best excursion as a fraction of the entry price, >= 0.
    public var mfe: Double
    /// Worst excursion as a fraction of the entry price, <= 0.
    public var mae: Double
    /// Account currency per unit of the price's currency that entry and exit were converted at. Files do not keep them.
    public var entryRate: Double
    public var exitRate: Double
    public var exitReason: ExitReason
    /// Which rule of several, or a signal's own words; nil where `exitReason` says it all.
    public var exitReasonDetail: String?
    public var status: TradeStatus
    /// The quotes that entry and exit saw; nil without quoted data.
    public var quotes: TradeQuotes?

    /// - Parameter slippage: in account currency; nil takes the sum of its parts.
    public init(
        asset: String, entryTime: UnixNanos, exitTime: UnixNanos, entryPrice: Double, exitPrice: Double, quantity: Double,
        multiplier: Double = 1, pnl: Double, pnlPercent: Double, barsHeld: Int32, commission: Double, slippage: Double? = nil,
        entrySlippage: Double = 0, exitSlippage: Double = 0, mfe: Double, mae: Double, exitReason: ExitReason,
        exitReasonDetail: String? = nil, status: TradeStatus = .closed, quotes: TradeQuotes? = nil, entryRate: Double = 1,
        exitRate: Double = 1
    ) {
        self.asset = asset
        self.entryTime = entryTime
        self.exitTime = exitTime
        self.entryPrice = entryPrice
        self.exitPrice = exitPrice
        self.quantity = quantity
        self.multiplier = multiplier
        self.pnl = pnl
        self.pnlPercent = pnlPercent
        self.barsHeld = barsHeld
        self.commission = commission
        self.slippage = slippage ?? (entrySlippage * entryRate + exitSlippage * exitRate) * abs(quantity) * multiplier
        self.entrySlippage = entrySlippage
        self.exitSlippage = exitSlippage
        self.mfe = mfe
        self.mae = mae
        self.exitReason = exitReason
        self.exitReasonDetail = exitReasonDetail
        self.status = status
        self.quotes = quotes
        self.entryRate = entryRate
        self.exitRate = exitRate
    }

    /// Money of the account at the entry, >= 0 where prices are.
    public var entryNotional: Double { entryPrice * abs(units) * entryRate }

    /// Units of the underlying, negative for a short: what the v1.0.0 schema calls quantity.
    public var units: Double { quantity * multiplier }
}

/// One row of `equity.parquet`. All derived columns are fractions; files take them from the equity anew.
public struct EquityPoint: Hashable, Sendable {
    /// The bar's label (its open time); the value is the one after the bar's close.
    public var timestamp: UnixNanos
    public var equity: Double
    /// equity / previous equity - 1; 0 for the first bar.
    public var periodReturn: Double
    /// equity / first equity base - 1.
    public var cumulativeReturn: Double
    /// equity / high-water mark - 1, <= 0.
    public var drawdown: Double
    public var highWaterMark: Double
    /// Signed notional of all positions / equity, a fraction. Not part of the v1.0.0 file; reports use it.
    public var netExposure: Double
    /// What the equity is made of; nil where whoever recorded it did not say.
    public var account: AccountState?

    public init(
        timestamp: UnixNanos, equity: Double, periodReturn: Double, cumulativeReturn: Double, drawdown: Double,
        highWaterMark: Double, netExposure: Double, account: AccountState? = nil
    ) {
        self.timestamp = timestamp
        self.equity = equity
        self.periodReturn = periodReturn
        self.cumulativeReturn = cumulativeReturn
        self.drawdown = drawdown
        self.highWaterMark = highWaterMark
        self.netExposure = netExposure
        self.account = account
    }
}

/// What an account holds after a bar, in account currency: a row of ml4t-backtest's `portfolio_state.parquet`.
public struct AccountState: Hashable, Sendable {
    public var cash: Double
    /// Sum of |quantity x mark x multiplier| over all positions.
    public var grossExposure: Double
    /// Sum of quantity x mark x multiplier: negative where shorts prevail.
    public var netExposure: Double
    /// Assets with a position.
    public var openPositions: Int32

    public init(cash: Double, grossExposure: Double, netExposure: Double, openPositions: Int32) {
        self.cash = cash
        self.grossExposure = grossExposure
        self.netExposure = netExposure
        self.openPositions = openPositions
    }
}

/// One row of `daily_pnl.parquet`.
public struct DailyPnL: Hashable, Sendable {
    public var date: CivilDate
    /// Equity before the day's first bar (the previous day's close; the initial equity on the first day).
    public var openEquity: Double
    public var closeEquity: Double
    public var highEquity: Double
    public var lowEquity: Double
    /// close - open, in account currency.
    public var pnl: Double
    /// Close-to-close, a fraction.
    public var returnPct: Double
    public var cumulativeReturn: Double
    public var numBars: Int32

    public init(
        date: CivilDate, openEquity: Double, closeEquity: Double, highEquity: Double, lowEquity: Double, pnl: Double,
        returnPct: Double, cumulativeReturn: Double, numBars: Int32
    ) {
        self.date = date
        self.openEquity = openEquity
        self.closeEquity = closeEquity
        self.highEquity = highEquity
        self.lowEquity = lowEquity
        self.pnl = pnl
        self.returnPct = returnPct
        self.cumulativeReturn = cumulativeReturn
        self.numBars = numBars
    }
}

/// One execution: one row of `fills.parquet`.
public struct FillRecord: Hashable, Sendable {
    public var orderID: String
    public var fillSequence: Int64
    public var asset: String
    public var time: UnixNanos
    /// When the strategy decided.
    public var decisionTime: UnixNanos
    /// Contracts or shares, positive for a buy and negative for a sale.
    public var signedQuantity: Double
    public var price: Double
    /// The price before spread and slippage.
    public var referencePrice: Double
    public var multiplier: Double
    /// Costs in account currency, >= 0.
    public var commission: Double
    public var spreadCost: Double
    public var slippageCost: Double
    /// Spread and slippage in price units per unit of quantity, >= 0.
    public var slippagePerUnit: Double
    /// Of the price; nil where it is the account's.
    public var currency: String?
    /// Account currency per unit of the price's.
    public var rate: Double
    /// What set the reference price: `open`, `close`.
    public var priceSource: String
    /// The fill happened inside the bar that the decision was made on.
    public var sameBar: Bool
    /// Why the order was sent: an exit reason, or empty for an entry without one.
    public var reason: String
    /// Which rule of several, or a signal's own words; nil where `reason` says it all.
    public var exitReasonDetail: String?
    public var orderType: OrderType
    /// The limit and the stop of the order as it was sent; nil where its type has none.
    public var limitPrice: Double?
    public var stopPrice: Double?
    /// When the market reached the stop; nil before that and for orders without one.
    public var stopTriggeredAt: UnixNanos?
    /// The rebalance that the order belongs to; nil outside of one.
    public var rebalanceID: String?
    /// The quote that the fill saw; nil without quoted data.
    public var quote: FillQuote?

    /// - Parameter slippagePerUnit: nil takes what the two costs amount to.
    public init(
        orderID: String, fillSequence: Int64, asset: String, time: UnixNanos, decisionTime: UnixNanos, signedQuantity: Double,
        price: Double, referencePrice: Double, multiplier: Double, commission: Double, spreadCost: Double, slippageCost: Double,
        priceSource: String, sameBar: Bool, reason: String, exitReasonDetail: String? = nil, orderType: OrderType = .market,
        limitPrice: Double? = nil, stopPrice: Double? = nil, stopTriggeredAt: UnixNanos? = nil, rebalanceID: String? = nil,
        quote: FillQuote? = nil, slippagePerUnit: Double? = nil, currency: String? = nil, rate: Double = 1
    ) {
        let units = abs(signedQuantity) * multiplier
        self.orderID = orderID
        self.fillSequence = fillSequence
        self.asset = asset
        self.time = time
        self.decisionTime = decisionTime
        self.signedQuantity = signedQuantity
        self.price = price
        self.referencePrice = referencePrice
        self.multiplier = multiplier
        self.commission = commission
        self.spreadCost = spreadCost
        self.slippageCost = slippageCost
        self.slippagePerUnit = slippagePerUnit ?? (units > 0 ? (spreadCost + slippageCost) / units : 0)
        self.currency = currency
        self.rate = rate
        self.priceSource = priceSource
        self.sameBar = sameBar
        self.reason = reason
        self.exitReasonDetail = exitReasonDetail
        self.orderType = orderType
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.stopTriggeredAt = stopTriggeredAt
        self.rebalanceID = rebalanceID
        self.quote = quote
    }
}

/// What an engine hands to whoever computes metrics and writes results.
public struct BacktestRecording: Sendable {
    /// In order of exit.
    public var trades: [TradeRecord]
    /// In order of time.
    public var equity: [EquityPoint]
    /// In order of execution.
    public var fills: [FillRecord]
    /// In order of submission.
    public var rejectedOrders: [RejectedOrder]
    /// All orders that the strategy and the risk rules sent; nil counts those with a fill or a rejection.
    public var orderCount: Int?
    /// Orders that were made smaller because the account could not pay for all of them.
    public var cutOrders: Int
    /// Bars left out because they lie outside of the sessions.
    public var skippedBars: Int
    /// In the order in which they happened.
    public var cashEvents: [CashEventRecord]

    public init(
        trades: [TradeRecord], equity: [EquityPoint], fills: [FillRecord], rejectedOrders: [RejectedOrder] = [],
        orderCount: Int? = nil, cutOrders: Int = 0, skippedBars: Int = 0, cashEvents: [CashEventRecord] = []
    ) {
        self.trades = trades
        self.equity = equity
        self.fills = fills
        self.rejectedOrders = rejectedOrders
        self.orderCount = orderCount
        self.cutOrders = cutOrders
        self.skippedBars = skippedBars
        self.cashEvents = cashEvents
    }
}

/// Everything a finished backtest produced, before it is written.
public struct BacktestResult: Sendable {
    public var trades: [TradeRecord]
    public var equity: [EquityPoint]
    public var dailyPnL: [DailyPnL]
    public var fills: [FillRecord]
    /// Only the schema of ml4t-backtest 0.2.0 has a file for them.
    public var rejectedOrders: [RejectedOrder]
    /// The schema of ml4t-backtest 0.2.0 has a file for funding.
    public var cashEvents: [CashEventRecord]
    /// metrics.json; see docs/contracts/results.md.
    public var metrics: [String: JSONValue]
    /// config.yaml.
    public var configuration: JSONValue

    public init(
        trades: [TradeRecord], equity: [EquityPoint], dailyPnL: [DailyPnL], fills: [FillRecord],
        rejectedOrders: [RejectedOrder] = [], cashEvents: [CashEventRecord] = [], metrics: [String: JSONValue],
        configuration: JSONValue
    ) {
        self.trades = trades
        self.equity = equity
        self.dailyPnL = dailyPnL
        self.fills = fills
        self.rejectedOrders = rejectedOrders
        self.cashEvents = cashEvents
        self.metrics = metrics
        self.configuration = configuration
    }

    /// Capital before the first bar, as metrics or configuration tell it.
    public var initialCapital: Double? {
        metrics["initial_cash"]?.doubleValue ?? configuration["cash"]?["initial"]?.doubleValue
    }
}
