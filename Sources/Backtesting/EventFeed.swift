import Engine
import Market
import Primitives

/// What happens inside bars, in order of time, and what stands at each moment: the quotes in force. Holds one event at a time.
public final class EventFeed {
    public struct Content: Hashable, Sendable {
        /// Finer bars have these columns too.
        public var hasVWAP = false
        public var hasBid = false
        public var hasAsk = false
        public var hasMid = false
        public var hasBidSize = false
        public var hasAskSize = false
        public var hasTrades = false
        public var hasQuotes = false

        public init() {}

        public static func ticks(trades: Bool, quotes: Bool) -> Content {
            var content = Content()
            (content.hasTrades, content.hasQuotes) = (trades, quotes)
            (content.hasBid, content.hasAsk, content.hasBidSize, content.hasAskSize) = (quotes, quotes, quotes, quotes)
            return content
        }
    }

    public let content: Content
    /// Bars without any event that orders met all the same, by label and asset: they were matched as a whole.
    public internal(set) var barsWithoutEvents = 0

    private let source: () throws -> MarketEvent?
    private let place: (MarketEvent) throws -> [(key: String, value: String)]
    private let count: Int
    private var upcoming: MarketEvent?
    /// One value an instrument in each column; what the present event does not tell is NaN, but quotes stand until the next.
    private let values: UnsafeMutablePointer<Double>
    private static let columns = 12
    /// Of the quote in force, what fills have taken; of the present trade too.
    private var takenBid: [Double]
    private var takenAsk: [Double]
    private var takenTrade: Double = 0
    /// Of the present event, by position in the desk's orders: units of the trade that are left behind the queue, whether the
    /// order's fill comes out of the quote, and stops that the event has reached.
    var allowance: [Int: Double] = [:]
    var takesQuote: [Int: Bool] = [:]
    var triggered: Set<Int> = []
    /// Ordinal of the label of the last event.
    private var lastLabel: [Int]

    /// - Parameters:
    ///   - instruments: how many assets the backtest has.
    ///   - place: where an event comes from, for an error: file, row ...
    ///   - source: the next event, in order of time; nil after the last.
    public init(
        _ content: Content, instruments: Int,
        place: @escaping (MarketEvent) throws -> [(key: String, value: String)] = { _ in [] },
        source: @escaping () throws -> MarketEvent?
    ) {
        self.content = content
        self.place = place
        self.source = source
        count = instruments
        values = .allocate(capacity: Self.columns * instruments)
        values.initialize(repeating: .nan, count: Self.columns * instruments)
        takenBid = Array(repeating: 0, count: instruments)
        takenAsk = takenBid
        lastLabel = Array(repeating: -1, count: instruments)
    }

    deinit { values.deallocate() }

    private func column(_ index: Int) -> UnsafeMutablePointer<Double> { values + index * count }
    private var open: UnsafeMutablePointer<Double> { column(0) }
    private var high: UnsafeMutablePointer<Double> { column(1) }
    private var low: UnsafeMutablePointer<Double> { column(2) }
    private var close: UnsafeMutablePointer<Double> { column(3) }
    private var price: UnsafeMutablePointer<Double> { column(4) }
    private var volume: UnsafeMutablePointer<Double> { column(5) }
    private var vwap: UnsafeMutablePointer<Double> { column(6) }
    private var mid: UnsafeMutablePointer<Double> { column(7) }
    private var bid: UnsafeMutablePointer<Double> { column(8) }
    private var ask: UnsafeMutablePointer<Double> { column(9) }
    private var bidSize: UnsafeMutablePointer<Double> { column(10) }
    private var askSize: UnsafeMutablePointer<Double> { column(11) }

    /// Passes over what lies before an instant; quotes of it stand.
    func skip(to lower: UnixNanos) throws {
        while let event = try peek(), event.time < lower {
            if event.kind == .quote { stand(event) }
            upcoming = nil
        }
    }

    /// The next event before an instant.
    func next(before upper: UnixNanos) throws -> MarketEvent? {
        guard let event = try peek(), event.time < upper else { return nil }
        upcoming = nil
        return event
    }

