import Contracts
import Primitives
import Statistics

/// Distribution of results and excursions.
enum TradeCharts {
    static let dotLimit = 800

    static func distribution(_ model: TearSheetModel) -> HTML {
        let returns = model.result.trades.map(\.pnlPercent)
        guard let (low, high) = limits(returns), let histogram = Distribution.histogram(returns, bins: bins(returns.count), range: low...high)
        else { return Panel.section("Trade returns", Panel.empty("The run has no closed trades.")) }
        let highest = histogram.counts.max() ?? 0
        let scale = Scale(histogram.counts.map(Double.init), including: [0], count: 4)
        let horizontal = Scale([low, high], including: [low, high], count: 6)
        var plot = Plot(
            title: "Distribution of trade returns",
            description: "\(returns.count) trades in \(histogram.counts.count) bins from \(Format.percent(low)) to \(Format.percent(high)); the fullest has \(highest).")
        plot.yLabelWidth = "2.6rem"
        plot.addGrid(scale) { Format.fixed($0, Format.decimals(for: scale.step)) }
        for tick in horizontal.ticks {
            plot.xLabels.append(.init(position: horizontal.position(tick), label: Format.axisPercent(tick, step: horizontal.step)))
        }
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            let (left, right) = (histogram.edges[index], histogram.edges[index + 1])
            let tip = "\(Format.percent(left)) to \(Format.percent(right)): \(count) \(count == 1 ? "trade" : "trades")"
            let style = (left + right) / 2 < 0 ? "bar n" : "bar p"
            plot.addBar(
                from: horizontal.position(left), to: horizontal.position(right), 0, scale.position(Double(count)), style: style, tip: tip)
        }
        let mean = Distribution.mean(returns)
        if let mean { plot.marks += HTML(trusted: "<path class=\"mean\" d=\"M\(Plot.x(horizontal.position(mean))) 0V100\" />") }
        let note = "net, of entry notional; dashed: mean \(Format.percent(mean))"
        return Panel.section("Trade returns", note: note, plot.html)
    }

    /// Bin edges that include 0, so that no bin holds both wins and losses.
    private static func limits(_ returns: [Double]) -> (Double, Double)? {
        guard let least = returns.min(), let most = returns.max(), least.isFinite, most.isFinite else { return nil }
        let low = min(least, 0)
        let high = max(most, 0)
        if low == high { return (-0.01, 0.01) }
        let count = Double(bins(returns.count))
        // As many whole bins below 0 as the losses need; the width is the one that lets both sides fit.
        let below = low < 0 ? min(max((-low / (high - low) * count).rounded(), 1), high > 0 ? count - 1 : count) : 0
        let above = count - below
        let width = max(below > 0 ? -low / below : 0, above > 0 ? high / above : 0)
        return (-width * below, width * above)
    }

    private static func bins(_ count: Int) -> Int { count < 20 ? 11 : (count < 200 ? 25 : 41) }

    static func excursions(_ model: TearSheetModel) -> HTML {
        let trades = chosen(model.result.trades)
        guard !trades.isEmpty else { return Panel.section("MFE and MAE", Panel.empty("The run has no closed trades.")) }
        let x = Scale(trades.map { -$0.mae }, including: [0], count: 5)
        let y = Scale(trades.map(\.mfe), including: [0], count: 5)
        var plot = Plot(
            title: "Maximum favourable against maximum adverse excursion",
            description: "\(trades.count) trades; to the right: how far a trade went against the position, up: how far it went with it.")
        plot.addGrid(y) { Format.axisPercent($0, step: y.step) }
        for tick in x.ticks {
            plot.marks += HTML(trusted: "<path class=\"grid\" d=\"M\(Plot.x(x.position(tick))) 0V100\" />")
            plot.xLabels.append(
                .init(position: x.position(tick), label: Format.axisPercent(-tick, step: x.step)))
        }
        for trade in trades {
            let side = trade.quantity < 0 ? "short" : "long"
            let tip =
                "\(trade.asset), \(side), \(model.label(trade.exitTime)): \(Format.percent(trade.pnlPercent, 2, signed: true)), "
                + "MFE \(Format.percent(trade.mfe)), MAE \(Format.percent(trade.mae)), \(trade.exitReason.rawValue)"
            plot.addDot(x.position(-trade.mae), y.position(trade.mfe), style: trade.pnl > 0 ? "p" : "n", tip: tip)
        }
        let legend: HTML =
            "<div class=\"legend\"><span class=\"key dotp\">winner</span><span class=\"key dotn\">loser</span><span>across: MAE, up: MFE</span></div>"
        let total = model.result.trades.count
        let note = trades.count < total ? "\(trades.count) of \(Format.fixed(Double(total), 0)) trades, evenly chosen" : "of entry price"
        return Panel.section("MFE and MAE", note: note, "\(legend)\(plot.html)")
    }

    /// All trades, or every k-th and the extremes.
    private static func chosen(_ trades: [TradeRecord]) -> [TradeRecord] {
        guard trades.count > dotLimit else { return trades }
        var indices = Set((0..<dotLimit).map { $0 * trades.count / dotLimit })
        for key in [\TradeRecord.mfe, \TradeRecord.mae, \TradeRecord.pnlPercent] {
            let order = trades.indices
            if let low = order.min(by: { trades[$0][keyPath: key] < trades[$1][keyPath: key] }) { indices.insert(low) }
            if let high = order.max(by: { trades[$0][keyPath: key] < trades[$1][keyPath: key] }) { indices.insert(high) }
        }
        return indices.sorted().map { trades[$0] }
    }
}
