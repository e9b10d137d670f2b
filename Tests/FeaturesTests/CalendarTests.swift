import Features
import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func calendarTransformsAgreeWithPandas() throws {
    let names = TransformCatalogue.all.filter { $0.family == .calendar }.map(\.name)
    #expect(names.count >= 25)
    try compare(
        names.map { TransformCase($0) } + [TransformCase("turn_of_month", ["before": 0, "after": 2])],
        with: "features_calendar.py", samples: [.market(), dailyRows()])
}

@Test func aMissingTradeDateHasNoWeekday() throws {
    var kernel = try #require(TransformCatalogue.named("day_of_week")).makeKernel()
    // 2026-01-01 was a Thursday.
    #expect(kernel.apply([[20_454, .nan, 20_455]]).map { $0.isNaN ? -1 : $0 } == [3, -1, 4])
}

/// A row a day, weekends included, over several years on both sides of 1970 and a leap day.
private func dailyRows() -> TransformSample {
    let days = Array(-800..<(-300)) + Array(18_200..<19_500)
    return TransformSample(
        name: "daily",
        columns: [
            "trade_date": days.map(Double.init),
            "label_seconds": days.map { Double($0 * 86_400 + (($0 + 800) * 7_919) % 86_400) },
            "seconds_since_open": days.map { _ in 0 }, "seconds_to_close": days.map { _ in 0 },
        ])
}
