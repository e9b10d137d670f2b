import Labels
import Primitives
import TestKit
import Testing

/// The labels whose definition ml4t-engineer shares, against its own code. docs/concepts/labels.md says where they differ.
@Suite(.enabled(if: Oracle.isInstalled312)) struct EngineerTests {
    private func compare(_ cases: [LabelCase], _ samples: [LabelSample]) throws {
        try compareLabels(cases, samples: samples, with: "labels_ml4t.py", python312: true)
    }

    @Test func forwardReturnsAgree() throws {
        let horizons: [[String: JSONValue]] = [
            ["horizon": 1], ["horizon": 12], ["horizon_time": "5m"], ["horizon_time": "3h"],
            ["horizon_time": "4m", "tolerance": "30s"],
        ]
        let cases = horizons.flatMap {
            [LabelCase("forward_return", $0), LabelCase("forward_return", $0.with(["method": "log"]))]
        }
        let direction = [0, 0.003].map { LabelCase("forward_direction", ["horizon": 4, "threshold": .double($0)]) }
        try compare(cases + direction, [LabelSample.sessions(), LabelSample.sessions(seed: 9, delayed: true)])
        try compare([LabelCase("forward_return", ["horizon_time": "2d"])], [LabelSample.daily()])
    }

    @Test func barriersAgree() throws {
        let horizons: [[String: JSONValue]] = [["horizon": 1], ["horizon": 15], ["horizon_time": "7m"], ["horizon_time": "2h"]]
        var cases = horizons.flatMap { horizon in
            let fixed = horizon.with(["upper": 0.012, "lower": 0.007])
            let scaled = horizon.with(["upper": 1.9, "lower": 1.4, "distance": "volatility"])
            return [
                LabelCase("triple_barrier", fixed), LabelCase("triple_barrier", fixed, [.side]),
                LabelCase("triple_barrier", scaled, [.volatility]), LabelCase("triple_barrier", scaled, [.volatility, .side]),
                LabelCase("meta_label", fixed.with(["cost": 0.0015]), [.side]),
            ]
        }
        // The column as an average true range, in units of the price.
        cases.append(
            LabelCase("triple_barrier", ["horizon": 9, "upper": 180, "lower": 120, "distance": "atr"], [.volatility, .side]))
        try compare(cases, [LabelSample.sessions(), LabelSample.daily()])
    }

    @Test func trendScanningAgrees() throws {
        let cases = [
            LabelCase("trend_scanning", ["min_window": 5, "max_window": 20]),
            LabelCase("trend_scanning", ["min_window": 3, "max_window": 40, "step": 3, "t_threshold": 4]),
        ]
        try compare(cases, [LabelSample.sessions(), LabelSample.daily()])
    }

    @Test func rollingPercentilesAgree() throws {
        let cases = [Int64(1), 6].flatMap { horizon -> [LabelCase] in
            let base: [String: JSONValue] = ["horizon": .int(horizon), "lookback": 41, "min_samples": 41]
            return [
                LabelCase("rolling_percentile", base.with(["percentile": 90])),
                LabelCase("rolling_percentile", base.with(["percentile": 15, "direction": "short"])),
            ]
        }
        try compare(cases, [LabelSample.sessions(), LabelSample.daily()])
    }
}
