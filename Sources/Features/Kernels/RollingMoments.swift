/// Mean and sum of squared deviations of the last `window` values, by blocks as in `RollingSum`. Heads grow by Welford's update,
/// a tail and a head are joined by Chan's formula; a constant window has exactly no deviation.
struct RollingMoments: Sendable {
    let window: Int
    private var means: [Double]
    private var squares: [Double]
    private let inverse: [Double]
    private var filled = 0
    private var headMean = 0.0
    private var headSquares = 0.0
    private var hasTail = false
    /// NaN before the window is full, as `squaredDeviations`.
    private(set) var mean = Double.nan
    private(set) var squaredDeviations = Double.nan

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        means = [Double](repeating: .nan, count: window)
        squares = [Double](repeating: .nan, count: window)
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
    }

    /// Nothing was added so far.
    var isEmpty: Bool { filled == 0 && !hasTail }
    /// With `window` - 1 in the divisor.
    var variance: Double { squaredDeviations / Double(window - 1) }
    var standardDeviation: Double { variance.squareRoot() }

    @inline(__always) mutating func add(_ x: Double) {
        means[filled] = x
        filled += 1
        let delta = x - headMean
        headMean += delta * inverse[filled]
        headSquares += delta * (x - headMean)
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let tailMean = means[filled]
        let distance = headMean - tailMean
        let share = Double(filled) * inverse[window]
        mean = tailMean + distance * share
        squaredDeviations = squares[filled] + headSquares + distance * distance * share * Double(window - filled)
    }

    @inline(never) private mutating func endBlock() {
        mean = headMean
        squaredDeviations = headSquares
        var tailMean = 0.0
        var tailSquares = 0.0
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            count += 1
            let x = means[index]
            let delta = x - tailMean
            tailMean += delta * inverse[count]
            tailSquares += delta * (x - tailMean)
            means[index] = tailMean
            squares[index] = tailSquares
        }
        hasTail = true
        filled = 0
        headMean = 0
        headSquares = 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&means)
        archive.fixed(&squares)
        archive.value(&filled)
        archive.value(&headMean)
        archive.value(&headSquares)
        archive.value(&hasTail)
        archive.value(&mean)
        archive.value(&squaredDeviations)
    }
}
