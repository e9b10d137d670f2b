import Contracts
internal import Glibc
import Primitives

enum ReturnMethod: String, LabelChoice {
    case simple, log

    @inline(__always) func change(from entry: Double, to exit: Double) -> Double {
        guard entry > 0 else { return .nan }
        return self == .simple ? exit / entry - 1 : Glibc.log(exit / entry)
    }
}

private enum Entry: String, LabelChoice {
    case close
    case nextOpen = "next_open"
}

// Returns over a horizon.
extension LabelCatalogue {
    private static let method = ParameterSpec.choice("method", default: ReturnMethod.simple, "exit / entry - 1, or its logarithm")
    private static let entry = ParameterSpec.choice(
        "entry", default: Entry.close, "the close of the row's bar, or the open of the bar after it")

    static let returns: [LabelDefinition] = [
        LabelDefinition(
            "forward_return", .returns,
            "close of the horizon's last bar / entry - 1; with session next: close / open - 1 of the session after the row's",
            source: "pandas shift(-horizon); with a clock time the forward as-of join of ml4t-engineer", units: "fraction",
            inputs: [.open, .sessionCloses], parameters: ParameterSpec.horizon(path: false) + [method, entry], cost: "O(n)",
            .series { request in try forwardReturns(request).draft }),
        LabelDefinition(
            "forward_direction", .returns,
            "1 where the forward return is > threshold, -1 where it is < -threshold, 0 otherwise",
            source: "ml4t-engineer fixed_time_horizon_labels, method binary", units: "-1, 0 or 1",
            inputs: [.open, .sessionCloses],
            parameters: ParameterSpec.horizon(path: false) + [
                method, entry, .number("threshold", in: .notNegative, default: 0, "fraction around 0 that counts as no move"),
            ], cost: "O(n)",
            .series { request in
                let threshold = request.parameters.double("threshold") ?? 0
                return try forwardReturns(request).draft.mapped { _, value in
                    value > threshold ? 1 : value < -threshold ? -1 : 0
                }
            }),
        LabelDefinition(
            "excess_return", .returns,
            "forward return - beta x the benchmark's over the same bars; beta: slope of the one-row returns on the benchmark's "
                + "over the last beta_window rows up to the decision, or the number beta",
            source: "market model; the window of 60 of FoxML", units: "fraction", inputs: [.benchmark, .sessionCloses],
            parameters: ParameterSpec.horizon(path: false) + [
                method, .rows("beta_window", atLeast: 3, default: 60, "one-row returns that beta is estimated from"),
                .number("beta", in: -1000...1000, "fixed beta instead of the estimate; 1 is the plain difference"),
            ], sides: [.init("beta", "the beta that was used")], cost: "O(n x beta_window)",
            .series(excessReturns)),
        LabelDefinition(
            "volatility_scaled_return", .returns,
            "forward return / volatility of the row; with root_time also / square root of the number of bars looked at",
            source: "usual; ret_zscore of FoxML", units: "volatilities", inputs: [.volatility, .open, .sessionCloses],
            parameters: ParameterSpec.horizon(path: false) + [
                method, entry, .flag("root_time", "the volatility is of one row: scale it to the horizon"),
            ], cost: "O(n)",
            .series { request in
                let volatility = try request.volatility()
                let rootTime = request.parameters.flag("root_time")
                let (draft, windows) = try forwardReturns(request)
                return draft.mapped { row, value in
                    let scale = rootTime ? Double(windows.last[row] - windows.first[row] + 1).squareRoot() : 1
                    let unit = volatility[row] * scale
                    return unit > 0 ? value / unit : .nan
                }
            }),
    ]

    static func forwardReturns(_ request: LabelRequest) throws -> (draft: LabelDraft, windows: LabelWindows) {
        let method = try request.parameters.choice("method", or: ReturnMethod.simple)
        let entry = try request.parameters.choice("entry", or: Entry.close)
        let horizon = try request.horizon()
        let windows = try request.windows(.refused)
        let prices = request.prices
        var opens: [Double]?
        if case .nextSession = horizon {
            if entry == .nextOpen { throw request.parameters.refusal("entry", "says nothing with session next") }
            opens = try request.open()
        } else if entry == .nextOpen {
            opens = try request.open()
        }
        var draft = LabelDraft(rows: prices.count)
        for row in 0..<prices.count where windows.knownAt[row] >= 0 {
            guard windows.isComplete(row) else {
                draft.set(row, .nan, knownAt: windows.knownAt[row])
                continue
            }
            let start = opens.map { $0[windows.first[row]] } ?? prices.close[row]
            let change = method.change(from: start, to: prices.close[windows.last[row]])
            draft.set(row, change, knownAt: windows.knownAt[row])
        }
        return (draft, windows)
    }

    private static func excessReturns(_ request: LabelRequest) throws -> LabelDraft {
        let benchmark = try request.benchmark()
        let method = try request.parameters.choice("method", or: ReturnMethod.simple)
        let windows = try request.windows(.refused)
        if case .nextSession = try request.horizon() {
            throw request.parameters.refusal("session", "next needs opens, which the benchmark has none of")
        }
        let close = request.prices.close
        let fixed = request.parameters.double("beta")
        let window = request.parameters.int("beta_window") ?? 60
        func changes(_ values: [Double]) -> [Double] {
            [.nan] + zip(values, values.dropFirst()).map { method.change(from: $0, to: $1) }
        }
        let own = changes(close), market = changes(benchmark)
        var draft = LabelDraft(rows: request.count, sides: 1)
        for row in 0..<request.count where windows.knownAt[row] >= 0 {
            var value = Double.nan
            if windows.isComplete(row) {
                let end = windows.last[row]
                let beta = fixed ?? (row >= window ? slope(own, on: market, row + 1 - window...row) : .nan)
                value =
                    method.change(from: close[row], to: close[end])
                    - beta * method.change(from: benchmark[row], to: benchmark[end])
                draft.numbers[0][row] = value.isNaN ? .nan : beta
            }
            draft.set(row, value, knownAt: windows.knownAt[row])
        }
        return draft
    }

    /// NaN where x is constant.
    private static func slope(_ y: [Double], on x: [Double], _ rows: ClosedRange<Int>) -> Double {
        let count = Double(rows.count)
        let meanX = rows.reduce(0) { $0 + x[$1] } / count
        let meanY = rows.reduce(0) { $0 + y[$1] } / count
        var squares = 0.0, products = 0.0
        for row in rows {
            squares += (x[row] - meanX) * (x[row] - meanX)
            products += (x[row] - meanX) * (y[row] - meanY)
        }
        let isConstant = rows.allSatisfy { x[$0] == x[rows.lowerBound] }
        return isConstant ? .nan : products / squares
    }
}

extension LabelDraft {
    /// The same rows and ends with other values; what has no value keeps none.
    func mapped(_ change: (Int, Double) -> Double) -> LabelDraft {
        var result = self
        for row in values.indices where !values[row].isNaN { result.values[row] = change(row, values[row]) }
        return result
    }
}
