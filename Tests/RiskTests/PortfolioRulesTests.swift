import Contracts
import Risk
import Testing

private func rules(_ change: (inout EngineConfiguration.Risk) -> Void) -> PortfolioRules {
    var limits = EngineConfiguration.Risk()
    change(&limits)
    return PortfolioRules(limits, initialEquity: 1000)
}

/// Equity 1,000 and a unit worth 10: a limit of 1 is 100 units.
private func exposure(held: Double = 0, gross: Double = 0, net: Double = 0) -> PortfolioRules.Exposure {
    PortfolioRules.Exposure(projected: held, unit: 10, equity: 1000, otherGross: gross, otherNet: net)
}

private func near(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude < 1e-6 }

@Suite struct PortfolioRulesTests {
    @Test func ordersAreCutToTheNarrowestLimit() {
        let gross = rules { $0.maxGrossExposure = 1 }
        #expect(gross.admitted(60, exposure()) == 60)
        #expect(gross.admitted(150, exposure()) == 100 && gross.admitted(100 * (1 + 1e-12), exposure()) > 100)
        #expect(near(gross.admitted(-150, exposure(gross: 400, net: -400)), -60))
        #expect(gross.admitted(10, exposure(held: 100)) < 1e-6)
        let symbol = rules {
            $0.maxGrossExposure = 1
            $0.maxSymbolExposure = 0.3
        }
        #expect(near(symbol.admitted(150, exposure()), 30))
        #expect(near(rules { $0.maxLeverage = 0.5 }.admitted(150, exposure()), 50))
        let net = rules { $0.maxNetExposure = 0.5 }
        #expect(near(net.admitted(150, exposure(gross: 300, net: -300)), 80))
        #expect(near(net.admitted(-150, exposure(gross: 300, net: -300)), -20))
    }

    @Test func whatReducesAPositionAlwaysLeaves() {
        let tight = rules { $0.maxGrossExposure = 0.1 }
        #expect(tight.admitted(-20, exposure(held: 50)) == -20)
        #expect(tight.admitted(-50, exposure(held: 50)) == -50)
        // On the way to the other side it closes, and opens what there is room for.
        #expect(near(tight.admitted(-90, exposure(held: 50)), -60))
    }

    @Test func whatClosesLeavesBesideAnOrderThatWaitsToClose() {
        var rules = rules { $0.maxDrawdown = 0.1 }
        #expect(rules.judge(equity: 900, gross: 0, session: 0) != nil)
        // 10 are held, and a limit order waits to sell them.
        let waiting = PortfolioRules.Exposure(projected: 0, held: 10, unit: 10, equity: 1000)
        #expect(rules.admitted(-10, waiting) == -10 && rules.admitted(-30, waiting) == -10 && rules.admitted(5, waiting) == 0)
    }

    @Test func aFallFromTheHighestEquityClosesEverythingForGood() {
        var rules = rules { $0.maxDrawdown = 0.1 }
        #expect(rules.judge(equity: 1200, gross: 0, session: 0) == nil)
        #expect(rules.judge(equity: 1081, gross: 0, session: 0) == nil)
        #expect(rules.judge(equity: 1080, gross: 0, session: 1) == PortfolioRules.Breach(limit: .drawdown, fraction: 1))
        #expect(rules.judge(equity: 1300, gross: 0, session: 9) == nil && rules.isBlocked)
        #expect(rules.admitted(10, exposure()) == 0 && rules.admitted(-90, exposure(held: 50)) == -50)
    }

    @Test func aDaysLossIsMeasuredFromTheDayBeforeAndEndsWithTheDay() {
        var rules = rules { $0.maxDailyLoss = 0.05 }
        #expect(rules.judge(equity: 960, gross: 0, session: 0) == nil)
        #expect(rules.judge(equity: 950, gross: 0, session: 0) == PortfolioRules.Breach(limit: .dailyLoss, fraction: 1))
        #expect(rules.judge(equity: 900, gross: 0, session: 0) == nil && rules.isBlocked)
        #expect(rules.judge(equity: 870, gross: 0, session: 1) == nil && !rules.isBlocked)
        #expect(rules.judge(equity: 855, gross: 0, session: 1)?.limit == .dailyLoss)
    }

    @Test func leverageIsCutBackInProportion() {
        var rules = rules { $0.maxLeverage = 2 }
        #expect(rules.judge(equity: 1000, gross: 2000, session: 0) == nil)
        let breach = rules.judge(equity: 800, gross: 2000, session: 0)
        #expect(breach?.limit == .leverage && near(breach?.fraction ?? 0, 0.2))
        #expect(rules.judge(equity: -1, gross: 2000, session: 0)?.fraction == 1)
    }
}
