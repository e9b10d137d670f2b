import Primitives
import Reporting
import Statistics
import TestKit
import Testing

/// A feature that knows tomorrow's return in part, on days with a bar each.
private func study(days: Int, warmUp: Int = 3, hostile: String = "") -> FeatureStudy {
    var random = SeededGenerator(seed: 5)
    var closes = [100.0]
    var known: [Double] = []
    for day in 0..<days {
        let change = 0.01 * random.nextNormal()
        known.append(day < warmUp || day == warmUp + 2 ? .nan : change * 1e-4 + 1e-6 * random.nextNormal())
        closes.append(closes[day] * (1 + change))
    }
    let labels = (0..<days).map { UnixNanos(Int64($0) * UnixNanos.perDay) }
    let definition = FeatureStudy.Definition(
        id: "hint" + hostile, name: "A hint of tomorrow" + hostile, transform: "momentum", family: "trend",
        formula: "x / x[t-3] - 1" + hostile, source: "Jegadeesh 1993", units: "fraction", parameters: ["window": 3],
        warmUp: warmUp, missingPolicy: "drop", finish: ["zscore (window 5)"], specHash: String(repeating: "ab", count: 32))
    return FeatureStudy(
        definition: definition,
        inputs: [.init(name: "SP500!Close" + hostile, availability: "known at session_close@US_EQUITY, 1 session later")],
        files: [.init(role: "dataset SP500", path: "data/raw/sp500.csv", sha256: String(repeating: "0f", count: 32))],
        labels: labels, availableAt: labels.map { $0 + UnixNanos.perHour }, values: known,
        market: .init(instrument: "SPX", closes: Array(closes.prefix(days)), known: known))
}

@Test func aFeaturePageTellsWhatTheFeatureIsAndDoes() throws {
    let study = study(days: 500)
    let page = FeaturePage.html(study)
    let reader = expectSound(page, "feature page")
    for text in [
        "hint", "A hint of tomorrow", "x / x[t-3] - 1", "window = 3", "Jegadeesh 1993", "3 rows", "zscore (window 5)",
        "SP500!Close", "known at session_close@US_EQUITY, 1 session later", "data/raw/sp500.csv", "Values over time",
        "Distribution", "Moments", "Autocorrelation", "Stationarity", "Information coefficient", "return of SPX", "0.20%",
    ] { #expect(reader.text.contains(text), "no \(text)") }
    // Each figure as a reader would compute it himself.
    let sample = study.values.filter(\.isFinite)
    let test = try #require(AugmentedDickeyFuller(sample))
    #expect(reader.text.contains(fixed(test.statistic)))
    let closes = try #require(study.market?.closes)
    let pairs = (0..<499).filter { study.values[$0].isFinite }
    let coefficient = try #require(
        Distribution.rankCorrelation(pairs.map { study.values[$0] }, pairs.map { closes[$0 + 1] / closes[$0] - 1 }))
    #expect(coefficient > 0.5, "the planted hint")
    #expect(reader.text.contains("+" + fixed(coefficient)))
    #expect(reader.text.contains("\(pairs.count)"))
    #expect(page == FeaturePage.html(study), "the same bytes")
}

/// As the page writes a number.
private func fixed(_ value: Double) -> String {
    let scaled = String(Int((abs(value) * 10_000).rounded()))
    let digits = String(repeating: "0", count: max(0, 5 - scaled.count)) + scaled
    return (value < 0 ? "\u{2212}" : "") + digits.dropLast(4) + "." + digits.suffix(4)
}

@Test func featuresWithLittleToShowHaveAPage() {
    for days in [0, 1, 2, 5, 40] {
        let reader = expectSound(FeaturePage.html(study(days: days)), "\(days) days")
        #expect(reader.text.contains("Provenance"))
    }
    var constant = study(days: 300)
    constant.values = constant.values.map { _ in 7 }
    constant.market = nil
    let reader = expectSound(FeaturePage.html(constant), "a constant")
    #expect(reader.text.contains("all of them are the same"))
    #expect(reader.text.contains("No instrument goes with the feature"))
}

@Test func longFeaturesAreThinnedAndHostileNamesStayText() {
    let page = FeaturePage.html(study(days: 100_000))
    _ = expectSound(page, "long")
    #expect(page.utf8.count < 400_000, "\(page.utf8.count) bytes")
    let hostile = "</script><script>alert('x')</script>&\"\u{1}"
    let reader = expectSound(FeaturePage.html(study(days: 50, hostile: hostile)), "hostile")
    #expect(reader.elements["script"] == 2)
    #expect(reader.text.contains("alert('x')"))
}
