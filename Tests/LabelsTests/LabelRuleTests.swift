import Labels
import Market
import Primitives
import Testing

/// Rules that a few bars show.
struct LabelRuleTests {
    private let minute = UnixNanos.perMinute

    /// One bar a minute, known at its end.
    private func path(
        _ bars: [(open: Double, high: Double, low: Double, close: Double)], opens: Bool = true
    ) throws -> LabelPrices {
        let times = bars.indices.map { UnixNanos(Int64($0) * minute) }
        return try LabelPrices(
            labels: times, availableAt: times.map { $0 + minute }, open: opens ? bars.map(\.open) : nil, high: bars.map(\.high),
            low: bars.map(\.low), close: bars.map(\.close))
    }

    private let wide: [(open: Double, high: Double, low: Double, close: Double)] = [
        (100, 100, 100, 100), (100, 103, 97, 101), (101, 101, 101, 101),
    ]

    /// A bar that reaches both barriers: the worse for the bet, or no label.
    @Test func bothBarriersInOneBar() throws {
        let prices = try path(wide)
        let parameters: [String: JSONValue] = ["horizon": 2, "upper": 0.02, "lower": 0.02]
        let long = try LabelBuilder.build("triple_barrier", parameters, prices: prices)
        #expect(
            long.values[0] == -1 && abs((long.side("return")?.numbers?[0] ?? 0) + 0.02) < 1e-12
                && long.side("barrier")?.numbers?[0] == -1)
        let bets = LabelInputs(side: [-1, -1, -1])
        let short = try LabelBuilder.build("triple_barrier", parameters, prices: prices, inputs: bets)
        #expect(short.values[0] == -1 && short.side("barrier")?.numbers?[0] == 1)
        #expect(abs((short.side("return")?.numbers?[0] ?? 0) + 0.02) < 1e-12)
        let none = try LabelBuilder.build("triple_barrier", parameters.with(["both": "none"]), prices: prices)
        #expect(none.values[0].isNaN && none.endTimes[0] == UnixNanos(2 * minute))
        // Neither peak nor valley can be proven.
        for name in ["will_peak", "will_valley"] {
            #expect(try LabelBuilder.build(name, ["horizon": 2, "barrier": 0.02], prices: prices).values[0] == 0)
            let free = try LabelBuilder.build(name, ["horizon": 2, "barrier": 0.02, "one_sided": true], prices: prices)
            #expect(free.values[0] == 1)
        }
    }

    /// A bar that opens beyond a barrier is left at its open, which also tells which barrier came first.
    @Test func gapsAreLeftAtTheOpen() throws {
        let bars = [(100.0, 100.0, 100.0, 100.0), (104.0, 105.0, 97.0, 98.0)]
        let parameters: [String: JSONValue] = ["horizon": 1, "upper": 0.02, "lower": 0.02]
        let open = try LabelBuilder.build("triple_barrier", parameters, prices: path(bars))
        #expect(open.values[0] == 1 && abs((open.side("return")?.numbers?[0] ?? 0) - 0.04) < 1e-12)
        let blind = try LabelBuilder.build("triple_barrier", parameters, prices: path(bars, opens: false))
        #expect(blind.values[0] == -1)
        let closes = try LabelBuilder.build("triple_barrier", parameters.with(["path": "close"]), prices: path(bars))
        #expect(closes.values[0] == -1 && abs((closes.side("return")?.numbers?[0] ?? 0) + 0.02) < 1e-12)
    }

    /// A horizon of clock time ends with the first bar known then or later; the bar at exactly the time is it.
    @Test func clockTimeEndsAtTheFirstBarKnownThen() throws {
        let minutes: [Int64] = [0, 1, 2, 10, 11]
        let times = minutes.map { UnixNanos($0 * minute) }
        let prices = try LabelPrices(
            labels: times, availableAt: times.map { $0 + minute }, close: [100, 101, 102, 110, 111])
        let label = try LabelBuilder.build("forward_return", ["horizon_time": "2m"], prices: prices)
        #expect(label.endRows == [2, 3, 3, nil, nil])
        let strict = try LabelBuilder.build("forward_return", ["horizon_time": "2m", "tolerance": "6m"], prices: prices)
        #expect(strict.endRows == [2, 3, 3, nil, nil])
        #expect(strict.values.map(\.isNaN) == [false, true, false, true, true])
    }

    @Test func sessionsEndAtTheirClose() throws {
        let minutes: [Int64] = [0, 1, 2, 1_440, 1_441, 2_880]
        let times = minutes.map { UnixNanos($0 * minute) }
        let closes = [3, 3, 3, 1_443, 1_443, 2_883].map { UnixNanos(Int64($0) * minute) }
        let prices = try LabelPrices(
            labels: times, availableAt: times.map { $0 + minute }, open: [10, 11, 12, 20, 21, 30],
            high: [10, 11, 12, 20, 22, 30],
            low: [10, 11, 12, 20, 21, 30], close: [10, 11, 12, 20, 22, 30],
            sessionCloses: closes)
        let same = try LabelBuilder.build("forward_return", ["session": "same"], prices: prices)
        // The second session has no bar at its close: that 21 was its last is known with the first bar of the third.
        #expect(same.endRows == [2, 2, 2, 5, 5, nil])
        #expect(same.values[0] == 12.0 / 10 - 1 && same.values[2].isNaN && abs(same.values[3] - 0.1) < 1e-12)
        let next = try LabelBuilder.build("forward_return", ["session": "next"], prices: prices)
        #expect(next.endRows == [5, 5, 5, nil, nil, nil] && next.values[0] == 22.0 / 20 - 1)
        let inside = try LabelBuilder.build("forward_return", ["horizon": 2, "within_session": true], prices: prices)
        #expect(inside.endRows[1] == 2 && inside.values[1].isNaN && !inside.values[0].isNaN)
        let clipped = try LabelBuilder.build("mfe", ["horizon": 2, "within_session": true], prices: prices)
        #expect(abs(clipped.values[1] - (12.0 / 11 - 1)) < 1e-12)
    }

    /// A straight line: the longest window, a large but finite t; a flat one: no trend.
    @Test func perfectTrends() throws {
        let times = (0..<30).map { UnixNanos(Int64($0) * minute) }
        func label(_ close: [Double]) throws -> LabelColumn {
            let prices = try LabelPrices(labels: times, availableAt: times.map { $0 + minute }, close: close)
            return try LabelBuilder.build("trend_scanning", ["min_window": 5, "max_window": 12], prices: prices)
        }
        let up = try label((0..<30).map { 100 + Double($0) })
        #expect(up.values[0] == 1 && up.side("window")?.numbers?[0] == 12 && (up.side("t_value")?.numbers?[0] ?? 0) > 1e9)
        let down = try label((0..<30).map { 1e5 - 0.1 * Double($0) })
        #expect(down.values[3] == -1 && (down.side("t_value")?.numbers?[3] ?? 0).isFinite)
        let flat = try label([Double](repeating: 7, count: 30))
        #expect(flat.values[0] == 0 && flat.side("t_value")?.numbers?[0] == 0)
    }

    @Test func whatIsNotReadIsRefused() throws {
        let prices = try path(wide)
        func message(_ name: String, _ parameters: [String: JSONValue], _ inputs: LabelInputs = LabelInputs()) -> String? {
            let error = #expect(throws: LabelError.self) {
                try LabelBuilder.build(name, parameters, prices: prices, inputs: inputs)
            }
            return error?.description
        }
        #expect(message("forward_returns", [:]) == "there is no label \"forward_returns\"; did you mean \"forward_return\"?")
        #expect(
            message("forward_return", [:])
                == "label forward_return: parameter horizon or horizon_time or session must be given, one of the three")
        #expect(
            message("mfe", ["horizon": 1, "sid": "long"]) == "label mfe: parameter sid is not read by mfe; did you mean side?")
        #expect(message("mfe", ["horizon": 1, "side": "both"]) == "label mfe: parameter side must be long or short")
        #expect(
            message("mfe", ["horizon_time": "15 m"])
                == "label mfe: parameter horizon_time must be a whole number > 0 and a unit s, m, h or d, such as 15m")
        #expect(
            message("will_peak", ["horizon": 1, "barrier": 1, "distance": "volatility"])
                == "label will_peak needs the input volatility")
        #expect(
            message("will_peak", ["horizon": 1, "barrier": 1], LabelInputs(volatility: [1, 1, 1]))
                == "label will_peak does not read the input volatility with these parameters")
        #expect(
            message("meta_label", ["horizon": 1], LabelInputs(side: [1]))
                == "label meta_label: input side has 1 rows, the prices have 3")
        #expect(
            message("meta_label", ["horizon": 1], LabelInputs(side: [1, .infinity, 1]))
                == "label meta_label: input side is infinite at 1970-01-01T00:01:00Z")
        #expect(message("forward_return", ["session": "same"]) == "label forward_return needs the input session_closes")
        #expect(message("mfe", ["session": "next"]) == "label mfe: parameter session must be same")
        #expect(message("hit_direction", ["horizon": 1, "upper": 1]) == "label hit_direction: parameter lower is missing")
        #expect(
            message("mfe", ["horizon": 0]) == "label mfe: parameter horizon is out of range: horizon must be from 1 to 1000000")
    }

    @Test func pricesAreChecked() throws {
        let times = [UnixNanos(0), UnixNanos(minute)]
        func refused(_ labels: [UnixNanos], _ known: [UnixNanos], _ close: [Double], high: [Double]? = nil) -> String? {
            let error = #expect(throws: LabelError.self) {
                try LabelPrices(labels: labels, availableAt: known, high: high ?? close, low: close, close: close)
            }
            return error?.description
        }
        #expect(refused(times, times, [1]) == "prices for labels: the columns have different lengths")
        #expect(
            refused(times.reversed(), [times[1], times[1]], [1, 2])
                == "prices for labels: the times of the bars do not increase at 1970-01-01T00:00:00Z")
        #expect(
            refused(times, [times[0], times[0]], [1, 2])
                == "prices for labels: a bar is known before it opens at 1970-01-01T00:01:00Z")
        #expect(refused(times, [times[1], times[1]], [1, .infinity])?.contains("infinite") == true)
        #expect(refused(times, [times[1], times[1]], [1, 2], high: [1, 1.5])?.contains("the high is below the low") == true)
        let bars = [Bar(openTime: times[0], closeTime: times[1], open: 1, high: 2, low: 1, close: 2, volume: 1)]
        #expect(try LabelPrices(bars: bars).high == [2])
        let empty = try LabelPrices(labels: [], availableAt: [], close: [])
        for name in LabelCatalogue.names {
            guard let item = LabelCase.all.first(where: { $0.name == name && $0.parameters["horizon"] != nil }) else { continue }
            let inputs = LabelInputs(
                volatility: item.inputs.contains(.volatility) ? [] : nil, side: item.inputs.contains(.side) ? [] : nil,
                benchmark: item.inputs.contains(.benchmark) ? [] : nil)
            #expect(try LabelBuilder.build(name, item.parameters, prices: empty, inputs: inputs).count == 0)
        }
    }

    @Test func volatilityOfTheLastReturns() {
        let close = [100.0, 101, 99, 102, 100, 103, 101]
        let values = TrailingVolatility.ofReturns(close, window: 5, minimum: 3)
        #expect(values.prefix(3).allSatisfy { $0.isNaN })
        // numpy.std(ddof=1) of the first three and of the last five returns.
        #expect(abs(values[3] - 0.025202126697692503) < 1e-12 && abs(values[6] - 0.0272555608313218) < 1e-12)
        #expect(TrailingVolatility.ofReturns([]).isEmpty)
    }
}
