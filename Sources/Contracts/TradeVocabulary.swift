public import Primitives

/// What became of a position that a trade describes.
public enum TradeStatus: String, Sendable, CaseIterable {
    /// The whole position was closed.
    case closed
    /// A part was closed, the rest stayed.
    case partial
    /// Held at the end of the data: exit time and price are those of the last mark.
    case open
}

/// How an order asks to be filled.
public enum OrderType: String, Sendable, CaseIterable {
    case market
    case limit
    case stop
    case stopLimit = "stop_limit"
    case trailingStop = "trailing_stop"
    case marketOnOpen = "market_on_open"
    case marketOnClose = "market_on_close"
}

public enum OrderSide: String, Sendable, CaseIterable {
    case buy, sell
}

/// An order that account or venue refused: a row of ml4t-backtest's `rejected_orders.parquet`.
public struct RejectedOrder: Hashable, Sendable {
    public var orderID: String
    public var asset: String
    /// When it was sent.
    public var time: UnixNanos
    public var side: OrderSide
    public var orderType: OrderType
    /// Contracts or shares, >= 0, as asked for, as filled before the rejection, and as left.
    public var requestedQuantity: Double
    public var filledQuantity: Double
    public var remainingQuantity: Double
    public var limitPrice: Double?
    public var stopPrice: Double?
    /// Distance of a trailing stop, price units.
    public var trailAmount: Double?
    /// The order that this one hangs on.
    public var parentID: String?
    public var rebalanceID: String?
    /// A word for programs: `insufficient_cash`, `insufficient_buying_power`, `account_restriction`, `price_unavailable`,
    /// `quantity_rounds_to_zero`, `fill_check_failed`, `order_validation_failed`.
    public var code: String
    /// A sentence for people.
    public var reason: String?

    public init(
        orderID: String, asset: String, time: UnixNanos, side: OrderSide, orderType: OrderType = .market,
        requestedQuantity: Double, filledQuantity: Double = 0, remainingQuantity: Double? = nil, limitPrice: Double? = nil,
        stopPrice: Double? = nil, trailAmount: Double? = nil, parentID: String? = nil, rebalanceID: String? = nil,
        code: String, reason: String?
    ) {
        self.orderID = orderID
        self.asset = asset
        self.time = time
        self.side = side
        self.orderType = orderType
        self.requestedQuantity = requestedQuantity
        self.filledQuantity = filledQuantity
        self.remainingQuantity = remainingQuantity ?? requestedQuantity - filledQuantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.trailAmount = trailAmount
        self.parentID = parentID
        self.rebalanceID = rebalanceID
        self.code = code
        self.reason = reason
    }
}

/// The quote that an execution saw. A part that the data did not have is nil.
///
/// Its parts are kept out of line: most runs have no quotes, and executions come in millions.
public struct FillQuote: Hashable, Sendable {
    private struct Parts: Hashable {
        var midPrice, bidPrice, askPrice, spread, bidSize, askSize, availableSize: Double?
    }

    private indirect enum Storage: Hashable { case parts(Parts) }

    private let storage: Storage

    public init(
        midPrice: Double? = nil, bidPrice: Double? = nil, askPrice: Double? = nil, spread: Double? = nil,
        bidSize: Double? = nil, askSize: Double? = nil, availableSize: Double? = nil
    ) {
        storage = .parts(
            Parts(
                midPrice: midPrice, bidPrice: bidPrice, askPrice: askPrice, spread: spread, bidSize: bidSize,
                askSize: askSize, availableSize: availableSize))
    }

    private var parts: Parts {
        switch storage {
        case .parts(let parts): parts
        }
    }

    public var midPrice: Double? { parts.midPrice }
    public var bidPrice: Double? { parts.bidPrice }
    public var askPrice: Double? { parts.askPrice }
    /// Ask less bid, price units.
    public var spread: Double? { parts.spread }
    public var bidSize: Double? { parts.bidSize }
    public var askSize: Double? { parts.askSize }
    /// Size on the side that the execution took from.
    public var availableSize: Double? { parts.availableSize }
}

/// The quotes at a trade's two ends.
public struct TradeQuotes: Hashable, Sendable {
    public var entry: FillQuote
    public var exit: FillQuote

    public init(entry: FillQuote, exit: FillQuote) {
        self.entry = entry
        self.exit = exit
    }
}
