extension Distribution {
    /// Excess kurtosis: fourth central moment / (second central moment)^2 - 3; 0 for a normal distribution.
    ///
    /// With `biasCorrected` it is G2 = (n - 1) / ((n - 2)(n - 3)) x ((n + 1) g2 + 6), as in pandas `kurt` and scipy `kurtosis(bias=False)`;
    /// without it g2, as in scipy `kurtosis`. Nil for a constant sample and with n < 4 (corrected) or n < 1.
    /// Joanes and Gill, The Statistician 47 (1998).
    public static func kurtosis(_ values: [Double], biasCorrected: Bool = true) -> Double? {
        guard let moments = centredMoments(values), moments.squares > 0 else { return nil }
        let n = Double(values.count)
        var fourths = CompensatedSum()
        for value in values {
            let square = (value - moments.mean) * (value - moments.mean)
            fourths.add(square * square)
        }
        let variance = moments.squares / n
        let raw = fourths.value / n / (variance * variance) - 3
        guard biasCorrected else { return raw.finite }
        return values.count < 4 ? nil : ((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * raw + 6)).finite
    }
}
