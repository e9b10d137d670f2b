import Contracts
import Primitives

private enum BetSide: String, LabelChoice { case long, short }

// How far prices went on the way.
extension LabelCatalogue {
    private static let side = ParameterSpec.choice("side", default: BetSide.long, "the bet whose way is followed")

    static let excursions: [LabelDefinition] = [
        LabelDefinition(
            "mfe", .excursions,
            "largest gain on the way: highest high of the window / close - 1, at least 0; for a short 1 - lowest low / close",
            source: "Sweeney, Maximum Adverse Excursion (1996); mfe of FoxML", units: "fraction >= 0", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true) + [side], cost: "O(n)",
            .series { try excursions($0) { favourable, _ in favourable } }),
        LabelDefinition(
            "mae", .excursions,
            "largest loss on the way: lowest low of the window / close - 1, at most 0; for a short 1 - highest high / close",
            source: "Sweeney (1996)", units: "fraction <= 0", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true) + [side], cost: "O(n)",
            .series { try excursions($0) { _, adverse in adverse } }),
        LabelDefinition(
            "mfe_share", .excursions, "mfe / (mfe - mae); 0.5 where the price never left the close",
            source: "mfe_share of FoxML", units: "0..1", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true) + [side], cost: "O(n)",
            .series { try excursions($0) { $0 - $1 > 0 ? $0 / ($0 - $1) : 0.5 } }),
        LabelDefinition(
            "max_drawdown", .excursions,
            "deepest low of a bar / highest price before it in the window, the close included, - 1; at most 0",
            source: "mdd of FoxML; a bar's own high does not count before its low", units: "fraction <= 0",
            inputs: [.sessionCloses], parameters: ParameterSpec.horizon(path: true), cost: "O(n x horizon)",
            .series { request in
                let prices = request.prices
                return try alongPath(request, Gaps(prices.high, prices.low)) { row, window in
                    var peak = prices.close[row], deepest = 0.0
                    for bar in window {
                        deepest = min(deepest, prices.low[bar] / peak - 1)
                        peak = max(peak, prices.high[bar])
                    }
                    return deepest
                }
            }),
        LabelDefinition(
            "time_in_profit", .excursions, "share of the window's bars that close above the row's close (below, for a short)",
            source: "time_in_profit of FoxML", units: "0..1", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true) + [side], cost: "O(n x horizon)",
            .series { request in
                let close = request.prices.close
                let isLong = try request.parameters.choice("side", or: BetSide.long) == .long
                return try alongPath(request, Gaps(close)) { row, window in
                    let count = window.count { isLong ? close[$0] > close[row] : close[$0] < close[row] }
                    return Double(count) / Double(window.count)
                }
            }),
        LabelDefinition(
            "flip_count", .excursions,
            "how often the window's closes change from one side of the row's close to the other; equal closes keep the side",
            source: "flipcount of FoxML", units: "count", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true), cost: "O(n x horizon)",
            .series { request in
                let close = request.prices.close
                return try alongPath(request, Gaps(close)) { row, window in
                    var flips = 0, isAbove: Bool?
                    for bar in window where close[bar] != close[row] {
                        let now = close[bar] > close[row]
                        if let isAbove, isAbove != now { flips += 1 }
                        isAbove = now
                    }
                    return Double(flips)
                }
            }),
    ]

    /// A value of each whole window without missing prices.
    private static func alongPath(
        _ request: LabelRequest, _ gaps: Gaps, _ value: (Int, ClosedRange<Int>) -> Double
    ) throws -> LabelDraft {
        let windows = try request.pathWindows()
        var draft = LabelDraft(rows: request.count)
        for row in 0..<request.count where windows.knownAt[row] >= 0 {
            var result = Double.nan
            if windows.isComplete(row), request.prices.close[row] > 0 {
                let window = windows.first[row]...windows.last[row]
                if gaps.isFree(window) { result = value(row, window) }
            }
            draft.set(row, result, knownAt: windows.knownAt[row])
        }
        return draft
    }

    private static func excursions(_ request: LabelRequest, _ value: (Double, Double) -> Double) throws -> LabelDraft {
        let prices = request.prices
        let isLong = try request.parameters.choice("side", or: BetSide.long) == .long
        var highest = SlidingExtreme(prices.high.map { $0.isNaN ? -.infinity : $0 })
        var lowest = SlidingExtreme(prices.low.map { $0.isNaN ? -.infinity : -$0 })
        return try alongPath(request, Gaps(prices.high, prices.low)) { row, window in
            let up = max(0, highest.largest(window) / prices.close[row] - 1)
            let down = min(0, -lowest.largest(window) / prices.close[row] - 1)
            return isLong ? value(up, down) : value(0 - down, 0 - up)
        }
    }
}
