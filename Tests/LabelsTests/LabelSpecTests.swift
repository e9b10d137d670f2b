import Labels
import Primitives
import Testing

struct LabelSpecTests {
    @Test(
        arguments: [
            ("fwd_ret_15m", "forward_return", ["horizon_time": "15m"]),
            ("fwd_ret_same_day", "forward_return", ["session": "same"]),
            ("fwd_ret_oc_same_day", "forward_return", ["session": "same", "entry": "next_open"]),
            ("ret_zscore_2h", "volatility_scaled_return", ["horizon_time": "2h"]),
            ("y_will_peak_30m_0.8", "will_peak", ["horizon_time": "30m", "barrier": 0.8, "distance": "volatility"]),
            ("y_will_valley_5m_0.3", "will_valley", ["horizon_time": "5m", "barrier": 0.3, "distance": "volatility"]),
            ("y_will_peak_mfe_60m_0.002", "will_peak", ["horizon_time": "60m", "barrier": 0.002, "one_sided": true]),
            (
                "y_first_touch_10m_0.5", "hit_direction",
                ["horizon_time": "10m", "upper": 0.5, "lower": 0.5, "distance": "volatility"]
            ),
            (
                "hit_asym_15m_0.8_0.5", "hit_direction",
                ["horizon_time": "15m", "upper": 0.8, "lower": 0.5, "distance": "volatility"]
            ),
            (
                "hit_direction_1d_1", "hit_direction",
                ["horizon_time": "1d", "upper": 1.0, "lower": 1.0, "distance": "volatility"]
            ),
            ("tth_15m_0.5", "time_to_hit", ["horizon_time": "15m", "upper": 0.5, "lower": 0.5, "distance": "volatility"]),
            ("tth_up_15m_0.5", "time_to_hit", ["horizon_time": "15m", "upper": 0.5, "distance": "volatility"]),
            ("y_will_swing_high_30m_0.05", "will_swing", ["horizon_time": "30m", "swing": "high", "reversal": 0.05]),
            ("mfe_60m", "mfe", ["horizon_time": "60m"]), ("mfe_share_60m", "mfe_share", ["horizon_time": "60m"]),
            ("mdd_same_day", "max_drawdown", ["session": "same"]), ("flipcount_15m", "flip_count", ["horizon_time": "15m"]),
            ("time_in_profit_15m", "time_in_profit", ["horizon_time": "15m"]),
            ("triple_barrier", "triple_barrier", [:]),
        ] as [(String, String, [String: JSONValue])])
    func namesAreRead(name: String, definition: String, parameters: [String: JSONValue]) throws {
        let spec = try LabelSpec.named(name)
        #expect(spec == LabelSpec(name: name, definition: definition, parameters: parameters))
        if name == definition { return }
        let sample = try LabelSample.sessions()
        let column = try LabelBuilder.build(
            spec, prices: sample.prices,
            inputs: LabelInputs(volatility: spec.needsVolatility ? TrailingVolatility.ofReturns(sample.prices.close) : nil))
        #expect(column.name == name && column.values.contains { !$0.isNaN })
    }

    @Test func labelsAreCheckedWithoutPrices() throws {
        for item in LabelCase.all {
            try LabelBuilder.check(LabelSpec(name: "y", definition: item.name, parameters: item.parameters))
        }
        try LabelBuilder.check(LabelSpec(name: "y", definition: "cs_zscore", parameters: ["min_members": 3]))
        func refused(_ definition: String, _ parameters: [String: JSONValue]) -> String? {
            let spec = LabelSpec(name: "y", definition: definition, parameters: parameters)
            return #expect(throws: LabelError.self) { try LabelBuilder.check(spec) }?.description
        }
        #expect(refused("cs_zscore", ["min_members": 1])?.hasPrefix("label y: parameter min_members is out of range") == true)
        #expect(
            refused("trend_scanning", ["min_window": 9, "max_window": 5])
                == "label y: parameter max_window must be >= min_window")
        #expect(
            refused("rolling_percentile", ["horizon": 1, "percentile": 90, "lookback": 5])
                == "label y: parameter min_samples must be <= lookback")
        #expect(
            refused("will_swing", ["horizon": 1, "swing": "up", "reversal": 0.1])
                == "label y: parameter swing must be high or low")
        #expect(
            refused("time_to_hit", ["horizon": 1]) == "label y: parameter upper or lower must be given")
        #expect(
            refused("forward_return", ["horizon": 1, "tolerance": "5m"])
                == "label y: parameter tolerance goes with horizon_time")
    }

    @Test(arguments: [
        ("fwd_ret_15", "label name \"fwd_ret_15\": after fwd_ret comes a horizon such as 15m, 2h, 1d or same_day"),
        ("fwd_ret_0m", "label name \"fwd_ret_0m\": after fwd_ret comes a horizon such as 15m, 2h, 1d or same_day"),
        ("fwd_ret_15m_2", "label name \"fwd_ret_15m_2\": nothing comes after the horizon"),
        ("y_will_peak_15m", "label name \"y_will_peak_15m\": 1 number(s) come after the horizon"),
        ("tth_15m_x", "label name \"tth_15m_x\": \"x\" is no number > 0"),
        ("p_up_15m_0.5", "label name \"p_up_15m_0.5\": a probability is what a model says, not what happened"),
        ("trend_scaning", "there is no label \"trend_scaning\"; did you mean \"trend_scanning\"?"),
    ])
    func wrongNamesSayWhy(name: String, message: String) {
        let error = #expect(throws: LabelError.self) { try LabelSpec.named(name) }
        #expect(error?.description == message)
    }
}
