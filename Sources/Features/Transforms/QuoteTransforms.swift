private let prices: [InputRole] = [.column("bid"), .column("ask")]
private let sizes: [InputRole] = [.column("bid_size"), .column("ask_size")]
private let priceAndQuote: [InputRole] = [.column("close"), .column("bid"), .column("ask")]

extension TransformCatalogue {
    static let quoteTransforms: [TransformDefinition] = [
        TransformDefinition(
            "mid_price", .microstructure, inputs: prices, "(bid + ask) / 2", source: "quote midpoint", units: "price",
            warmUp: { _ in 0 }, kernel: { _ in Quote(kind: .middle) }),
        TransformDefinition(
            "quoted_spread", .microstructure, inputs: prices, "ask - bid", source: "Goyenko, Holden and Trzcinka 2009",
            units: "price", warmUp: { _ in 0 }, kernel: { _ in Quote(kind: .spread) }),
        TransformDefinition(
            "relative_spread_bps", .microstructure, inputs: prices, "10000 (ask - bid) / ((bid + ask) / 2)",
            source: "Goyenko, Holden and Trzcinka 2009", units: "basis points", warmUp: { _ in 0 },
            kernel: { _ in Quote(kind: .relativeSpread) }),
        TransformDefinition(
            "queue_imbalance", .microstructure, inputs: sizes,
            "(bid_size - ask_size) / (bid_size + ask_size); 0 where nothing is quoted",
            source: "Gould and Bonart 2016; ml4t-engineer bid_ask_imbalance", units: "-1..1", warmUp: { _ in 0 },
            kernel: { _ in Quote(kind: .imbalance) }),
        TransformDefinition(
            "depth", .microstructure, inputs: sizes, "bid_size + ask_size", source: "quoted depth at the touch",
            units: "as the sizes", warmUp: { _ in 0 }, kernel: { _ in Quote(kind: .depth) }),
        TransformDefinition(
            "microprice", .microstructure, inputs: prices + sizes,
            "(bid x ask_size + ask x bid_size) / (bid_size + ask_size); the midpoint where nothing is quoted",
            source: "Gatheral and Oomen 2010; ml4t-engineer weighted_mid_price", units: "price", warmUp: { _ in 0 },
            kernel: { _ in Microprice() }),
        TransformDefinition(
            "order_flow_imbalance", .microstructure, inputs: prices + sizes,
            "sum over the last window rows of e = [bid[t] >= bid[t-1]] bid_size[t] - [bid[t] <= bid[t-1]] bid_size[t-1] - "
                + "[ask[t] <= ask[t-1]] ask_size[t] + [ask[t] >= ask[t-1]] ask_size[t-1], [] being 1 where true and 0 where not",
            source: "Cont, Kukanov and Stoikov 2014", units: "as the sizes", parameters: [.window(atLeast: 1, default: 1)],
            warmUp: { $0.window }, kernel: { OrderFlow(window: $0.window) }),
        TransformDefinition(
            "effective_spread", .microstructure, inputs: priceAndQuote, "2 |close - (bid + ask) / 2|",
            source: "Goyenko, Holden and Trzcinka 2009", units: "price", warmUp: { _ in 0 },
            kernel: { _ in EffectiveSpread(isRelative: false) }),
        TransformDefinition(
            "effective_spread_bps", .microstructure, inputs: priceAndQuote, "20000 |close - m| / m, m = (bid + ask) / 2",
            source: "Goyenko, Holden and Trzcinka 2009", units: "basis points", warmUp: { _ in 0 },
            kernel: { _ in EffectiveSpread(isRelative: true) }),
        TransformDefinition(
            "realized_spread", .microstructure, inputs: priceAndQuote,
            "2 sign(close[t-periods] - m[t-periods]) (close[t-periods] - m[t]), m = (bid + ask) / 2: what the maker of the trade "
                + "periods rows ago has kept by now",
            source: "Huang and Stoll 1996", units: "price", parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")],
            warmUp: { $0.int("periods") }, kernel: { PostTrade(periods: $0.int("periods"), isImpact: false) }),
        TransformDefinition(
            "price_impact", .microstructure, inputs: priceAndQuote,
            "2 sign(close[t-periods] - m[t-periods]) (m[t] - m[t-periods]), m = (bid + ask) / 2: how far the quotes have "
                + "followed the trade periods rows ago",
            source: "Huang and Stoll 1996", units: "price", parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")],
            warmUp: { $0.int("periods") }, kernel: { PostTrade(periods: $0.int("periods"), isImpact: true) }),
    ]
}

