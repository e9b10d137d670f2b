/// Means, squared deviations and co-deviation of the last `window` pairs, by blocks as in `RollingMoments`.
struct RollingCovariance: Sendable {
    /// Sums over some pairs.
    struct Sums: Sendable {
        var meanX = 0.0
        var meanY = 0.0
        var squaresX = 0.0
        var squaresY = 0.0
        var products = 0.0

        static let missing = Sums(meanX: .nan, meanY: .nan, squaresX: .nan, squaresY: .nan, products: .nan)

        @inline(__always) mutating func add(_ x: Double, _ y: Double, inverseCount: Double) {
            let deltaX = x - meanX
            let deltaY = y - meanY
            meanX += deltaX * inverseCount
            meanY += deltaY * inverseCount
            squaresX += deltaX * (x - meanX)
            squaresY += deltaY * (y - meanY)
            products += deltaX * (y - meanY)
        }
    }

    let window: Int
    private var valuesX: [Double]
    private var valuesY: [Double]
    private var tails: [Sums]
    private let inverse: [Double]
    private var filled = 0
    private var head = Sums()
    private var hasTail = false
    /// Of the last `window` pairs, NaN before there are as many.
    private(set) var sums = Sums.missing

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        valuesX = [Double](repeating: .nan, count: window)
        valuesY = valuesX
        tails = [Sums](repeating: .missing, count: window)
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
    }

    /// With `window` - 1 in the divisor.
    var covariance: Double { sums.products / Double(window - 1) }

    /// NaN where x or y is constant.
    var correlation: Double {
        let scale = (sums.squaresX * sums.squaresY).squareRoot()
        return scale > 0 ? max(-1, min(1, sums.products / scale)) : .nan
    }

    /// Slope of y on x; NaN where x is constant.
    var slope: Double { sums.squaresX > 0 ? sums.products / sums.squaresX : .nan }
    var intercept: Double { sums.meanY - slope * sums.meanX }

    @inline(__always) mutating func add(_ x: Double, _ y: Double) {
        // A pair with one value is no pair.
        let gap = x + y
        let (x, y) = gap.isNaN ? (Double.nan, Double.nan) : (x, y)
        valuesX[filled] = x
        valuesY[filled] = y
        filled += 1
        head.add(x, y, inverseCount: inverse[filled])
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let tail = tails[filled]
        let distanceX = head.meanX - tail.meanX
        let distanceY = head.meanY - tail.meanY
        let share = Double(filled) * inverse[window]
        let weight = share * Double(window - filled)
        sums.meanX = tail.meanX + distanceX * share
        sums.meanY = tail.meanY + distanceY * share
        sums.squaresX = tail.squaresX + head.squaresX + distanceX * distanceX * weight
        sums.squaresY = tail.squaresY + head.squaresY + distanceY * distanceY * weight
        sums.products = tail.products + head.products + distanceX * distanceY * weight
    }

    @inline(never) private mutating func endBlock() {
        sums = head
        var tail = Sums()
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            count += 1
            tail.add(valuesX[index], valuesY[index], inverseCount: inverse[count])
            tails[index] = tail
        }
        hasTail = true
        filled = 0
        head = Sums()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&valuesX)
        archive.fixed(&valuesY)
        for index in tails.indices { Self.archive(&tails[index], &archive) }
        Self.archive(&head, &archive)
        Self.archive(&sums, &archive)
        archive.value(&filled)
        archive.value(&hasTail)
    }

    private static func archive(_ sums: inout Sums, _ archive: inout StateArchive) {
        archive.value(&sums.meanX)
        archive.value(&sums.meanY)
        archive.value(&sums.squaresX)
        archive.value(&sums.squaresY)
        archive.value(&sums.products)
    }
}
