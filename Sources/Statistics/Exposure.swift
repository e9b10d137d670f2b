extension Activity {
    /// Time in the market: the fraction of periods whose net exposure is not 0. Nil without periods.
    public static func timeInMarket(_ exposure: [Double]) -> Double? {
        exposure.isEmpty ? nil : Double(exposure.count { $0 != 0 }) / Double(exposure.count)
    }
}