private struct Quote: BinaryKernel {
    enum Kind: Sendable { case middle, spread, relativeSpread, imbalance, depth }

    let kind: Kind

    @inline(__always) mutating func next(_ bid: Double, _ ask: Double) -> Double {
        switch kind {
        case .middle: (bid + ask) / 2
        case .spread: ask - bid
        case .relativeSpread: 10_000 * (ask - bid) / ((bid + ask) / 2)
        case .imbalance: bid + ask == 0 ? 0 : (bid - ask) / (bid + ask)
        case .depth: bid + ask
        }
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct Microprice: QuaternaryKernel {
    @inline(__always) mutating func next(_ bid: Double, _ ask: Double, _ bidSize: Double, _ askSize: Double) -> Double {
        let depth = bidSize + askSize
        return depth == 0 ? (bid + ask) / 2 : (bid * askSize + ask * bidSize) / depth
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct OrderFlow: QuaternaryKernel {
    private var sum: RollingSum
    private var bidBefore = Double.nan
    private var askBefore = Double.nan
    private var bidSizeBefore = Double.nan
    private var askSizeBefore = Double.nan

    init(window: Int) { sum = RollingSum(window: window) }

    @inline(__always) mutating func next(_ bid: Double, _ ask: Double, _ bidSize: Double, _ askSize: Double) -> Double {
        defer { (bidBefore, askBefore, bidSizeBefore, askSizeBefore) = (bid, ask, bidSize, askSize) }
        // A missing price makes every comparison false: it must not look like a flow of 0.
        guard !(bid + ask + bidBefore + askBefore).isNaN else { return sum.next(.nan) }
        var flow = 0.0
        if bid >= bidBefore { flow += bidSize }
        if bid <= bidBefore { flow -= bidSizeBefore }
        if ask <= askBefore { flow -= askSize }
        if ask >= askBefore { flow += askSizeBefore }
        return sum.next(flow)
    }

    mutating func archive(_ archive: inout StateArchive) {
        sum.archive(&archive)
        archive.value(&bidBefore)
        archive.value(&askBefore)
        archive.value(&bidSizeBefore)
        archive.value(&askSizeBefore)
    }
}

private struct EffectiveSpread: TernaryKernel {
    let isRelative: Bool

    @inline(__always) mutating func next(_ price: Double, _ bid: Double, _ ask: Double) -> Double {
        let middle = (bid + ask) / 2
        let spread = 2 * abs(price - middle)
        return isRelative ? 10_000 * spread / middle : spread
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct PostTrade: TernaryKernel {
    private var price: Delay
    private var middle: Delay
    private let isImpact: Bool

    init(periods: Int, isImpact: Bool) {
        price = Delay(rows: periods)
        middle = price
        self.isImpact = isImpact
    }

    @inline(__always) mutating func next(_ price: Double, _ bid: Double, _ ask: Double) -> Double {
        let middle = (bid + ask) / 2
        let earlierPrice = self.price.next(price)
        let earlierMiddle = self.middle.next(middle)
        let side = earlierPrice - earlierMiddle
        let sign: Double = side > 0 ? 1 : side < 0 ? -1 : side
        return 2 * sign * (isImpact ? middle - earlierMiddle : earlierPrice - middle)
    }

    mutating func archive(_ archive: inout StateArchive) {
        price.archive(&archive)
        middle.archive(&archive)
    }
}
