import Backtesting
import Contracts
import Market
import Primitives
import Testing

/// A portfolio of target weights on bars whose four prices are one. NaN is a missing bar.
private struct WeightScenario {
    var configuration: JSONValue = [:]
    var times: [UnixNanos]
    /// By asset, by label.
    var prices: [[Double]]
    var sets: [WeightSet]

    func run() throws -> BacktestRecording {
        let names = ["A", "B", "C"].prefix(prices.count).map { $0 }
        let column = times.indices.flatMap { label in prices.map { $0[label] } }
        let panel = BarPanel(
            assets: names, times: times, open: column, high: column, low: column, close: column,
            volume: column.map { _ in 1_000_000 })
        var rest = sets[...]
        var backtest = try SignalBacktest(
            EngineConfiguration(json: configuration), assets: names, weights: { rest.popFirst() }, checkInvariants: true)
        try backtest.process(panel, SignalPanel(flags: column.map { _ in 0 }))
        return try backtest.finish()
    }
}

private func instant(_ text: String) -> UnixNanos { UnixNanos(iso8601: text) ?? UnixNanos(0) }

private func days(_ first: String, _ count: Int, skipping: (CivilDate) -> Bool = { _ in false }) -> [UnixNanos] {
    let start = CivilDate(first) ?? CivilDate(daysSinceEpoch: 0)
    return (0..<count).map { start + $0 }.filter { !skipping($0) }.map { UnixNanos($0) }
}

private func isWeekend(_ day: CivilDate) -> Bool { day.isoWeekday > 5 }

@Suite struct RebalanceCadenceTests {
    /// The labels at whose close A was bought or sold. Its weight is 1 and -1 in turn, new at every label, so that each decision
    /// trades.
    private func decisions(
        _ times: [UnixNanos], cadence: JSONValue, calendar: JSONValue = [:], feed: JSONValue = [:]
    ) throws -> [UnixNanos] {
        let scenario = WeightScenario(
            configuration: [
                "account": ["allow_short_selling": true, "allow_leverage": true], "strategy": cadence, "calendar": calendar,
                "feed": feed, "execution": ["execution_mode": "same_bar", "execution_price": "close"],
            ], times: times, prices: [times.map { _ in 100 }],
            sets: times.enumerated().map { WeightSet(time: $1, instruments: [0], weights: [1 + Double($0) / 1_000]) })
        return try scenario.run().fills.map(\.time)
    }

    @Test func withoutACadenceEachTimestampOfTheWeightsIsTraded() throws {
        let times = days("2024-01-01", 4)
        #expect(try decisions(times, cadence: [:]) == times)
    }

    @Test func aWeekEndsWithItsLastSession() throws {
        // Good Friday of 2024 is 03-29; the week before ends on Friday 03-22.
        let times = days("2024-03-18", 21, skipping: isWeekend).filter { $0.utcDate.description != "2024-03-29" }
        let found = try decisions(times, cadence: ["cadence": "week"], calendar: ["calendar": "NYSE"])
        #expect(found.map(\.utcDate.description) == ["2024-03-22", "2024-03-28", "2024-04-05"])
    }

    @Test func aMonthEndsWithItsLastSession() throws {
        let times = days("2024-03-20", 50, skipping: isWeekend).filter { $0.utcDate.description != "2024-03-29" }
        let found = try decisions(times, cadence: ["cadence": "month_end"], calendar: ["calendar": "NYSE"])
        #expect(found.map(\.utcDate.description) == ["2024-03-28", "2024-04-30"])
    }

    @Test func aMissingLastSessionIsMadeUpForAtTheNextLabel() throws {
        let times = days("2024-03-20", 20, skipping: isWeekend).filter {
            !["2024-03-28", "2024-03-29"].contains($0.utcDate.description)
        }
        let found = try decisions(times, cadence: ["cadence": "month_end"], calendar: ["calendar": "NYSE"])
        #expect(found.map(\.utcDate.description) == ["2024-04-01"])
    }

