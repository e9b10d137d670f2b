public import Market
public import Primitives

/// The bars that a run traded on, by asset.
public struct PriceHistory: Sendable {
    /// Each in order of time. A bar whose length is not known closes at its label.
    public let bars: [String: [Bar]]

    public init(_ bars: [String: [Bar]]) { self.bars = bars }

    /// The bar that a fill belongs to. At the instant where one bar ends and the next begins a fill of an open is the later's.
    func index(_ asset: String, at time: UnixNanos, isOpen: Bool) -> Int? {
        guard let bars = bars[asset] else { return nil }
        let exact = Self.last(bars, upTo: time)
        if !isOpen, let before = Self.last(bars, upTo: time - 1), bars[before].closeTime >= time { return before }
        guard let exact, bars[exact].openTime == time || bars[exact].closeTime > time else { return nil }
        return exact
    }

    /// The bar that spans a time between labels: from its label on, or up to it where labels are closes.
    func spanning(_ asset: String, _ time: UnixNanos, labelsAreCloses: Bool) -> Int? {
        guard let bars = bars[asset] else { return nil }
        guard labelsAreCloses else { return Self.last(bars, upTo: time) }
        let next = (Self.last(bars, upTo: time - 1) ?? -1) + 1
        return next < bars.count ? next : nil
    }

    /// The last bar that began at or before a time.
    func last(_ asset: String, upTo time: UnixNanos) -> Bar? {
        guard let bars = bars[asset], let index = Self.last(bars, upTo: time) else { return nil }
        return bars[index]
    }

    private static func last(_ bars: [Bar], upTo time: UnixNanos) -> Int? { bars.lastIndex(upTo: time) { $0.openTime } }
}

/// Where a continuous series changed its contract.
public struct PriceRoll: Hashable, Sendable {
    public var time: UnixNanos
    /// The asset of the run that the series is.
    public var asset: String
    /// Of the contract left and of the one taken, at the same instant.
    public var oldPrice: Double
    public var newPrice: Double
    /// The series jumps from the one price to the other.
    public var isUnadjusted: Bool

    public init(time: UnixNanos, asset: String, oldPrice: Double, newPrice: Double, isUnadjusted: Bool) {
        self.time = time
        self.asset = asset
        self.oldPrice = oldPrice
        self.newPrice = newPrice
        self.isUnadjusted = isUnadjusted
    }
}

extension RandomAccessCollection where Index == Int {
    /// The last element whose time is not later; the elements are in order of time.
    func lastIndex(upTo time: UnixNanos, _ key: (Element) -> UnixNanos) -> Int? {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) <= time { low = middle + 1 } else { high = middle }
        }
        return low > startIndex ? low - 1 : nil
    }
}
