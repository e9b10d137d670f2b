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

/// Slope on time and squared deviations of the last `window` values, by blocks as in `RollingMoments`: the rows are evenly
/// spaced, so the tail and the head lie half a window apart whatever their lengths.
private struct TimeRegression: Sendable {
    private struct Sums: Sendable {
        var mean = 0.0
        var squares = 0.0
        /// Of deviations from the mean with the row number.
        var products = 0.0
        var count = 0.0

        static let missing = Sums(mean: .nan, squares: .nan, products: .nan)

        /// - Parameter direction: 1 where the value comes after those before, -1 where it comes before them.
        @inline(__always) mutating func add(_ x: Double, direction: Double) {
            let delta = x - mean
            // The new row lies (count + 1) / 2 from the mean row of those before.
            products += direction * delta * count / 2
            count += 1
            mean += delta / count
            squares += delta * (x - mean)
        }

        mutating func archive(_ archive: inout StateArchive) {
            archive.value(&mean)
            archive.value(&squares)
            archive.value(&products)
            archive.value(&count)
        }
    }

    let window: Int
    private var values: [Double]
    private var tails: [Sums]
    private var filled = 0
    private var head = Sums()
    private var hasTail = false
    private(set) var squaredDeviations = Double.nan
    private(set) var products = Double.nan
    private let timeSquares: Double

    init(window: Int) {
        self.window = window
        values = [Double](repeating: .nan, count: window)
        tails = [Sums](repeating: .missing, count: window)
        let count = Double(window)
        timeSquares = count * (count * count - 1) / 12
    }

    var slope: Double { products / timeSquares }
    /// 0 where the values are all equal.
    var correlation: Double {
        guard squaredDeviations > 0 else { return squaredDeviations == 0 ? 0 : .nan }
        return max(-1, min(1, products / (squaredDeviations * timeSquares).squareRoot()))
    }

    @inline(__always) mutating func add(_ x: Double) {
        values[filled] = x
        filled += 1
        head.add(x, direction: 1)
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let tail = tails[filled]
        let distance = head.mean - tail.mean
        let pairs = head.count * tail.count
        squaredDeviations = tail.squares + head.squares + distance * distance * pairs / Double(window)
        products = tail.products + head.products + distance * pairs / 2
    }

    @inline(never) private mutating func endBlock() {
        squaredDeviations = head.squares
        products = head.products
        var tail = Sums()
        for index in stride(from: window - 1, through: 0, by: -1) {
            tail.add(values[index], direction: -1)
            tails[index] = tail
        }
        hasTail = true
        filled = 0
        head = Sums()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        for index in tails.indices { tails[index].archive(&archive) }
        head.archive(&archive)
        archive.value(&filled)
        archive.value(&hasTail)
        archive.value(&squaredDeviations)
        archive.value(&products)
    }
}

private struct FlowSlope: UnaryKernel {
    private var trend: TimeRegression

    init(window: Int) { trend = TimeRegression(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        trend.add(x)
        return trend.slope
    }

    mutating func archive(_ archive: inout StateArchive) { trend.archive(&archive) }
}

private struct TrendDivergence: BinaryKernel {
    private var price: TimeRegression
    private var other: TimeRegression

    init(window: Int) {
        price = TimeRegression(window: window)
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
