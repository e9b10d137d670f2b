import Contracts
import Market
import Primitives
import Testing

@Test func referencesRulesAndIntervalsParse() {
    let reference = DatasetReference("ES_TRADES:bars_1m:FULL")
    #expect(reference?.datasetID == "ES_TRADES" && reference?.table == "bars_1m" && reference?.session == "FULL")
    #expect(reference?.intervalNanos == UnixNanos.perMinute)
    #expect(DatasetReference("SP500")?.table == nil)
    #expect(DatasetReference("SP500:bars") == nil && DatasetReference("") == nil && DatasetReference("a::b") == nil)
    #expect(BarInterval("1d")?.nanos == UnixNanos.perDay)
    for text in ["", "0m", "2d", "1", "m", "-1m", "7m", "1.5m", "86401s"] { #expect(BarInterval(text) == nil, "\(text)") }
    #expect(KnownTimeRule("session_close@US_EQUITY")?.moment == .sessionClose)
    #expect(KnownTimeRule("18:30@X")?.moment == .local((18 * 60 + 30) * UnixNanos.perMinute))
    for text in ["18:30", "session_close", "24:00@X", "close@X", "session_close@"] {
        #expect(KnownTimeRule(text) == nil, "\(text)")
    }
}

@Test func aCostDigestDependsOnContentsOnly() throws {
    let a = CostProfile(
        commission: CommissionModel(model: .perUnit, value: 2.5, minimum: 0), feePerUnit: 1, spread: .none, slippage: .none)
    let b = CostProfile(
        commission: CommissionModel(model: .perUnit, value: 2.5, minimum: 0), feePerUnit: 1, spread: .none,
        slippage: PriceCost(model: .ticks, value: 1))
    #expect(try a.digest() == a.digest())
    #expect(try a.digest() != b.digest())
}
