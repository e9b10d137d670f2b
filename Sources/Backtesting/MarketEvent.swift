import Market
public import Primitives

/// Something that a market told inside a bar: a finer bar, a quote or a trade. What does not apply is NaN.
public struct MarketEvent: Sendable {
    public enum Kind: Hashable, Sendable {
        case bar, quote, trade
    }

    public var kind: Kind
    public var time: UnixNanos
    /// Position of the asset in the backtest's.
    public var instrument: Int
    /// Of a bar; all four are the price of a trade.
    public var open = Double.nan
    public var high = Double.nan
    public var low = Double.nan
    public var close = Double.nan
    /// The reference price of a bar; the price of a trade.
    public var price = Double.nan
    /// Of a bar, or the size of a trade.
    public var volume: Double = 0
    public var vwap = Double.nan
    public var bid = Double.nan
    public var ask = Double.nan
    public var mid = Double.nan
    public var bidSize = Double.nan
    public var askSize = Double.nan

    public init(_ kind: Kind, time: UnixNanos, instrument: Int) {
        self.kind = kind
        self.time = time
        self.instrument = instrument
    }

    public static func trade(time: UnixNanos, instrument: Int, price: Double, size: Double) -> MarketEvent {
        var event = MarketEvent(.trade, time: time, instrument: instrument)
        event.setPrice(price)
        event.volume = size
        return event
    }

    /// - Parameters: NaN where a side is empty or a size is not known.
    public static func quote(
        time: UnixNanos, instrument: Int, bid: Double, ask: Double, bidSize: Double, askSize: Double
    ) -> MarketEvent {
        var event = MarketEvent(.quote, time: time, instrument: instrument)
        (event.bid, event.ask, event.bidSize, event.askSize) = (bid, ask, bidSize, askSize)
        event.setPrice(bid.isNaN ? ask : ask.isNaN ? bid : (bid + ask) / 2)
        return event
    }

    private mutating func setPrice(_ value: Double) {
        (open, high, low, close, price) = (value, value, value, value, value)
    }
}

/// The time that a label's bars span, and when the decision fell whose orders come first in it.
struct EventWindow {
    var decided = UnixNanos(Int64.min)
    /// The first instant, and the first one after it.
    var lower = UnixNanos(Int64.min)
    var upper = UnixNanos(Int64.max)
}

/// Tells what time the labels span, one after the other.
@usableFromInline
struct EventClock {
    private let labelsAreCloses: Bool
    private var previous: UnixNanos?

    init(_ sessions: Sessions) { labelsAreCloses = sessions.labelsAreCloses }

    mutating func window(_ bars: BarPanel, _ index: Int) -> EventWindow {
        let label = bars.times[index]
        defer { previous = label }
        guard labelsAreCloses else {
            let next = index + 1 < bars.times.count ? bars.times[index + 1] : bars.following
            return EventWindow(decided: label, lower: label, upper: next ?? UnixNanos(Int64.max))
        }
        guard let previous else { return EventWindow(decided: label, upper: label + 1) }
        return EventWindow(decided: previous, lower: previous + 1, upper: label + 1)
    }
}
