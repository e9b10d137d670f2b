import Primitives
import Statistics
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "run scripts/bootstrap --tests"), arguments: [1, 2, 3] as [UInt64])
func tradeStatisticsAgreeWithPandas(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let results = (0..<400).map { _ in random.nextUnit() < 0.05 ? 0 : (random.nextNormal() + 0.1) * 250 }
    let durations = (0..<401).map { _ in Double(random.next() % 60) }
    let notional = (0..<300).map { _ in random.nextUnit() < 0.7 ? 0 : random.nextUnit() * 1e5 }
    let equity = (0..<300).map { _ in 1e5 + random.nextNormal() * 1e3 }
    let exposure = notional.map { $0 / 1e5 - ($0 > 5e4 ? 1 : 0) }
    func json(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) }) }
    let input = try CanonicalJSON.text([
        "results": json(results), "durations": json(durations), "notional": json(notional), "equity": json(equity),
        "exposure": json(exposure),
    ])
    let expected = try JSONParser.parse(Oracle.run(script: "stats_trades.py", input: input))
    let ours: [(String, Double?)] = [
        ("win_rate", TradeOutcomes.winRate(results)),
        ("profit_factor", TradeOutcomes.profitFactor(results)),
        ("expectancy", TradeOutcomes.expectancy(results)),
        ("payoff_ratio", TradeOutcomes.payoffRatio(results)),
        ("average_win", TradeOutcomes.averageWin(results)),
        ("average_loss", TradeOutcomes.averageLoss(results)),
        ("largest_win", TradeOutcomes.largestWin(results)),
        ("largest_loss", TradeOutcomes.largestLoss(results)),
        ("win_streak", Double(TradeOutcomes.longestWinStreak(results))),
        ("loss_streak", Double(TradeOutcomes.longestLossStreak(results))),
        ("turnover", Activity.annualTurnover(tradedNotional: notional, equity: equity, periodsPerYear: 252)),
        ("time_in_market", Activity.timeInMarket(exposure)),
    ]
    for (name, value) in ours { expectAgreement([value], [expected[name]?.doubleValue], "seed \(seed) \(name)") }
    let summary = try #require(DurationSummary.of(durations))
    let four = try OracleDocument.numbers(expected["duration"])
    expectAgreement([summary.mean, summary.median, summary.minimum, summary.maximum], four, "seed \(seed) durations")
}