    @Test func withoutACalendarEveryDayIsASession() throws {
        let always = try decisions(days("2024-02-25", 10), cadence: ["cadence": "month_end"])
        #expect(always.map(\.utcDate.description) == ["2024-02-29"])
        // Nothing says that no bar of Saturday the 30th or Sunday the 31st will come.
        let stocks = try decisions(days("2024-03-25", 9, skipping: isWeekend), cadence: ["cadence": "month_end"])
        #expect(stocks.map(\.utcDate.description) == ["2024-04-01"])
        let weeks = try decisions(days("2024-02-19", 15), cadence: ["cadence": "week"])
        #expect(weeks.map(\.utcDate.description) == ["2024-02-25", "2024-03-03"])
    }

    /// Hours of 2024-07-03, which closes at 13:00 New York time, 17:00 UTC, and of 07-05, which closes at 20:00.
    @Test func theLastBarOfASessionIsKnownFromTheCalendar() throws {
        func hours(_ range: ClosedRange<Int>, _ day: String) -> [UnixNanos] {
            range.map { instant("2024-07-\(day)T\($0 < 10 ? "0" : "")\($0):30:00Z") }
        }
        let begins = hours(13...16, "03") + hours(13...19, "05")
        let calendar: JSONValue = ["calendar": "NYSE", "data_frequency": "1h"]
        let left = try decisions(begins, cadence: ["cadence": "session"], calendar: calendar)
        #expect(left == [instant("2024-07-03T16:30:00Z"), instant("2024-07-05T19:30:00Z")])
        let right = try decisions(
            begins.map { min($0 + UnixNanos.perHour, instant("\($0.utcDate)T\($0.utcDate.day == 3 ? 17 : 20):00:00Z")) },
            cadence: ["cadence": "session"], calendar: calendar, feed: ["timestamp_semantics": "bar_close"])
        #expect(right == [instant("2024-07-03T17:00:00Z"), instant("2024-07-05T20:00:00Z")])
        let week = try decisions(begins, cadence: ["cadence": "week"], calendar: calendar)
        #expect(week == [instant("2024-07-05T19:30:00Z")])
    }

    @Test func listedDaysAndInstantsAreTraded() throws {
        let times = days("2024-03-25", 12, skipping: isWeekend).filter { $0.utcDate.description != "2024-03-29" }
        let found = try decisions(
            times, cadence: ["cadence": "dates", "dates": ["2024-03-29", "2024-03-26", "2024-04-02T12:00:00Z"]],
            calendar: ["calendar": "NYSE"])
        #expect(found.map(\.utcDate.description) == ["2024-03-26", "2024-04-01", "2024-04-03"])
    }

    @Test(
        arguments: [
            (["cadence": "week"], ["calendar": "LSE"], "calendar.calendar"),
            (["cadence": "session"], ["data_frequency": "irregular"], "calendar.data_frequency"),
            (["cadence": "dates"], [:], "strategy.dates"),
        ] as [(JSONValue, JSONValue, String)])
    func whatCannotBeKnownIsRefused(_ strategy: JSONValue, _ calendar: JSONValue, _ key: String) throws {
        let error = #expect(throws: ApusError.self) {
            try decisions(days("2024-01-01", 2), cadence: strategy, calendar: calendar)
        }
        #expect(error?.value(of: "key") == key)
    }
}

@Suite struct TargetWeightsTests {
    private func run(
        _ configuration: [String: JSONValue], _ prices: [[Double]], _ sets: [(Int, [Int32], [Double])]
    ) throws -> BacktestRecording {
        let times = prices[0].indices.map { UnixNanos(Int64($0) * UnixNanos.perDay) }
        return try WeightScenario(
            configuration: .object(configuration), times: times, prices: prices,
            sets: sets.map { WeightSet(time: times[$0.0], instruments: $0.1, weights: $0.2) }
        ).run()
    }

