public import Contracts
public import Primitives

/// A request to trade as the desk keeps it: what was asked, and how far it has come. Prices that do not apply are NaN.
public struct Order: Sendable {
    /// 1, 2, ... in order of submission.
    public let number: Int
    public let instrument: Int
    public let isBuy: Bool
    public let type: OrderType
    /// Units still to fill, > 0.
    public var quantity: Double
    /// Units asked for.
    public var requested: Double
    public var limitPrice = Double.nan
    public var stopPrice = Double.nan
    /// Distance of a trailing stop from the best price, price units.
    public var trailAmount = Double.nan
    /// The same as a fraction of the best price.
    public var trailFraction = Double.nan
    public var timeInForce = TimeInForce.gtc
    public var expiry = UnixNanos(Int64.max)
    /// The bar's label at submission, and its ordinal.
    public let created: UnixNanos
    public let createdIndex: Int
    /// The price that the decision saw.
    public private(set) var signalPrice: Double
    /// The first bar ordinal at which it may fill.
    public var eligibleIndex: Int
    /// Bars that begin earlier do not fill it.
    public var eligibleFrom = UnixNanos(Int64.min)
    public var reason = ExitReason.signal
    /// Which of the names that rules have on the desk, -1 for none; below that a limit of the portfolio.
    public var rule = -1
    /// The price at which a protective rule says that it filled; NaN takes the execution price.
    public var ruleFillPrice = Double.nan
    /// The order that must fill first, and with whose fills this one grows; 0 for none.
    public var parent = 0
    /// Units that the fills of its parent, less those of its group, let it fill; infinite without a parent.
    public var allowance = Double.infinity
    /// Still waits for a fill of its parent.
    public var isAsleep = false
    /// A fill of one order cancels the others of its group; 0 for none.
    public var ocoGroup = 0
    public var isReduceOnly = false
    public var isPostOnly = false
    /// Orders of one rebalancing share a number; 0 for none.
    public var rebalance = 0
    /// What `entry_order_priority` compares instead of quantity x price, account currency; NaN where the order has no such value.
    public var priorityNotional = Double.nan
    public var state = OrderState.created
    public var stopTriggered: UnixNanos?
    public var filledQuantity: Double = 0
    public var filledNotional: Double = 0
    public var commissionPaid: Double = 0
    /// Ordinal of the session that it was sent in.
    public let sentSession: Int
    /// The order that it waited for filled at this label.
    public var wokenIndex = -1
    /// The market's price of that fill, before costs; NaN where it was the open itself.
    public var wokenPrice = Double.nan
    /// It was made smaller because the account could not pay for all of it.
    public var isCut = false
    /// Woken and not yet looked at.
    public var isFresh = false
    /// Ordinal of the session that a day order lives in; -1 before its first opportunity.
    public var session = -1
    /// Ordinal of the label of its first opportunity; -1 before it.
    public var firstIndex = -1
    /// The market has seen it at an event inside of a bar.
    public var hasArrived = false
    /// Volume ahead in the queue at the limit price; NaN where the queue is not modelled.
    public var queueAhead = Double.nan

    public init(
        number: Int, instrument: Int, isBuy: Bool, type: OrderType, quantity: Double, created: UnixNanos, createdIndex: Int,
        sentSession: Int, signalPrice: Double, eligibleIndex: Int
    ) {
        self.number = number
        self.instrument = instrument
        self.isBuy = isBuy
        self.type = type
        self.quantity = quantity
        requested = quantity
        self.created = created
        self.createdIndex = createdIndex
        self.sentSession = sentSession
        self.signalPrice = signalPrice
        self.eligibleIndex = eligibleIndex
    }

    /// The order in the units after a split: `ratio` new units for each old one.
    public mutating func split(_ ratio: Double) {
        quantity *= ratio
        requested *= ratio
        filledQuantity *= ratio
        allowance *= ratio
        signalPrice /= ratio
        limitPrice /= ratio
        stopPrice /= ratio
        trailAmount /= ratio
        ruleFillPrice /= ratio
        wokenPrice /= ratio
        queueAhead *= ratio
    }

    /// It arrives anew, behind all others at its price.
    public mutating func leaveQueue() {
        hasArrived = false
        queueAhead = .nan
    }

    /// The order that it waited for filled within the bar of this ordinal: what the bar did before is over.
    public func isWokenInside(_ index: Int) -> Bool { wokenIndex == index && !wokenPrice.isNaN }

    /// Units still to fill of an order that hangs on another: its own, and no more than its parent has filled.
    public var due: Double { max(0, min(requested - filledQuantity, allowance)) }

    @inlinable public var signedQuantity: Double { isBuy ? quantity : -quantity }
    /// Fills at the close of a bar, not on the way to it.
    public var isAtClose: Bool { type == .marketOnClose || timeInForce == .cls }
    /// Fills at the open of a bar or not in it.
    public var isAtOpen: Bool { type == .marketOnOpen || timeInForce == .opg }
}

/// Why an order was refused.
public enum RejectionReason: String, Hashable, Sendable, CaseIterable {
    case quantityRoundsToZero = "quantity_rounds_to_zero"
    case accountRestriction = "account_restriction"
    case insufficientCash = "insufficient_cash"
    case insufficientBuyingPower = "insufficient_buying_power"
    case priceUnavailable = "price_unavailable"
    /// A post-only order would have taken liquidity at once.
    case wouldTake = "would_take"
    /// A reduce-only order found nothing to reduce.
    case nothingToReduce = "nothing_to_reduce"
    /// A fill-or-kill order could not be filled whole.
    case notFillable = "not_fillable"
    case riskLimit = "risk_limit"

    /// For people.
    public var sentence: String {
        switch self {
        case .quantityRoundsToZero: "the quantity is less than one whole share"
        case .accountRestriction: "the account may not sell short"
        case .insufficientCash: "the cash does not suffice"
        case .insufficientBuyingPower: "the buying power does not suffice"
        case .priceUnavailable: "there is no price to fill at"
        case .wouldTake: "a post-only order would have taken liquidity"
        case .nothingToReduce: "there is no position to reduce"
        case .notFillable: "the whole quantity cannot be filled at once"
        case .riskLimit: "a risk limit does not allow it"
        }
    }
}

extension OrderType {
    /// Waits for a price.
    public var isConditional: Bool {
        switch self {
        case .limit, .stop, .stopLimit, .trailingStop: true
        case .market, .marketOnOpen, .marketOnClose: false
        }
    }
}
