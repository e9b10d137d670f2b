import Contracts
import Primitives
import Statistics

/// Equity with the benchmark, and the drawdown below it on the same axis.
enum EquityPanel {
    static func html(_ model: TearSheetModel) -> HTML {
        let bars = model.result.equity
        guard !bars.isEmpty else { return Panel.section("Equity", wide: true, Panel.empty("The run has no bars.")) }
        let equity = bars.map(\.equity)
        let drawdown = bars.map(\.drawdown)
        var wealth: [Double]?
        if let benchmark = model.benchmark {
            let values = benchmark.wealth(on: bars.map(\.timestamp.utcDate), capital: model.initialCash)
            if values.contains(where: \.isFinite) { wealth = values }
        }
        let kept = Thinning.indices([equity, drawdown] + (wealth.map { [$0] } ?? []))
        let xs = kept.map { bars.count > 1 ? Double($0) / Double(bars.count - 1) : 0.5 }
        let axis = TimeAxis(bars.map(\.timestamp))
        let shownWealth = wealth.map { values in kept.map { values[$0] } }

        let top = equityPlot(model, xs, kept.map { equity[$0] }, shownWealth, axis)
        let bottom = drawdownPlot(xs, kept.map { drawdown[$0] }, axis)
        var hover = HoverData(xs: xs, labels: kept.map { model.label(bars[$0].timestamp) })
        hover.series.append(("Equity", "money", kept.map { equity[$0] }))
        if let shownWealth { hover.series.append((model.benchmark?.name ?? "", "money", shownWealth)) }
        hover.series.append(("Drawdown", "percent", kept.map { drawdown[$0] }))
        let legend: HTML =
            wealth == nil
            ? ""
            : "<div class=\"legend\"><span class=\"key strategy\">Strategy</span><span class=\"key bench\">\(model.benchmark?.name ?? ""), buy and hold</span></div>"
        let note = "account value after each bar, net of all costs"
        return Panel.section(
            "Equity", note: note, wide: true,
            "\(legend)<div class=\"hovers\">\(top)<h3>Drawdown</h3>\(bottom)\(hover.html)</div>")
    }

    private static func equityPlot(
        _ model: TearSheetModel, _ xs: [Double], _ equity: [Double], _ wealth: [Double]?, _ axis: TimeAxis
    ) -> HTML {
        let scale = Scale(equity + (wealth ?? []) + [model.initialCash])
        var plot = Plot(
            title: "Equity over time",
            description: "Account value from \(Format.money(equity.first)) to \(Format.money(equity.last)); lowest \(Format.money(equity.min())), highest \(Format.money(equity.max())).")
        plot.height = "19rem"
        plot.addTimeGrid(axis, labels: false)
        plot.addGrid(scale) { Format.compact($0, step: scale.step) }
        plot.marks += HTML(trusted: "<path class=\"base\" d=\"M0 \(Plot.y(scale.position(model.initialCash)))H1000\" />")
        if let wealth { plot.addLine(xs, wealth, scale, style: "bench") }
        plot.addLine(xs, equity, scale, style: "strategy")
        return plot.html
    }

    private static func drawdownPlot(_ xs: [Double], _ drawdown: [Double], _ axis: TimeAxis) -> HTML {
        let scale = Scale(drawdown, including: [0], count: 4)
        var plot = Plot(
            title: "Drawdown over time",
            description: "Distance of the equity below its high-water mark; deepest \(Format.percent(drawdown.min())).")
        plot.height = "8rem"
        plot.addTimeGrid(axis, labels: true)
        plot.addGrid(scale) { Format.percent($0, Format.decimals(for: scale.step * 100)) }
        plot.addLine(xs, drawdown, scale, style: "down", area: 0)
        return plot.html
    }
}