    private func text(_ recording: BacktestRecording) -> [String] {
        recording.fills.map { "\($0.time.utcDate.daysSinceEpoch) \($0.asset) \($0.signedQuantity)" }
    }

    /// A fee on the sale of A makes the account smaller before B is bought.
    @Test(arguments: [("snapshot", 250.0), ("hybrid", 250.0), ("incremental", 249.875)])
    func theModeSaysWhichEquityIsShared(mode: String, units: Double) throws {
        let recording = try run(
            [
                "execution": ["execution_mode": "same_bar", "execution_price": "close"], "cash": ["initial": 100_000],
                "position_sizing": ["share_type": "fractional"], "commission": ["model": "per_trade", "per_trade": 50],
                "orders": ["rebalance_mode": .string(mode)],
            ], [[100, 100], [100, 100]], [(0, [0], [0.5]), (1, [0, 1], [0.25, 0.25])])
        // 50 of the first purchase are gone in all modes.
        let equity = 99_950.0
        let want = units == 250 ? equity * 0.25 / 100 : (equity - 50) * 0.25 / 100
        #expect(recording.fills.map(\.asset) == ["A", "A", "B"])
        #expect((recording.fills[2].signedQuantity - want).magnitude < 1e-9)
        #expect(recording.fills.map(\.rebalanceID) == ["REB-1", "REB-2", "REB-2"])
    }

    @Test func salesComeBeforePurchasesAndWeightsOfZeroAreClosed() throws {
        let flat = [Double](repeating: 100, count: 4)
        let recording = try run(
            [:], [flat, flat, flat], [(0, [0, 1], [0.2, 0.7]), (2, [0, 1, 2], [0.5, 0.4, 0.1])])
        #expect(text(recording) == ["1 A 200.0", "1 B 700.0", "3 B -300.0", "3 A 300.0", "3 C 100.0"])
        let closed = try run([:], [flat, flat], [(0, [0, 1], [0.2, 0.7]), (2, [1], [.nan])])
        #expect(text(closed) == ["1 A 200.0", "1 B 700.0", "3 A -200.0"], "not listed is sold, null stays")
    }

    @Test func roundingIsThatOfTheTrade() throws {
        for (word, units) in [("nearest", 8.0), ("truncate", 7.0)] {
            let recording = try run(["position_sizing": ["share_rounding": .string(word)]], [[133, 133]], [(0, [0], [0.01])])
            #expect(recording.fills.map(\.signedQuantity) == [units])
        }
        let headroom = try run(["orders": ["rebalance_headroom_pct": 0.5]], [[100, 100]], [(0, [0], [0.5])])
        #expect(headroom.fills.map(\.signedQuantity) == [250])
    }

    /// Two purchases of half the account each, decided at 100: the second one finds less cash than it needs.
    @Test(arguments: [(100.0, [500.0, 500.0], 0), (101, [500, 490], 1)])
    func whatTheAccountCannotPayIsCutAndCounted(open: Double, units: [Double], cut: Int) throws {
        let recording = try run([:], [[100, open], [100, open]], [(0, [0, 1], [0.5, 0.5])])
        #expect(recording.fills.map(\.signedQuantity) == units)
        #expect(recording.cutOrders == cut)
        let refused = try run(
            ["position_sizing": ["share_type": "fractional"]], [[100, open], [100, open]], [(0, [0, 1], [0.5, 0.5])])
        #expect(refused.cutOrders == 0 && refused.rejectedOrders.count == cut)
    }

    @Test func anAssetWithoutABarIsLeftAloneOrSizedByItsLastPrice() throws {
        let prices: [[Double]] = [[100, 100, 100, 100], [50, .nan, .nan, 40]]
        let sets: [(Int, [Int32], [Double])] = [(1, [0, 1], [0.5, 0.25])]
        #expect(text(try run([:], prices, sets)) == ["2 A 500.0"])
        let last = try run(["orders": ["missing_price_policy": "use_last"]], prices, sets)
        #expect(text(last) == ["2 A 500.0", "3 B 500.0"])
    }

