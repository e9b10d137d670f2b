import Glibc
import Labels
import Primitives

/// A seeded market: prices, and every input that a label may read.
struct LabelSample: Sendable {
    let name: String
    let prices: LabelPrices
    let inputs: LabelInputs

    /// Minute bars of sessions of half an hour. A tenth of the bars is missing, at times the last of a session; bars are known a
    /// third of a minute after they end where `delayed`; `holes` takes prices out of some bars.
    static func sessions(seed: UInt64 = 3, days: Int = 7, delayed: Bool = false, holes: Bool = false) throws -> LabelSample {
        var random = SeededGenerator(seed: seed)
        var labels: [UnixNanos] = [], known: [UnixNanos] = [], closes: [UnixNanos] = []
        for day in 0..<days {
            let open = sessionOpen(day: day)
            for minute in 0..<30 where random.nextUnit() > 0.1 {
                let label = open + Int64(minute) * UnixNanos.perMinute
                labels.append(label)
                known.append(label + UnixNanos.perMinute + (delayed ? UnixNanos.perMinute / 3 : 0))
                closes.append(open + 30 * UnixNanos.perMinute)
            }
        }
        let name = "sessions" + (delayed ? "_delayed" : "") + (holes ? "_holes" : "")
        return try walk(name, labels, known, closes, holes: holes, &random)
    }

    /// 14:30 UTC of working days.
    private static func sessionOpen(day: Int) -> UnixNanos {
        let date = Int64(19_700 + day + 2 * (day / 5))
        return UnixNanos(date * UnixNanos.perDay + 52_200 * UnixNanos.perSecond)
    }

    /// Daily bars, five a week, each a session of its own.
    static func daily(seed: UInt64 = 7, count: Int = 190) throws -> LabelSample {
        var random = SeededGenerator(seed: seed)
        let opens = (0..<count).map { sessionOpen(day: $0) }
        let closes = opens.map { $0 + 23_400 * UnixNanos.perSecond }
        return try walk("daily", opens, closes, closes, holes: false, &random)
    }

    /// Nothing ever moves.
    static func constant(count: Int = 120) throws -> LabelSample {
        let labels = (0..<count).map { UnixNanos(Int64($0) * UnixNanos.perMinute) }
        let flat = [Double](repeating: 50, count: count)
        let closes = labels.map { UnixNanos(($0.rawValue / UnixNanos.perHour + 1) * UnixNanos.perHour) }
        return LabelSample(
            name: "constant",
            prices: try LabelPrices(
                labels: labels, availableAt: labels.map { $0 + UnixNanos.perMinute }, open: flat, high: flat, low: flat,
                close: flat, sessionCloses: closes),
            inputs: LabelInputs(
                volatility: flat.map { _ in 0.01 }, side: flat.indices.map { Double($0 % 3) - 1 }, benchmark: flat))
    }

    private static func walk(
        _ name: String, _ labels: [UnixNanos], _ known: [UnixNanos], _ closes: [UnixNanos], holes: Bool,
        _ random: inout SeededGenerator
    ) throws -> LabelSample {
        var columns = [[Double]](repeating: [], count: 7)
        var close = 100.0, market = 2_000.0, volatility = 0.006
        for row in labels.indices {
            let open = close * exp(0.002 * random.nextNormal())
            let move = 0.006 * random.nextNormal()
            close = open * exp(move)
            market *= exp(0.5 * move + 0.003 * random.nextNormal())
            volatility = 0.95 * volatility + 0.05 * (0.002 + 0.006 * abs(random.nextNormal()))
            let high = max(open, close) * exp(0.003 * abs(random.nextNormal()))
            let low = min(open, close) * exp(-0.003 * abs(random.nextNormal()))
            let side = (random.nextUnit() * 3).rounded(.down) - 1
            var values = [open, high, low, close, row < 5 ? Double.nan : volatility, side, market]
            if holes, row % 61 == 40 { for index in 0..<4 { values[index] = .nan } }
            if holes, row % 97 == 50 { values[3] = .nan }
            if holes, row % 50 == 30 { (values[4], values[5], values[6]) = (.nan, .nan, .nan) }
            for (index, value) in values.enumerated() { columns[index].append(value) }
        }
        return LabelSample(
            name: name,
            prices: try LabelPrices(
                labels: labels, availableAt: known, open: columns[0], high: columns[1], low: columns[2], close: columns[3],
                sessionCloses: closes),
            inputs: LabelInputs(volatility: columns[4], side: columns[5], benchmark: columns[6]))
    }

    static func all() throws -> [LabelSample] {
        [
            try sessions(), try sessions(seed: 4, delayed: true), try sessions(seed: 5, holes: true), try daily(), try constant(),
        ]
    }
}

/// A label with parameters, and which of the inputs it gets.
struct LabelCase: Sendable, CustomStringConvertible {
    let name: String
    var parameters: [String: JSONValue] = [:]
    var inputs: Set<LabelInput> = []

    init(_ name: String, _ parameters: [String: JSONValue], _ inputs: Set<LabelInput> = []) {
        self.name = name
        self.parameters = parameters
        self.inputs = inputs
    }

    var description: String { "\(name) \(parameters)" }

