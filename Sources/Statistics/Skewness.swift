extension Distribution {
    /// Skewness: third central moment / (second central moment)^1.5.
    ///
    /// With `biasCorrected` it is the adjusted Fisher-Pearson coefficient G1 = g1 x sqrt(n (n - 1)) / (n - 2), as in pandas `skew`
    /// and scipy `skew(bias=False)`; without it g1, as in scipy `skew`. Nil for a constant sample and with n < 3 (corrected) or n < 1.
    /// Joanes and Gill, The Statistician 47 (1998).
    public static func skewness(_ values: [Double], biasCorrected: Bool = true) -> Double? {
        guard let moments = centredMoments(values), moments.squares > 0 else { return nil }
        let n = Double(values.count)
        var cubes = CompensatedSum()
        for value in values {
            let distance = value - moments.mean
            cubes.add(distance * distance * distance)
        }
        let variance = moments.squares / n
        let raw = cubes.value / n / (variance * variance.squareRoot())
        guard biasCorrected else { return raw.finite }
        return values.count < 3 ? nil : (raw * (n * (n - 1)).squareRoot() / (n - 2)).finite
    }
}
