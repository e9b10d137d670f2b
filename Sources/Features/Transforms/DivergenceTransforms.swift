private func divergence(
    _ name: String, _ family: TransformDefinition.Family, of other: String, source: String
) -> TransformDefinition {
    TransformDefinition(
        name, family, inputs: [.column("close"), .column(other)],
        "correlation of close with time minus that of \(other) with time, over the last window rows (the slopes of their "
            + "z-scores, 1: as steep as can be); a constant one counts 0",
        source: source, units: "-2..2", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
        kernel: { TrendDivergence(window: $0.window) })
}

extension TransformCatalogue {
    static let divergenceTransforms: [TransformDefinition] = [
        TransformDefinition(
            "cvd_slope", .microstructure, inputs: [.column("cvd")],
            "least-squares slope of cvd, the cumulative volume delta, on time over the last window rows",
            source: "scipy linregress",
            units: "volume per row", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { FlowSlope(window: $0.window) }),
        divergence("cvd_divergence", .microstructure, of: "cvd", source: "order-flow charts: price against cumulative delta"),
    ]
    static let interestDivergence: [TransformDefinition] = [
        divergence("price_oi_divergence", .funding, of: "open_interest", source: "futures practice: price against open interest")
    ]
}

private struct FlowSlope: UnaryKernel {
    private var trend: RollingTrend

    init(window: Int) { trend = RollingTrend(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        trend.add(x)
        return trend.slope
    }

    mutating func archive(_ archive: inout StateArchive) { trend.archive(&archive) }
}

private struct TrendDivergence: BinaryKernel {
    private var price: RollingTimeCorrelation
    private var other: RollingTimeCorrelation

    init(window: Int) {
        price = RollingTimeCorrelation(window: window)
        other = price
    }

    @inline(__always) mutating func next(_ price: Double, _ other: Double) -> Double {
        self.price.add(price)
        self.other.add(other)
        return self.price.correlation - self.other.correlation
    }

    mutating func archive(_ archive: inout StateArchive) {
        price.archive(&archive)
        other.archive(&archive)
    }
}
