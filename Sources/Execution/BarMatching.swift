import Contracts

/// The part of a bar that an order may fill in.
public struct MatchingBar: Sendable {
    public var open: Double
    public var high: Double
    public var low: Double
    public var close: Double

    @inlinable
    public init(open: Double, high: Double, low: Double, close: Double) {
        self.open = open
        self.high = high
        self.low = low
        self.close = close
    }

    /// What is certain to have come after an execution inside the bar: its price, and the close.
    @inlinable
    public func after(_ price: Double) -> MatchingBar {
        MatchingBar(open: price, high: max(price, close), low: min(price, close), close: close)
    }

    /// The high came before the low, where the open lies nearer to the high.
    @inlinable public var highFirst: Bool { high - open <= open - low }
}

/// Where a bar fills a conditional order. See docs/concepts/fills.md: each rule there is a test.
public enum BarMatching {
    /// Price of a limit order, nil when the bar does not fill it. A bar that opens at a better price fills at the open.
    public static func limit(_ limit: Double, isBuy: Bool, _ bar: MatchingBar, atTouch: Bool) -> Double? {
        if isBuy ? bar.open < limit : bar.open > limit { return bar.open }
        let reaches = isBuy ? (atTouch ? bar.low <= limit : bar.low < limit) : (atTouch ? bar.high >= limit : bar.high > limit)
        return reaches ? limit : nil
    }

    /// Price of a stop order, nil when the bar does not reach it. A bar that opens beyond the stop fills at the open.
    public static func stop(_ stop: Double, isBuy: Bool, _ bar: MatchingBar) -> Double? {
        if isBuy ? bar.open >= stop : bar.open <= stop { return bar.open }
        return (isBuy ? bar.high >= stop : bar.low <= stop) ? stop : nil
    }

    /// A stop-limit order: whether the bar reaches the stop, and what it then fills at.
    ///
    /// After the stop the order is a limit. It fills at once where the price at the stop is within the limit; otherwise in this
    /// bar only if the close is, because nothing else is known to have come after the stop.
    public static func stopLimit(
        stop: Double, limit: Double, isBuy: Bool, _ bar: MatchingBar
    ) -> (isTriggered: Bool, price: Double?) {
        guard let reached = Self.stop(stop, isBuy: isBuy, bar) else { return (false, nil) }
        if isBuy ? reached <= limit : reached >= limit { return (true, reached) }
        return (true, (isBuy ? bar.close <= limit : bar.close >= limit) ? limit : nil)
    }

    /// A leg of a bar's path.
    public enum Leg: Hashable, Sendable {
        case open
        /// On the way to the high or to the low.
        case high, low
        /// Known only when the bar closes.
        case close
    }

    /// Where on the bar's path a limit order fills.
    public static func limitLeg(_ limit: Double, isBuy: Bool, _ bar: MatchingBar, atTouch: Bool) -> Leg? {
        guard let price = Self.limit(limit, isBuy: isBuy, bar, atTouch: atTouch) else { return nil }
        return price == bar.open ? .open : isBuy ? .low : .high
    }

    /// Where on the bar's path a stop order fills.
    public static func stopLeg(_ stop: Double, isBuy: Bool, _ bar: MatchingBar) -> Leg? {
        guard let price = Self.stop(stop, isBuy: isBuy, bar) else { return nil }
        return price == bar.open ? .open : isBuy ? .high : .low
    }

    /// Where on the bar's path a stop-limit order fills.
    public static func stopLimitLeg(stop: Double, limit: Double, isBuy: Bool, _ bar: MatchingBar) -> Leg? {
        guard let price = stopLimit(stop: stop, limit: limit, isBuy: isBuy, bar).price else { return nil }
        return price == Self.stop(stop, isBuy: isBuy, bar) ? stopLeg(stop, isBuy: isBuy, bar) : .close
    }

    /// The stop of a trailing order after a price.
    public static func trailed(_ order: Order, by price: Double) -> Double {
        let distance = order.trailAmount.isNaN ? price * order.trailFraction : order.trailAmount
        let level = order.isBuy ? price + distance : price - distance
        if order.stopPrice.isNaN { return level }
        return order.isBuy ? min(order.stopPrice, level) : max(order.stopPrice, level)
    }
}
