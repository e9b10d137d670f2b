extension TradeOutcomes {
    /// Sum of the wins / |sum of the losses|. Nil without a loss (it has no finite value) and without trades.
    public static func profitFactor(_ results: [Double]) -> Double? {
        guard results.allSatisfy(\.isFinite) else { return nil }
        let losses = -compensatedSum(results.filter { $0 < 0 })
        return losses > 0 ? (compensatedSum(results.filter { $0 > 0 }) / losses).finite : nil
    }
}
