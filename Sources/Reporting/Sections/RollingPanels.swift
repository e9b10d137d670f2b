import Contracts
import Primitives
import Statistics

/// Rolling Sharpe and volatility of daily returns, and exposure bar by bar.
enum RollingPanels {
    /// Half a year of days where the run is long enough, else a quarter of it, at least ten days.
    static func window(days: Int, periodsPerYear: Double) -> Int {
        min(max(2, Int(periodsPerYear / 2)), max(10, days / 4))
    }

    /// The rolling panels, or the days themselves where they are too few to roll over.
    static func html(_ model: TearSheetModel) -> HTML {
        let days = model.dailyReturns.count
        if let year = model.periodsPerYear, days > window(days: days, periodsPerYear: year) { return sharpe(model) + volatility(model) }
        return daily(model)
    }

    private static func daily(_ model: TearSheetModel) -> HTML {
        let days = model.result.dailyPnL.suffix(120)
        guard !days.isEmpty else { return Panel.section("Daily returns", Panel.empty("The run has no days.")) }
        let scale = Scale(days.map(\.returnPct), including: [0])
        var plot = Plot(title: "Daily returns", description: "\(days.count) days, close to close.")
        plot.addGrid(scale) { Format.axisPercent($0, step: scale.step) }
        let slot = 1 / Double(days.count)
        let width = min(slot * 0.7, 0.12)
        let skip = (days.count + 5) / 6
        for (index, day) in days.enumerated() {
            let middle = (Double(index) + 0.5) * slot
            let tip = "\(day.date): \(Format.percent(day.returnPct, 3, signed: true)), \(Format.money(day.pnl, signed: true))"
            plot.addBar(
                from: middle - width / 2, to: middle + width / 2, scale.position(0), scale.position(day.returnPct),
                style: day.returnPct < 0 ? "bar n" : "bar p", tip: tip)
            if index % skip == 0 { plot.xLabels.append(.init(position: middle, label: day.date.description)) }
        }
        return Panel.section("Daily returns", note: "close to close; too few days for rolling figures", plot.html)
    }

    private static func sharpe(_ model: TearSheetModel) -> HTML {
        rolling(model, "Rolling Sharpe", kind: "ratio", style: "strategy") { window, year in
            Performance.rollingSharpe(
                model.dailyReturns, window: window, riskFreePerPeriod: model.riskFreePerPeriod, periodsPerYear: year)
        }
    }

    private static func volatility(_ model: TearSheetModel) -> HTML {
        rolling(model, "Rolling volatility", kind: "percent", style: "amber") { window, year in
            Performance.rollingVolatility(model.dailyReturns, window: window, periodsPerYear: year)
        }
    }

    private static func rolling(
        _ model: TearSheetModel, _ title: String, kind: String, style: String, _ statistic: (Int, Double) -> [Double?]
    ) -> HTML {
        guard let year = model.periodsPerYear else { return "" }
        let window = window(days: model.dailyReturns.count, periodsPerYear: year)
        let values = statistic(window, year).map { $0 ?? .nan }
        let curve = Curve(values)
        let scale = Scale(curve.values, including: [0])
        var plot = Plot(title: title, description: "Over windows of \(window) days, annualised.")
        plot.addTimeGrid(TimeAxis(model.dates.map { UnixNanos($0) }), labels: true)
        plot.addGrid(scale) {
            kind == "percent"
                ? Format.axisPercent($0, step: scale.step) : Format.fixed($0, Format.decimals(for: scale.step))
        }
        plot.addLine(curve.xs, curve.values, scale, style: style)
        var hover = HoverData(xs: curve.xs, labels: curve.kept.map { model.dates[$0].description })
        hover.series = [(title, kind, curve.values)]
        return Panel.section(title, note: "\(window) days, annualised", "<div class=\"hovers\">\(plot.html)\(hover.html)</div>")
    }

    static func exposure(_ model: TearSheetModel) -> HTML {
        let bars = model.result.equity
        guard !bars.isEmpty else { return Panel.section("Exposure", Panel.empty("The run has no bars.")) }
        let curve = Curve(bars.map(\.netExposure))
        let shown = curve.values
        let scale = Scale(shown, including: [0])
        var plot = Plot(
            title: "Net exposure over time",
            description: "From \(Format.percent(shown.min(), 0)) to \(Format.percent(shown.max(), 0)) of equity.")
        plot.addTimeGrid(TimeAxis(bars.map(\.timestamp)), labels: true)
        plot.addGrid(scale) { Format.axisPercent($0, step: scale.step) }
        plot.addLine(curve.xs, shown, scale, style: "hold", area: 0)
        var hover = HoverData(xs: curve.xs, labels: curve.kept.map { model.label(bars[$0].timestamp) })
        hover.series = [("Net exposure", "percent", shown)]
        return Panel.section(
            "Exposure", note: "signed notional / equity", "<div class=\"hovers\">\(plot.html)\(hover.html)</div>")
    }
}
