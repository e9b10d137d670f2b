internal import Glibc

extension TransformCatalogue {
    static let spreadEstimators: [TransformDefinition] = [
        TransformDefinition(
            "roll_spread", .microstructure, inputs: [.column("close")],
            "2 sqrt(-cov), cov being the sample covariance of the last window price changes with the changes before them "
                + "(divisor window - 1); 0 where it is not negative",
            source: "Roll 1984", units: "price", parameters: [.window(atLeast: 2)], warmUp: { $0.window + 1 },
            kernel: { RollSpread(window: $0.window) }),
        TransformDefinition(
            "corwin_schultz", .microstructure, inputs: [.column("high"), .column("low"), .column("close")],
            "mean over the last window pairs of neighbouring rows of max(0, 2 (e^a - 1) / (1 + e^a)), a = (sqrt(2 b) - sqrt(b)) "
                + "/ k - sqrt(g / k), k = 3 - 2 sqrt(2), b = sum of ln(high / low)^2 of both rows, g = ln(highest / lowest)^2; "
                + "the later row is first moved by its gap from the close before, where that lies outside its range",
            source: "Corwin and Schultz 2012", units: "fraction of price", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window }, kernel: { CorwinSchultz(window: $0.window) }),
        TransformDefinition(
            "abdi_ranaldo", .microstructure, inputs: [.column("high"), .column("low"), .column("close")],
            "2 sqrt(mean over the last window rows of (c[t-1] - m[t-1]) (c[t-1] - m[t])), c = ln close, m = (ln high + ln low) / "
                + "2; 0 where the mean is negative",
            source: "Abdi and Ranaldo 2017, monthly corrected estimator", units: "fraction of price",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window }, kernel: { AbdiRanaldo(window: $0.window) }),
    ]
}

private struct RollSpread: UnaryKernel {
    private var change = Change(periods: 1, kind: .difference)
    private var before = Double.nan
    private var pairs: RollingCovariance

    init(window: Int) { pairs = RollingCovariance(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let change = change.next(x)
        pairs.add(before, change)
        before = change
        let covariance = pairs.covariance
        return covariance >= 0 ? 0 : 2 * (-covariance).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        archive.value(&before)
        pairs.archive(&archive)
    }
}

private struct CorwinSchultz: TernaryKernel {
    private var mean: RollingMean
    private var highBefore = Double.nan
    private var lowBefore = Double.nan
    private var closeBefore = Double.nan

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        defer { (highBefore, lowBefore, closeBefore) = (high, low, close) }
        return mean.next(spread(high, low))
    }

    @inline(__always) private func spread(_ high: Double, _ low: Double) -> Double {
        guard !(high + low + highBefore + lowBefore + closeBefore).isNaN else { return .nan }
        let gap = low > closeBefore ? low - closeBefore : high < closeBefore ? high - closeBefore : 0
        let high = high - gap
        let low = low - gap
        let first = log(highBefore / lowBefore)
        let second = log(high / low)
        let beta = first * first + second * second
        let gamma = abs(log(max(high, highBefore) / min(low, lowBefore)))
        let k = 0.171_572_875_253_809_9
        let alpha = ((2 * beta).squareRoot() - beta.squareRoot()) / k - gamma / k.squareRoot()
        // 2 (e^a - 1) / (1 + e^a)
        return alpha > 0 ? 2 * tanh(alpha / 2) : 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        archive.value(&highBefore)
        archive.value(&lowBefore)
        archive.value(&closeBefore)
    }
}

private struct AbdiRanaldo: TernaryKernel {
    private var mean: RollingMean
    private var closeBefore = Double.nan
    private var middleBefore = Double.nan

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let middle = (log(high) + log(low)) / 2
        let mean = mean.next((closeBefore - middleBefore) * (closeBefore - middle))
        closeBefore = log(close)
        middleBefore = middle
        return mean < 0 ? 0 : 2 * mean.squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        archive.value(&closeBefore)
        archive.value(&middleBefore)
    }
}
