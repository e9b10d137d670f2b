import Contracts
import Primitives

private enum SwingKind: String, LabelChoice { case high, low }

// Where the price was heading.
extension LabelCatalogue {
    private static let reversal = ParameterSpec.number(
        "reversal", in: Double.leastNormalMagnitude...0.99, required: true,
        "fraction by which the price turns from an extreme to make it a swing")
    private static let path = ParameterSpec.choice(
        "path", default: BarrierPath.Path.highLow, "extremes and turns by highs and lows, or by closes")

    static let trends: [LabelDefinition] = [
        LabelDefinition(
            "trend_scanning", .trends,
            "sign of the t-value of the slope of a line through the closes of the row and the bars after it, among the windows "
                + "of min_window to max_window bars the one with the largest |t|, the shortest of equals; 0 where |t| < "
                + "t_threshold or the closes are all equal. Residuals count as 1e-12 of the price at least, so that a straight "
                + "line has a t",
            source: "Lopez de Prado, Machine Learning for Asset Managers (2020), 5.4", units: "-1, 0 or 1",
            parameters: [
                .rows("min_window", atLeast: 3, default: 5, "bars of the shortest window, the row's own included"),
                .rows("max_window", atLeast: 3, default: 50, "bars of the longest"),
                .rows("step", atLeast: 1, default: 1, "from one window length to the next"),
                .number("t_threshold", in: .notNegative, default: 0, "least |t| of a trend"),
            ],
            sides: [
                .init("t_value", "of the chosen window"), .init("window", "its bars"),
                .init("trend_end", "when its last bar was known", isInstant: true),
            ], cost: "O(n x max_window)", .series(trendScanning)),
        LabelDefinition(
            "zigzag_swing", .trends,
            "1 where the next swing after the row is a high, -1 where it is a low; known when the price has turned from it",
            source: "zigzag of technical analysis", units: "-1 or 1", parameters: [reversal, path],
            sides: [
                .init("rows_to_swing", "bars from the row to the swing"),
                .init("swing_return", "price of the swing / close - 1"),
                .init("swing_time", "when the bar of the swing was known", isInstant: true),
            ], cost: "O(n)", .series(zigZagSwing)),
        LabelDefinition(
            "will_swing", .trends,
            "1 where a swing of the kind lies in the window, 0 where none does; known when the price has turned from it, or when "
                + "every bar of the window can no longer become one",
            source: "y_will_swing_high and _low of FoxML", units: "0 or 1", inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: true) + [
                ParameterSpec("swing", .text, SwingKind.words), reversal, path,
            ], cost: "O(n)", .series(willSwing)),
    ]

    private static func trendScanning(_ request: LabelRequest) throws -> LabelDraft {
        let parameters = request.parameters
        let shortest = parameters.int("min_window") ?? 5, longest = parameters.int("max_window") ?? 50
        let step = parameters.int("step") ?? 1
        let threshold = parameters.double("t_threshold") ?? 0
        guard longest >= shortest else { throw parameters.refusal("max_window", "must be >= min_window") }
        let close = request.prices.close
        let gaps = Gaps(close)
        var draft = LabelDraft(rows: request.count, sides: 3)
        for row in 0..<max(0, request.count - longest + 1) {
            let end = row + longest - 1
            guard gaps.isFree(row...end) else {
                draft.set(row, .nan, knownAt: end)
                continue
            }
            var line = TrendLine(price: close[row])
            var best = 0.0, window = shortest
            for bar in row...end {
                line.add(close[bar] - close[row])
                guard line.count >= shortest, (line.count - shortest) % step == 0 else { continue }
                let t = line.t
                if abs(t) > abs(best) { (best, window) = (t, line.count) }
            }
            draft.set(row, best == 0 || abs(best) < threshold ? 0 : best > 0 ? 1 : -1, knownAt: end)
            draft.numbers[0][row] = best
            draft.numbers[1][row] = Double(window)
            draft.numbers[2][row] = Double(row + window - 1)
        }
        return draft
    }

    private static func zigZagSwing(_ request: LabelRequest) throws -> LabelDraft {
        let prices = request.prices
        let zigZag = try zigZag(request)
        var draft = LabelDraft(rows: prices.count, sides: 3)
        var next = 0
        for row in 0..<prices.count {
            guard prices.close[row] > 0 else {
                draft.set(row, .nan, knownAt: row)
                continue
            }
            while next < zigZag.swings.count, zigZag.swings[next].row <= row { next += 1 }
            guard next < zigZag.swings.count else { continue }
            let swing = zigZag.swings[next]
            draft.set(row, swing.isHigh ? 1 : -1, knownAt: swing.confirmed)
            draft.numbers[0][row] = Double(swing.row - row)
            draft.numbers[1][row] = swing.price / prices.close[row] - 1
            draft.numbers[2][row] = Double(swing.row)
        }
        return draft
    }

    private static func willSwing(_ request: LabelRequest) throws -> LabelDraft {
        guard let kind: SwingKind = try request.parameters.choice("swing") else {
            throw request.parameters.refusal("swing", "is missing")
        }
        let windows = try request.pathWindows()
        let zigZag = try zigZag(request)
        let wanted = zigZag.swings.filter { $0.isHigh == (kind == .high) }
        var draft = LabelDraft(rows: request.count)
        var next = 0, settled = 0
        for row in 0..<request.count {
            if windows.isEmpty(row) {
                draft.set(row, .nan, knownAt: windows.knownAt[row])
                continue
            }
            while next < wanted.count, wanted[next].row <= row { next += 1 }
            if next < wanted.count, wanted[next].row <= windows.last[row] {
                draft.set(row, 1, knownAt: wanted[next].confirmed)
                continue
            }
            guard windows.isComplete(row) else { continue }
            settled = max(settled, windows.knownAt[row])
            while settled < request.count, zigZag.open[settled] <= windows.last[row] { settled += 1 }
            if settled < request.count { draft.set(row, 0, knownAt: settled) }
        }
        return draft
    }

    private static func zigZag(_ request: LabelRequest) throws -> ZigZag {
        ZigZag(
            request.prices, reversal: request.parameters.double("reversal") ?? .nan,
            path: try request.parameters.choice("path", or: .highLow))
    }
}