    private func peek() throws -> MarketEvent? {
        if upcoming == nil { upcoming = try source() }
        return upcoming
    }

    /// Refuses a finer bar whose prices its bar has not seen: one of the two is wrong, or they do not belong together.
    /// - Throws: `ApusError` `data.finer`.
    func check(_ event: MarketEvent, in label: MarketSlice) throws {
        let (high, low) = (label.high[event.instrument], label.low[event.instrument])
        // False also where the label has no bar of the asset.
        guard event.kind == .bar, event.high > high || event.low < low else { return }
        let slack = max(high.magnitude, low.magnitude) * 1e-6
        guard event.high > high + slack || event.low < low - slack else { return }
        let error = ApusError(
            "data.finer",
            "a finer bar (high \(event.high), low \(event.low)) lies outside of the bar that it belongs to "
                + "(high \(high), low \(low))",
            context: ["timestamp": event.time.description, "bar": label.time.description])
        throw try place(event).reversed().reduce(error) { $0.adding($1.key, $1.value) }
    }

    /// The quote in force changes.
    func stand(_ event: MarketEvent) {
        let instrument = event.instrument
        bid[instrument] = event.bid
        ask[instrument] = event.ask
        bidSize[instrument] = event.bidSize
        askSize[instrument] = event.askSize
        takenBid[instrument] = 0
        takenAsk[instrument] = 0
    }

    /// Shows an event as if it were a label of one bar.
    func show(_ event: MarketEvent, in label: MarketSlice) -> MarketSlice {
        let instrument = event.instrument
        lastLabel[instrument] = label.index
        takenTrade = 0
        allowance.removeAll(keepingCapacity: true)
        takesQuote.removeAll(keepingCapacity: true)
        triggered.removeAll(keepingCapacity: true)
        open[instrument] = event.open
        high[instrument] = event.high
        low[instrument] = event.low
        close[instrument] = event.close
        price[instrument] = event.price
        volume[instrument] = event.volume
        vwap[instrument] = event.vwap
        mid[instrument] = event.mid
        if event.kind != .trade { stand(event) }
        var slice = MarketSlice(
            time: event.time, index: label.index, count: count, open: open, high: high, low: low, close: close, volume: volume)
        slice.session = label.session
        slice.sessionEnd = label.sessionEnd
        slice.price = UnsafePointer(price)
        if content.hasVWAP { slice.vwap = UnsafePointer(vwap) }
        if content.hasMid { slice.mid = UnsafePointer(mid) }
        if content.hasBid { slice.bid = UnsafePointer(bid) }
        if content.hasAsk { slice.ask = UnsafePointer(ask) }
        if content.hasBidSize { slice.bidSize = UnsafePointer(bidSize) }
        if content.hasAskSize { slice.askSize = UnsafePointer(askSize) }
        return slice
    }

    func hide(_ instrument: Int) {
        for index in 0..<8 { column(index)[instrument] = .nan }
    }

    /// Something happened to the instrument within the label.
    func hasEvent(_ instrument: Int, _ label: MarketSlice) -> Bool { lastLabel[instrument] == label.index }

    /// Best price of a side and its size, as they stand; NaN where there is none or it is not known.
    func best(_ instrument: Int, isBid: Bool) -> (price: Double, size: Double) {
        isBid ? (bid[instrument], bidSize[instrument]) : (ask[instrument], askSize[instrument])
    }

    /// Units that fills have taken: of the quote in force, by those who took it, or of the present trade.
    func taken(_ instrument: Int, ofQuote: Bool, isBuy: Bool) -> Double {
        ofQuote ? (isBuy ? takenAsk[instrument] : takenBid[instrument]) : takenTrade
    }

    func take(_ units: Double, _ instrument: Int, ofQuote: Bool, isBuy: Bool) {
        if !ofQuote {
            takenTrade += units
        } else if isBuy {
            takenAsk[instrument] += units
        } else {
            takenBid[instrument] += units
        }
    }
}
