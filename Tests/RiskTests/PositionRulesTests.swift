import Contracts
import Market
import Primitives
import Risk
import Testing

/// One position and one bar, judged by a chain of rules.
private func judge(
    _ rules: [PositionRule], long: Bool = true, entry: Double = 100, best: Double? = nil, bar: [Double], barsHeld: Int32 = 1,
    stops: EngineConfiguration.Stops = .init(), column: Double = .nan
) -> RuleExit? {
    var position = OpenPosition()
    position.quantity = long ? 10 : -10
    position.entryPrice = entry
    position.highWaterMark = best ?? entry
    position.lowWaterMark = best ?? entry
    position.barsHeld = barsHeld
    position.entryIndex = 0
    var chain = PositionRules(rules, stops: stops, instruments: 1)
    var exits: [RuleExit] = []
    (bar + [1000, column]).withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        let slice = MarketSlice(
            time: UnixNanos(0), index: 1, count: 1, open: start, high: start + 1, low: start + 2, close: start + 3,
            volume: start + 4)
        chain.evaluate(positions: [position], held: [0], slice, columns: [start + 5], into: &exits)
    }
    return exits.first
}

@Suite struct PositionRuleTests {
    @Test func aStopFillsAtItsPriceAndAtTheOpenBeyondIt() {
        #expect(judge([.stopLoss(0.05)], bar: [99, 101, 94, 96])?.fillPrice == 95)
        #expect(judge([.stopLoss(0.05)], bar: [93, 97, 92, 96])?.fillPrice == 93)
        #expect(judge([.stopLoss(0.05)], bar: [99, 101, 95.01, 96]) == nil)
        #expect(judge([.stopLoss(0.05)], long: false, bar: [101, 106, 100, 103])?.fillPrice == 105)
        #expect(judge([.stopLoss(0.05)], long: false, bar: [107, 108, 104, 106])?.fillPrice == 107)
    }

    @Test func aTargetFillsAtItsPriceAndAtTheOpenBeyondIt() {
        #expect(judge([.takeProfit(0.1)], bar: [105, 111, 104, 106])?.fillPrice.rounded() == 110)
        #expect(judge([.takeProfit(0.1)], bar: [112, 113, 111, 112])?.fillPrice == 112)
        #expect(judge([.takeProfit(0.1)], long: false, bar: [95, 96, 89, 92])?.fillPrice == 90)
    }

    @Test func theFirstRuleOfTheChainDecides() {
        let bar = [100.0, 120, 80, 100]
        #expect(judge([.stopLoss(0.05), .takeProfit(0.1)], bar: bar)?.rule == 0)
        #expect(judge([.takeProfit(0.1), .stopLoss(0.05)], bar: bar)?.fillPrice.rounded() == 110)
    }

    @Test func aTrailingStopFollowsTheBestPriceOfEarlierBarsUnlessItMovesInsideTheBar() {
        #expect(judge([.trailingStop(0.1)], best: 120, bar: [110, 115, 107, 110])?.fillPrice == 108)
        #expect(judge([.trailingStop(0.1)], best: 120, bar: [118, 130, 116, 119]) == nil)
        var inside = EngineConfiguration.Stops()
        inside.trailStopTiming = .intrabar
        #expect(judge([.trailingStop(0.1)], best: 120, bar: [118, 130, 116, 119], stops: inside)?.fillPrice == 117)
    }

    @Test func theFillModeChoosesThePrice() {
        var stops = EngineConfiguration.Stops()
        let bar = [99.0, 101, 94, 96]
        stops.stopFillMode = .closePrice
        #expect(judge([.stopLoss(0.05)], bar: bar, stops: stops)?.fillPrice == 96)
        stops.stopFillMode = .barExtreme
        #expect(judge([.stopLoss(0.05)], bar: bar, stops: stops)?.fillPrice == 94)
        stops.stopFillMode = .nextBarOpen
        #expect(judge([.stopLoss(0.05)], bar: bar, stops: stops)?.isDeferred == true)
    }

    @Test func timeVolatilityAndSignalRulesLeave() {
        #expect(judge([.timeExit(3)], bar: [100, 101, 99, 100], barsHeld: 3) != nil)
        #expect(judge([.timeExit(3)], bar: [100, 101, 99, 100], barsHeld: 2) == nil)
        let volatility = PositionRule.volatilityStop(multiple: 2, column: 0, fixed: true)
        #expect(judge([volatility], bar: [97, 97, 95, 96], column: 2)?.fillPrice == 96)
        #expect(judge([volatility], bar: [97, 97, 95, 96.5], column: 2) == nil)
        #expect(judge([.signalExit(column: 0, threshold: 0.5)], bar: [100, 101, 99, 100], column: -0.6) != nil)
        #expect(judge([.signalExit(column: 0, threshold: 0.5)], bar: [100, 101, 99, 100], column: -0.5) == nil)
    }

    @Test func scaledExitsAndTighteningStops() {
        let steps = [PositionRule.Step(profit: 0.05, fraction: 0.5), PositionRule.Step(profit: 0.1, fraction: 1)]
        #expect(judge([.scaledExit(steps)], bar: [104, 107, 103, 106])?.fraction == 0.5)
        #expect(judge([.scaledExit(steps)], bar: [104, 107, 103, 104]) == nil)
        let trail = [PositionRule.Step(profit: 0, fraction: 0.2), PositionRule.Step(profit: 0.1, fraction: 0.05)]
        #expect(judge([.tighteningTrailingStop(trail)], best: 120, bar: [112, 113, 111, 112]) != nil)
        #expect(judge([.tighteningTrailingStop(trail)], best: 120, bar: [112, 113, 100, 109]) == nil)
    }

    @Test func rulesCombine() {
        let both = PositionRule.all([.stopLoss(0.05), .timeExit(2)])
        #expect(judge([both], bar: [99, 101, 94, 96], barsHeld: 1) == nil)
        let exit = judge([both], bar: [99, 101, 94, 96], barsHeld: 2)
        #expect(exit?.fillPrice.isNaN == true)
        #expect(judge([.any([.timeExit(9), .stopLoss(0.05)])], bar: [99, 101, 94, 96])?.fillPrice == 95)
    }
}
