extension Distribution {
    /// Pearson correlation of pairs, -1...1. Nil for samples of different size, fewer than two pairs, or where one of them is
    /// constant.
    public static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        guard a.count == b.count, a.count > 1, let first = centredMoments(a), let second = centredMoments(b),
            first.squares > 0, second.squares > 0
        else { return nil }
        var products = CompensatedSum()
        for (x, y) in zip(a, b) { products.add((x - first.mean) * (y - second.mean)) }
        return (products.value / (first.squares.squareRoot() * second.squares.squareRoot())).finite.map { min(1, max(-1, $0)) }
    }

    /// Spearman rank correlation of pairs: the Pearson correlation of their ranks, ties with the mean of theirs, as scipy
    /// `spearmanr`. Nil as `correlation`, and where a value is NaN.
    public static func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double? {
        guard !a.contains(where: \.isNaN), !b.contains(where: \.isNaN) else { return nil }
        return correlation(ranks(a), ranks(b))
    }

    /// 1 for the smallest value; equal values share the mean of their ranks. O(n log n).
    /// - Precondition: no value is NaN.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }

    /// Autocorrelation at lags 1...`lags`: the sum of products of deviations from the whole sample's mean that far apart, over
    /// the sum of their squares, as statsmodels `acf`. Nil for a constant sample or a value that is not finite; lags that the
    /// sample is too short for are left out. O(n lags).
    public static func autocorrelation(_ values: [Double], lags: Int) -> [Double]? {
        guard values.allSatisfy(\.isFinite), let moments = centredMoments(values), moments.squares > 0 else { return nil }
        let deviations = values.map { $0 - moments.mean }
        return (1...max(1, lags)).prefix { $0 < values.count }.map { lag in
            var sum = 0.0
            for index in lag..<deviations.count { sum += deviations[index] * deviations[index - lag] }
            return sum / moments.squares
        }
    }
}