    func build(_ sample: LabelSample, rows: Int? = nil) throws -> LabelColumn {
        let rows = rows ?? sample.prices.count
        let cut = sample.inputs.prefix(rows)
        return try LabelBuilder.build(
            name, parameters, prices: try sample.prices.prefix(rows),
            inputs: LabelInputs(
                volatility: inputs.contains(.volatility) ? cut.volatility : nil, side: inputs.contains(.side) ? cut.side : nil,
                benchmark: inputs.contains(.benchmark) ? cut.benchmark : nil))
    }

    private static let forwardHorizons: [[String: JSONValue]] = [
        ["horizon": 1], ["horizon": 7], ["horizon": 7, "within_session": true], ["horizon_time": "5m"],
        ["horizon_time": "8m", "within_session": true], ["horizon_time": "2h", "tolerance": "1h"],
        ["horizon_time": "10m", "tolerance": "30s"], ["horizon_time": "2d"], ["session": "same"],
    ]

    private static let pathHorizons: [[String: JSONValue]] = [
        ["horizon": 1], ["horizon": 9], ["horizon": 9, "within_session": true], ["horizon_time": "6m"],
        ["horizon_time": "1h", "within_session": true], ["horizon_time": "1d"], ["session": "same"],
    ]

    private static let units: [([String: JSONValue], Set<LabelInput>)] = [
        (["distance": "fraction"], []), (["distance": "volatility"], [.volatility]),
    ]

    /// Every definition of one series, with every kind of horizon and the choices that change what is looked at.
    static let all: [LabelCase] = forward + barriers + excursions + rest

    private static var forward: [LabelCase] {
        forwardHorizons.flatMap { horizon in
            [
                LabelCase("forward_return", horizon), LabelCase("forward_return", horizon.with(["method": "log"])),
                LabelCase("forward_return", horizon.with(["entry": "next_open"])),
                LabelCase("forward_direction", horizon.with(["threshold": 0.004])),
                LabelCase("excess_return", horizon.with(["beta_window": 20]), [.benchmark]),
                LabelCase("volatility_scaled_return", horizon, [.volatility]),
                LabelCase("volatility_scaled_return", horizon.with(["root_time": true]), [.volatility]),
                LabelCase(
                    "rolling_percentile", horizon.with(["percentile": 80, "lookback": 40, "min_samples": 10])),
                LabelCase(
                    "rolling_percentile",
                    horizon.with(["percentile": 30, "lookback": 25, "min_samples": 25, "direction": "short", "method": "log"])),
            ]
        } + [
            LabelCase("forward_return", ["session": "next"]), LabelCase("forward_return", ["session": "next", "method": "log"]),
            LabelCase("excess_return", ["horizon": 3, "beta": 1], [.benchmark]),
        ]
    }

    private static var barriers: [LabelCase] {
        pathHorizons.flatMap { horizon in
            units.flatMap { unit, inputs in
                let isFraction = inputs.isEmpty
                let upper: JSONValue = .double(isFraction ? 0.011 : 1.8), lower: JSONValue = .double(isFraction ? 0.008 : 1.3)
                let base = horizon.with(unit)
                let two = base.with(["upper": upper, "lower": lower])
                return [
                    LabelCase("triple_barrier", two, inputs), LabelCase("triple_barrier", two, inputs.union([.side])),
                    LabelCase("triple_barrier", two.with(["path": "close", "vertical": "sign"]), inputs.union([.side])),
                    LabelCase("triple_barrier", two.with(["both": "none"]), inputs),
                    LabelCase("triple_barrier", base.with(["lower": lower]), inputs.union([.side])),
                    LabelCase("meta_label", two.with(["cost": 0.001]), inputs.union([.side])),
                    LabelCase("hit_direction", two, inputs), LabelCase("time_to_hit", two, inputs),
                    LabelCase("time_to_hit", base.with(["upper": upper]), inputs),
                    LabelCase("will_peak", base.with(["barrier": upper]), inputs),
                    LabelCase("will_peak", base.with(["barrier": upper, "one_sided": true]), inputs),
                    LabelCase("will_valley", base.with(["barrier": lower, "path": "close"]), inputs),
                ]
            } + [LabelCase("meta_label", horizon, [.side]), LabelCase("triple_barrier", horizon)]
        } + [
            LabelCase("triple_barrier", ["horizon": 6, "distance": "atr", "upper": 100, "lower": 60], [.volatility])
        ]
    }

    private static var excursions: [LabelCase] {
        pathHorizons.flatMap { horizon in
            ["mfe", "mae", "mfe_share", "time_in_profit"].flatMap { name in
                [LabelCase(name, horizon), LabelCase(name, horizon.with(["side": "short"]))]
            } + [
                LabelCase("max_drawdown", horizon), LabelCase("flip_count", horizon),
                LabelCase("will_swing", horizon.with(["swing": "high", "reversal": 0.012])),
                LabelCase("will_swing", horizon.with(["swing": "low", "reversal": 0.012, "path": "close"])),
            ]
        }
    }

    private static let rest: [LabelCase] = [
        LabelCase("trend_scanning", ["min_window": 5, "max_window": 20]),
        LabelCase("trend_scanning", ["min_window": 3, "max_window": 31, "step": 4, "t_threshold": 3]),
        LabelCase("zigzag_swing", ["reversal": 0.015]), LabelCase("zigzag_swing", ["reversal": 0.01, "path": "close"]),
    ]
}

extension [String: JSONValue] {
    func with(_ others: [String: JSONValue]) -> [String: JSONValue] { merging(others) { $1 } }
}
