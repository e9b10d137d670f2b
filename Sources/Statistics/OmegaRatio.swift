extension Performance {
    /// Omega ratio: sum of what exceeds `threshold` / sum of what falls short of it, per period.
    ///
    /// Nil with fewer than two observations and where nothing falls short. Keating and Shadwick, "A Universal Performance Measure"
    /// (2002); same as empyrical `omega_ratio` with `required_return` converted to the period. Not annualised.
    public static func omega(_ returns: [Double], threshold: Double = 0) -> Double? {
        guard returns.count >= 2, returns.allSatisfy(\.isFinite) else { return nil }
        var above = CompensatedSum()
        var below = CompensatedSum()
        for value in returns {
            let excess = value - threshold
            if excess > 0 { above.add(excess) } else { below.add(-excess) }
        }
        return below.value > 0 ? (above.value / below.value).finite : nil
    }
}
