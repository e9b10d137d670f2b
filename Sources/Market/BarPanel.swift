public import Primitives

/// Bars of several assets on one time axis.
///
/// Values lie row by row: that of asset `a` at time `t` has the index `t * assets.count + a`. NaN stands where the asset has no
/// bar at that time. A long file comes as successive panels with the same assets.
public struct BarPanel: Sendable {
    /// Sorted ascending by their UTF-8 bytes.
    public var assets: [String]
    /// Bar labels, strictly increasing.
    public var times: [UnixNanos]
    public var open: [Double]
    public var high: [Double]
    public var low: [Double]
    public var close: [Double]
    public var volume: [Double]
    /// The reference price, where it is another column than the close.
    public var price: [Double]?
    public var vwap: [Double]?
    public var bid: [Double]?
    public var ask: [Double]?
    public var mid: [Double]?
    public var bidSize: [Double]?
    public var askSize: [Double]?
    /// The label that comes after the panel's last; nil at the end of the data.
    public var following: UnixNanos?

    public init(
        assets: [String], times: [UnixNanos], open: [Double], high: [Double], low: [Double], close: [Double],
        volume: [Double], price: [Double]? = nil, vwap: [Double]? = nil, bid: [Double]? = nil, ask: [Double]? = nil,
        mid: [Double]? = nil, bidSize: [Double]? = nil, askSize: [Double]? = nil
    ) {
        self.assets = assets
        self.times = times
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.price = price
        self.vwap = vwap
        self.bid = bid
        self.ask = ask
        self.mid = mid
        self.bidSize = bidSize
        self.askSize = askSize
    }
}

/// What a strategy is told about one asset at one bar.
public struct SignalFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let longEntry = SignalFlags(rawValue: 1)
    public static let longExit = SignalFlags(rawValue: 2)
    public static let shortEntry = SignalFlags(rawValue: 4)
    public static let shortExit = SignalFlags(rawValue: 8)
}

/// Signals on the time axis and with the assets of the `BarPanel` beside it.
public struct SignalPanel: Sendable {
    /// `SignalFlags`, laid out as the prices; 0 where there is no signal.
    public var flags: [UInt8]
    /// Columns that risk rules read, by name, laid out as the prices; NaN where there is none.
    public var context: [String: [Double]]

    public init(flags: [UInt8], context: [String: [Double]] = [:]) {
        self.flags = flags
        self.context = context
    }
}
