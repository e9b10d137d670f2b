extension TradeOutcomes {
    /// What a trade earns on average: win rate x average win + loss rate x average loss, which is the mean of all results.
    ///
    /// A trade that breaks even is neither a win nor a loss. Nil without trades.
    public static func expectancy(_ results: [Double]) -> Double? { Distribution.mean(results) }
}
