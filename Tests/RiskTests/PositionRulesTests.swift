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
    var chain = PositionRules(rules, columns: ["atr"], stops: stops, instruments: 1)
    return judge(&chain, position, bar: bar, column: column)
}

/// One more bar for a chain that remembers the bars before.
private func judge(_ chain: inout PositionRules, _ position: OpenPosition, bar: [Double], column: Double = .nan) -> RuleExit? {
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

/// A long of 10 from 100, some bars old.
private func long(barsHeld: Int32) -> OpenPosition {
    var position = OpenPosition()
    position.quantity = 10
    position.entryPrice = 100
    position.highWaterMark = 100
    position.lowWaterMark = 100
    position.entryIndex = 0
    position.barsHeld = barsHeld
    return position
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
        #expect(judge([.stopLoss(0.05), .takeProfit(0.1)], bar: bar)?.reason == .stopLoss)
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

    /// The first rule of the combination stays silent here; the names are those of the rule that acted.
    @Test func anExitIsNamedAfterTheRuleThatActed() {
        let either = PositionRule.any([.timeExit(9), .any([.takeProfit(0.5), .stopLoss(0.05)])])
        let stopped = judge([either], bar: [99, 101, 94, 96])
        #expect(stopped?.reason == .stopLoss && stopped?.detail == "stop_loss_5.0%")
        let late = judge([either], bar: [99, 101, 98, 99], barsHeld: 9)
        #expect(late?.reason == .timeStop && late?.detail == "time_exit_9bars")
        let volatile = judge(
            [.any([.timeExit(9), .volatilityStop(multiple: 2, column: 0, fixed: false)])], bar: [97, 97, 95, 96], column: 2)
        #expect(volatile?.reason == .signal && volatile?.detail == "volatility_stop_2.0x_atr")
        let signal = judge([.any([.timeExit(9), .signalExit(column: 0, threshold: 0)])], bar: [99, 101, 98, 99], column: -1)
        #expect(signal?.reason == .signal && signal?.detail == "signal_exit_atr")
    }

    @Test func rulesThatActTogetherHaveTheReasonOfTheHardestAndAllNames() {
        let both = judge(
            [.all([.timeExit(2), .any([.takeProfit(0.5), .stopLoss(0.05)])])], bar: [99, 101, 94, 96], barsHeld: 2)
        #expect(both?.reason == .stopLoss && both?.detail == "time_exit_2bars AND stop_loss_5.0%")
        let target = judge([.all([.trailingStop(0.01), .takeProfit(0.05)])], bar: [99, 106, 98, 100])
        #expect(target?.reason == .takeProfit && target?.detail == "trailing_stop_1.0% AND take_profit_5.0%")
    }

    @Test func aTargetIsDoneOnlyWhenAllRulesActed() {
        let rise = [104.0, 107, 103, 106]
        for order in [true, false] {
            let scale = PositionRule.scaledExit([PositionRule.Step(profit: 0.05, fraction: 0.5)])
            let wait = PositionRule.timeExit(2)
            var chain = PositionRules([.all(order ? [scale, wait] : [wait, scale])], stops: .init(), instruments: 1)
            #expect(judge(&chain, long(barsHeld: 1), bar: rise) == nil)
            #expect(judge(&chain, long(barsHeld: 2), bar: rise)?.fraction == (order ? 0.5 : 1))
            #expect(judge(&chain, long(barsHeld: 3), bar: rise) == nil)
        }
    }

    @Test func eachScaledExitHasTargetsOfItsOwn() {
        let scale = PositionRule.scaledExit([PositionRule.Step(profit: 0.05, fraction: 0.5)])
        var chain = PositionRules([scale, .any([.timeExit(9), scale])], stops: .init(), instruments: 1)
        let fractions = (1...3).map { judge(&chain, long(barsHeld: $0), bar: [104, 107, 103, 106])?.fraction }
        #expect(fractions == [0.5, 0.5, nil])
    }
}
