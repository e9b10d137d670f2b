public import Primitives

/// How long an order works.
public enum TimeInForce: String, ConfigurationWord {
    /// Until the session of its first opportunity ends.
    case day
    /// Until it is filled or cancelled.
    case gtc
    /// Until an instant.
    case gtd
    /// What fills on the first opportunity; the rest is cancelled.
    case ioc
    /// Whole on the first opportunity, or not at all.
    case fok
    /// In the opening auction only.
    case opg
    /// In the closing auction only.
    case cls
}

/// One line of a list of orders that a backtest replays: send, change or cancel an order at an instant.
public struct ScriptedOrder: Hashable, Sendable {
    public enum Action: String, ConfigurationWord {
        case submit
        case cancel
        case modify
    }

    public enum Side: String, ConfigurationWord {
        case buy
        case sell
    }

    /// What a position is to become: the order is the difference when it is sent.
    public enum Target: Hashable, Sendable {
        /// Units; below 0 is short.
        case quantity(Double)
        /// Fraction of the account's equity.
        case percent(Double)
        /// Account currency.
        case value(Double)

        var column: String {
            switch self {
            case .quantity: "target_quantity"
            case .percent: "target_percent"
            case .value: "target_value"
            }
        }

        var number: Double {
            switch self {
            case .quantity(let number), .percent(let number), .value(let number): number
            }
        }
    }

    /// The line in its file, counted from 0.
    public var row: Int
    public var time: UnixNanos
    public var asset: String
    /// Names the order in the whole list; a cancel or modify has the id of the order that it means.
    public var id: String
    public var action: Action
    /// Given for a submit.
    public var side: Side?
    /// > 0; given for a submit without a target, the new total for a modify.
    public var quantity: Double?
    /// For a submit, instead of side and quantity.
    public var target: Target?
    public var type: OrderType
    public var limitPrice: Double?
    public var stopPrice: Double?
    /// Distance of a trailing stop, price units.
    public var trailAmount: Double?
    /// The same as a fraction of the price.
    public var trailFraction: Double?
    public var timeInForce: TimeInForce
    /// Given for `gtd`.
    public var expireAt: UnixNanos?
    /// The order whose fill makes this one active.
    public var parentID: String?
    /// A fill of one order of a group cancels the others.
    public var ocoGroup: String?
    public var reduceOnly: Bool
    public var postOnly: Bool

    public init(
        row: Int, time: UnixNanos, asset: String, id: String, action: Action, side: Side? = nil, quantity: Double? = nil,
        target: Target? = nil, type: OrderType = .market, limitPrice: Double? = nil, stopPrice: Double? = nil,
        trailAmount: Double? = nil,
        trailFraction: Double? = nil, timeInForce: TimeInForce = .gtc, expireAt: UnixNanos? = nil, parentID: String? = nil,
        ocoGroup: String? = nil, reduceOnly: Bool = false, postOnly: Bool = false
    ) {
        self.row = row
        self.time = time
        self.asset = asset
        self.id = id
        self.action = action
        self.side = side
        self.quantity = quantity
        self.target = target
        self.type = type
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.trailAmount = trailAmount
        self.trailFraction = trailFraction
        self.timeInForce = timeInForce
        self.expireAt = expireAt
        self.parentID = parentID
        self.ocoGroup = ocoGroup
        self.reduceOnly = reduceOnly
        self.postOnly = postOnly
    }

    /// What is wrong with this line taken alone: the column and why; nil where nothing is.
    public var problem: (column: String, reason: String)? {
        if let quantity, !(quantity > 0 && quantity.isFinite) { return ("quantity", "must be a number above 0") }
        for (column, value) in [("limit_price", limitPrice), ("stop_price", stopPrice)] {
            if let value, !value.isFinite { return (column, "must be a finite number") }
        }
        for (column, value) in [("trail_amount", trailAmount), ("trail_fraction", trailFraction)] {
            if let value, !(value > 0 && value.isFinite) { return (column, "must be a number above 0") }
        }
        if let trailFraction, trailFraction >= 1 { return ("trail_fraction", "must be less than 1") }
        if let target, action != .submit || !target.number.isFinite {
            return (target.column, action == .submit ? "must be a finite number" : "only a submit has a target")
        }
        switch action {
        case .submit: return sizeProblem ?? submitProblem
        case .modify:
            let changes = [quantity, limitPrice, stopPrice, trailAmount, trailFraction]
            return changes.contains { $0 != nil } ? nil : ("quantity", "a modify must change a quantity or a price")
        case .cancel: return nil
        }
    }

    private var sizeProblem: (column: String, reason: String)? {
        guard target != nil else {
            if side == nil { return ("side", "a submit needs a side") }
            return quantity == nil ? ("quantity", "a submit needs a quantity or a target") : nil
        }
        if side != nil { return ("side", "the side of a target follows from the position") }
        if quantity != nil { return ("quantity", "a submit has a quantity or a target") }
        return parentID == nil ? nil : ("parent_id", "an order with a parent is as large as the parent's fills")
    }

    private var submitProblem: (column: String, reason: String)? {
        let wantsLimit = type == .limit || type == .stopLimit
        let wantsStop = type == .stop || type == .stopLimit
        let word = type.rawValue
        if wantsLimit != (limitPrice != nil) {
            return ("limit_price", wantsLimit ? "a \(word) order needs one" : "a \(word) order has none")
        }
        if wantsStop, stopPrice == nil { return ("stop_price", "a \(word) order needs one") }
        // A trailing stop may begin at a given price.
        if !wantsStop, stopPrice != nil, type != .trailingStop { return ("stop_price", "a \(word) order has none") }
        let trails = [trailAmount, trailFraction].filter { $0 != nil }.count
        if type == .trailingStop, trails != 1 {
            return ("trail_amount", "a trailing stop needs either trail_amount or trail_fraction")
        }
        if type != .trailingStop, trails > 0 {
            return (trailAmount != nil ? "trail_amount" : "trail_fraction", "a \(word) order has none")
        }
        if (timeInForce == .gtd) != (expireAt != nil) { return ("expire_at", "time_in_force gtd and expire_at go together") }
        if let expireAt, expireAt <= time { return ("expire_at", "must be later than the order's timestamp") }
        if postOnly, type != .limit { return ("post_only", "only a limit order can be post-only") }
        if parentID == id { return ("parent_id", "an order cannot be its own parent") }
        return nil
    }
}
