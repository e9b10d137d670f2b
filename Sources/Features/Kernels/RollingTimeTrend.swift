/// Mean, squared deviations, and co-deviations with the row number of the last `window` values, by blocks as in `RollingMoments`:
/// what a regression on time needs.
struct RollingTimeTrend: Sendable {
    struct Sums: Sendable {
        var mean = 0.0
        var squares = 0.0
        /// Sum of (row - middle row) (x - mean).
        var products = 0.0

        /// Adds the value next to `count` - 1 others: behind them with `side` 1, before them with -1.
        @inline(__always) mutating func add(_ x: Double, count: Int, inverseCount: Double, side: Double) {
            let delta = x - mean
            products += side * delta * Double(count - 1) / 2
            mean += delta * inverseCount
            squares += delta * (x - mean)
        }
    }

    let window: Int
    private var means: [Double]
    private var squares: [Double]
    private var products: [Double]
    private let inverse: [Double]
    private var filled = 0
    private var head = Sums()
    private var hasTail = false
    private(set) var sums = Sums(mean: .nan, squares: .nan, products: .nan)

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        means = [Double](repeating: .nan, count: window)
        squares = means
        products = means
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
    }

    /// Squared deviations of the row number.
    var timeSquares: Double { Double(window) * (Double(window) * Double(window) - 1) / 12 }
    /// Share of the squared deviations that the line explains; 0 where x is constant.
    var rSquared: Double {
        if sums.squares == 0 { return 0 }
        let share = sums.products * sums.products / (timeSquares * sums.squares)
        return share > 1 ? 1 : share
    }

    @inline(__always) mutating func add(_ x: Double) {
        means[filled] = x
        filled += 1
        head.add(x, count: filled, inverseCount: inverse[filled], side: 1)
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let distance = head.mean - means[filled]
        let share = Double(filled) * inverse[window]
        let behind = Double(window - filled)
        sums.mean = means[filled] + distance * share
        sums.squares = squares[filled] + head.squares + distance * distance * share * behind
        sums.products = products[filled] + head.products + distance * behind * Double(filled) / 2
    }

    @inline(never) private mutating func endBlock() {
        sums = head
        var tail = Sums()
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            count += 1
            tail.add(means[index], count: count, inverseCount: inverse[count], side: -1)
            means[index] = tail.mean
            squares[index] = tail.squares
            products[index] = tail.products
        }
        hasTail = true
        filled = 0
        head = Sums()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&means)
        archive.fixed(&squares)
        archive.fixed(&products)
        archive.value(&filled)
        archive.value(&hasTail)
        for path in [\Sums.mean, \Sums.squares, \Sums.products] {
            archive.value(&head[keyPath: path])
            archive.value(&sums[keyPath: path])
        }
    }
}
