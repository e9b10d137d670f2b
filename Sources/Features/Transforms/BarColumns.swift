import Contracts

// What the transforms of price bars share.

extension [InputRole] {
    static let highLow: [InputRole] = [.column("high"), .column("low")]
    static let highLowClose: [InputRole] = [.column("high"), .column("low"), .column("close")]
    static let openHighLowClose: [InputRole] = [.column("open"), .column("high"), .column("low"), .column("close")]
    static let highLowCloseVolume: [InputRole] = [.column("high"), .column("low"), .column("close"), .column("volume")]
    static let closeVolume: [InputRole] = [.column("close"), .column("volume")]
}

extension TransformParameters {
    /// The windows `fast` and `slow`.
    /// - Throws: `FeatureError.badParameter` where slow is not the longer one.
    func fastAndSlow() throws -> (fast: Int, slow: Int) {
        let pair = (fast: int("fast"), slow: int("slow"))
        guard pair.fast < pair.slow else { throw refusal("slow", "must be larger than fast (\(pair.fast))") }
        return pair
    }
}

extension [ParameterSpec] {
    static func fastAndSlow(_ fast: Int, _ slow: Int) -> [ParameterSpec] {
        [
            .rows("fast", atLeast: 1, default: fast, "rows of the faster mean"),
            .rows("slow", atLeast: 2, default: slow, "rows of the slower mean, more than fast"),
        ]
    }
}

/// The largest of high - low, |high - previous close| and |low - previous close|; NaN where one is.
@inline(__always) func trueRange(_ high: Double, _ low: Double, _ before: Double) -> Double {
    (high + low + before).isNaN ? .nan : max(high, before) - min(low, before)
}
