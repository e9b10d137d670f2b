/// Spearman correlation of the last `window` pairs. Twice the ranks are whole numbers and so are their products: the sums are
/// exact in any order, and a row costs a pass over the window, four values at a time.
struct RankCorrelation: BinaryKernel {
    private struct Ranks {
        /// Filled up with NaN to a whole number of vectors.
        private(set) var values: [SIMD4<Double>]
        /// Twice the mean rank among the values of the window, less the centre `window` + 1; 0 beyond the window.
        private(set) var doubled: [SIMD4<Double>]
        private let centre: Double

        init(window: Int) {
            values = [SIMD4<Double>](repeating: SIMD4(repeating: .nan), count: (window + 3) / 4)
            doubled = [SIMD4<Double>](repeating: .zero, count: values.count)
            centre = Double(window + 1)
        }

        @inline(__always) func isMissing(at place: Int) -> Bool { values[place / 4][place % 4].isNaN }

        /// Comparisons with NaN are false, so a missing value changes no rank.
        mutating func replace(at place: Int, by x: Double) {
            let old = SIMD4<Double>(repeating: values[place / 4][place % 4])
            let new = SIMD4<Double>(repeating: x)
            let one = SIMD4<Double>(repeating: 1)
            let none = SIMD4<Double>.zero
            values[place / 4][place % 4] = x
            var own = none
            values.withUnsafeBufferPointer { values in
                doubled.withUnsafeMutableBufferPointer { doubled in
                    for index in values.indices {
                        let value = values[index]
                        let left =
                            none.replacing(with: one, where: old .< value) + none.replacing(with: one, where: old .<= value)
                        let came =
                            none.replacing(with: one, where: new .< value) + none.replacing(with: one, where: new .<= value)
                        doubled[index] += came - left
                        own += none.replacing(with: one, where: value .< new) + none.replacing(with: one, where: value .<= new)
                    }
                }
            }
            doubled[place / 4][place % 4] = own.sum() + 1 - centre
        }

        mutating func archive(_ archive: inout StateArchive) {
            for index in values.indices {
                for lane in 0..<4 {
                    archive.value(&values[index][lane])
                    archive.value(&doubled[index][lane])
                }
            }
        }
    }

    private let window: Int
    private var x: Ranks
    private var y: Ranks
    private var position = 0
    private var missing: Int

    /// - Precondition: `window` > 1.
    init(window: Int) {
        self.window = window
        x = Ranks(window: window)
        y = x
        missing = window
    }

    mutating func next(_ first: Double, _ second: Double) -> Double {
        if x.isMissing(at: position) { missing -= 1 }
        let isPair = !(first + second).isNaN
        if !isPair { missing += 1 }
        x.replace(at: position, by: isPair ? first : .nan)
        y.replace(at: position, by: isPair ? second : .nan)
        position += 1
        if position == window { position = 0 }
        return missing == 0 ? correlation : .nan
    }

    private var correlation: Double {
        var squaresX = SIMD4<Double>.zero
        var squaresY = SIMD4<Double>.zero
        var products = SIMD4<Double>.zero
        for index in x.doubled.indices {
            let rankX = x.doubled[index]
            let rankY = y.doubled[index]
            squaresX += rankX * rankX
            squaresY += rankY * rankY
            products += rankX * rankY
        }
        let scale = (squaresX.sum() * squaresY.sum()).squareRoot()
        return scale > 0 ? max(-1, min(1, products.sum() / scale)) : .nan
    }

    mutating func archive(_ archive: inout StateArchive) {
        x.archive(&archive)
        y.archive(&archive)
        archive.value(&position)
        archive.value(&missing)
    }
}

/// The unit-root statistic of the residuals of x on y. A row costs a pass over the window.
struct CointegrationStatistic: BinaryKernel {
    private let window: Int
    private let lags: Int
    private var xs: [Double]
    private var ys: [Double]
    private var position = 0
    /// Room for the work of a row: what it holds between two rows means nothing.
    private var residuals: [Double]
    /// The lagged differences, the level and the change of the residual, one column after the other.
    private var matrix: [Double]
    private let height: Int

    /// - Precondition: `window` > 2 `lags` + 2.
    init(window: Int, lags: Int) {
        self.window = window
        self.lags = lags
        xs = [Double](repeating: .nan, count: window)
        ys = xs
        residuals = xs
        height = window - 1 - lags
        matrix = [Double](repeating: 0, count: height * (lags + 2))
    }

    mutating func next(_ x: Double, _ y: Double) -> Double {
        xs[position] = x
        ys[position] = y
        position += 1
        if position == window { position = 0 }
        guard setResiduals() else { return .nan }
        return statistic()
    }

    /// - Returns: false where a value is missing or the residuals are constant.
    private mutating func setResiduals() -> Bool {
        var sums = RollingCovariance.Sums()
        for index in 0..<window { sums.append(SIMD2(ys[index], xs[index]), count: index + 1, inverse: 1 / Double(index + 1)) }
        guard sums.squares.x > 0 else { return false }
        let slope = sums.products / sums.squares.x
        guard sums.squares.y - slope * sums.products > 1e-12 * sums.squares.y else { return false }
        for row in 0..<window {
            let index = position + row < window ? position + row : position + row - window
            residuals[row] = xs[index] - sums.means.y - slope * (ys[index] - sums.means.x)
        }
        return true
    }

    /// Makes the columns orthogonal one after the other (modified Gram-Schmidt). The level comes last among the regressors, so
    /// its t statistic is its projection over the standard error of what is left.
    private mutating func statistic() -> Double {
        fill()
        var projection = 0.0
        for column in 0...lags {
            let start = column * height
            var whole = 0.0
            var norm = 0.0
            for row in 0..<height {
                let value = matrix[start + row]
                norm += value * value
                let original = regressor(column, row)
                whole += original * original
            }
            guard norm > 1e-13 * whole else { return .nan }
            for other in (column + 1)...(lags + 1) {
                let target = other * height
                var product = 0.0
                for row in 0..<height { product += matrix[start + row] * matrix[target + row] }
                let share = product / norm
                for row in 0..<height { matrix[target + row] -= share * matrix[start + row] }
                projection = product / norm.squareRoot()
            }
        }
        var left = 0.0
        for row in 0..<height {
            let value = matrix[(lags + 1) * height + row]
            left += value * value
        }
        return projection / (left / Double(height - lags - 1)).squareRoot()
    }

    private mutating func fill() {
        for column in 0...lags {
            for row in 0..<height { matrix[column * height + row] = regressor(column, row) }
        }
        for row in 0..<height {
            matrix[(lags + 1) * height + row] = residuals[row + lags + 1] - residuals[row + lags]
        }
    }

    @inline(__always) private func regressor(_ column: Int, _ row: Int) -> Double {
        let level = residuals[row + lags]
        return column == lags ? level : residuals[row + lags - column] - residuals[row + lags - column - 1]
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&xs)
        archive.fixed(&ys)
        archive.value(&position)
    }
}
