extension TradeOutcomes {
    /// Average win / |average loss|. Nil without a win or without a loss.
    public static func payoffRatio(_ results: [Double]) -> Double? {
        guard let win = averageWin(results), let loss = averageLoss(results) else { return nil }
        return (win / -loss).finite
    }
}
