extension TradeOutcomes {
    /// The longest run of consecutive wins; 0 without a win. A result of 0 ends a run.
    public static func longestWinStreak(_ results: [Double]) -> Int { longestRun(results) { $0 > 0 } }

    /// The longest run of consecutive losses; 0 without a loss.
    public static func longestLossStreak(_ results: [Double]) -> Int { longestRun(results) { $0 < 0 } }

    private static func longestRun(_ results: [Double], where counts: (Double) -> Bool) -> Int {
        var longest = 0
        var run = 0
        for result in results {
            run = counts(result) ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