    @Test func aLateAssetNeedsItsHistory() throws {
        let prices: [[Double]] = [[100, 100, 100, 100, 100], [.nan, 50, 50, 50, 50]]
        let recording = try run(
            [
                "orders": ["late_asset_policy": "require_history", "late_asset_min_bars": 2],
                "strategy": ["cadence": "every_bar"],
            ],
            prices, [(0, [0, 1], [0.5, 0.25])])
        #expect(text(recording) == ["2 A 500.0", "3 B 500.0"])
    }

    /// At label 1 B has no bar: its order waits and is cancelled, at label 2 a new one is sent.
    @Test func whatWaitsIsNotBoughtTwice() throws {
        let prices: [[Double]] = [[100, 100, 100, 100, 100], [50, .nan, 50, 50, 50]]
        let recording = try run(["strategy": ["cadence": "every_bar"]], prices, [(0, [1], [0.5])])
        #expect(text(recording) == ["3 B 1000.0"])
    }

    /// With a latency of two bars and a decision at every bar, what is under way counts as held.
    @Test func whatIsUnderWayIsNotReplaced() throws {
        let flat = [Double](repeating: 100, count: 8)
        let recording = try run(
            ["strategy": ["cadence": "every_bar"], "apus": ["latency_bars": 2]], [flat], [(0, [0], [0.5])])
        #expect(text(recording) == ["3 A 500.0"])
    }

    @Test func smallChangesAreNotTraded() throws {
        let prices = [[100.0, 100, 110, 110]]
        func fills(_ strategy: JSONValue) throws -> Int { try run(["strategy": strategy], prices, [(0, [0], [0.5])]).fills.count }
        #expect(try fills(["cadence": "every_bar"]) == 2)
        // At 110 the weight is 55,000 / 105,000, 0.0238 too much: 2,500.
        #expect(try fills(["cadence": "every_bar", "no_trade_band": 0.023]) == 2)
        #expect(try fills(["cadence": "every_bar", "no_trade_band": 0.024]) == 1)
        #expect(try fills(["cadence": "every_bar", "min_trade_value": 2_499]) == 2)
        #expect(try fills(["cadence": "every_bar", "min_trade_value": 2_501]) == 1)
    }

    /// Contracts of 50: a weight of 0.5 of 1,000,000 at 4,000 is 2.5 of them.
    @Test func aMultiplierMakesContracts() throws {
        let recording = try run(
            [
                "cash": ["initial": 1_000_000], "position_sizing": ["share_rounding": "truncate"],
                "apus": ["instruments": ["A": ["multiplier": 50]]],
            ], [[4_000, 4_000]], [(0, [0], [0.5])])
        #expect(recording.fills.map(\.signedQuantity) == [2])
    }

    /// No decision depends on bars after it: a shorter run has the same fills.
    @Test(arguments: ["every_bar", "week", "month_end"]) func noDecisionDependsOnTheFuture(cadence: String) throws {
        let times = days("2024-01-02", 60, skipping: isWeekend)
        let prices = times.indices.map { 100 + Double($0 * 37 % 11) }
        let configuration: JSONValue = ["strategy": ["cadence": .string(cadence)], "calendar": ["calendar": "NYSE"]]
        let set = WeightSet(time: times[0], instruments: [0], weights: [0.5])
        let whole = try WeightScenario(configuration: configuration, times: times, prices: [prices], sets: [set]).run()
        #expect(whole.fills.count > 1)
        for count in [5, 20, 23, 24, 33] {
            let part = try WeightScenario(
                configuration: configuration, times: Array(times[..<count]), prices: [Array(prices[..<count])], sets: [set]
            ).run()
            #expect(part.fills == whole.fills.filter { $0.time < times[count] })
        }
    }
}

extension ApusError {
    fileprivate func value(of key: String) -> String? { context.first { $0.key == key }?.value }
}
