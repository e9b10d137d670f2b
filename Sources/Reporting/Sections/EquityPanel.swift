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
        // Each curve keeps its own extremes; the tool tip shows exact values at the points of the equity curve.
        let axis = TimeAxis(bars.map(\.timestamp))
        let top = equityPlot(model, Curve(equity), wealth.map { Curve($0) }, axis)
        let bottom = drawdownPlot(Curve(drawdown), axis)
        let kept = Thinning.indices(equity)
        var hover = HoverData(xs: Curve(equity).xs, labels: kept.map { model.label(bars[$0].timestamp) })
        hover.series.append(("Equity", "money", kept.map { equity[$0] }))
        if let wealth { hover.series.append((model.benchmark?.name ?? "", "money", kept.map { wealth[$0] })) }
        hover.series.append(("Drawdown", "percent", kept.map { drawdown[$0] }))
        let legend: HTML? = wealth == nil ? nil : """
            <div class="legend"><span class="key strategy">Strategy</span>\
            <span class="key bench">\(model.benchmark?.name ?? ""), buy and hold</span></div>
            """
        let note = "account value after each bar, net of all costs"
        return Panel.section(
            "Equity", note: note, wide: true,
            "\(legend)<div class=\"hovers\">\(top)<h3>Drawdown</h3>\(bottom)\(hover.html)</div>")
    }

    private static func equityPlot(
        _ model: TearSheetModel, _ equity: Curve, _ wealth: Curve?, _ axis: TimeAxis
    ) -> HTML {
        let scale = Scale(equity.values + (wealth?.values ?? []) + [model.initialCash])
        var plot = Plot(
            title: "Equity over time",
            description: "Account value from \(Format.money(equity.values.first)) to \(Format.money(equity.values.last)); "
                + "lowest \(Format.money(equity.values.min())), highest \(Format.money(equity.values.max())).")
        plot.height = "19rem"
        plot.addTimeGrid(axis, labels: false)
        plot.addGrid(scale) { Format.compact($0, largest: max(abs(scale.low), abs(scale.high)), step: scale.step) }
        plot.marks += HTML(trusted: "<path class=\"base\" d=\"M0 \(Plot.y(scale.position(model.initialCash)))H1000\" />")
        if let wealth { plot.addLine(wealth.xs, wealth.values, scale, style: "bench") }
        plot.addLine(equity.xs, equity.values, scale, style: "strategy")
        return plot.html
    }

    private static func drawdownPlot(_ drawdown: Curve, _ axis: TimeAxis) -> HTML {
        let scale = Scale(drawdown.values, including: [0], count: 4)
        var plot = Plot(
            title: "Drawdown over time",
            description: "Distance of the equity below its high-water mark; deepest \(Format.percent(drawdown.values.min())).")
        plot.height = "8rem"
        plot.addTimeGrid(axis, labels: true)
        plot.addGrid(scale) { Format.axisPercent($0, step: scale.step) }
        plot.addLine(drawdown.xs, drawdown.values, scale, style: "down", area: 0)
        return plot.html
    }
}
