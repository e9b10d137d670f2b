import Contracts
import Primitives
import Statistics

/// Rolling Sharpe and volatility of daily returns, and exposure bar by bar.
enum RollingPanels {
    /// Half a year of days where the run is long enough, else a quarter of it, at least ten days.
    static func window(days: Int, periodsPerYear: Double) -> Int {
        min(max(2, Int(periodsPerYear / 2)), max(10, days / 4))
    }

    static func sharpe(_ model: TearSheetModel) -> HTML {
        rolling(model, "Rolling Sharpe", kind: "ratio", style: "strategy") { window, year in
            Performance.rollingSharpe(
                model.dailyReturns, window: window, riskFreePerPeriod: model.riskFreePerPeriod, periodsPerYear: year)
        }
    }

    static func volatility(_ model: TearSheetModel) -> HTML {
        rolling(model, "Rolling volatility", kind: "percent", style: "amber") { window, year in
            Performance.rollingVolatility(model.dailyReturns, window: window, periodsPerYear: year)
        }
    }

    private static func rolling(
        _ model: TearSheetModel, _ title: String, kind: String, style: String, _ statistic: (Int, Double) -> [Double?]
    ) -> HTML {
        guard let year = model.periodsPerYear else {
            return Panel.section(title, Panel.empty("metrics.json does not say how many periods a year has."))
        }
        let window = window(days: model.dailyReturns.count, periodsPerYear: year)
        guard model.dailyReturns.count > window else {
            return Panel.section(title, Panel.empty("Needs more than \(window) days of returns; the run has \(model.dailyReturns.count)."))
        }
        let values = statistic(window, year).map { $0 ?? .nan }
        let kept = Thinning.indices([values])
        let shown = kept.map { values[$0] }
        let xs = kept.map { Double($0) / Double(values.count - 1) }
        let scale = Scale(shown, including: [0])
        var plot = Plot(title: title, description: "Over windows of \(window) days, annualised.")
        plot.addTimeGrid(TimeAxis(model.dates.map { UnixNanos($0) }), labels: true)
        plot.addGrid(scale) {
            kind == "percent"
                ? Format.percent($0, Format.decimals(for: scale.step * 100)) : Format.fixed($0, Format.decimals(for: scale.step))
        }
        plot.addLine(xs, shown, scale, style: style)
        var hover = HoverData(xs: xs, labels: kept.map { model.dates[$0].description })
        hover.series = [(title, kind, shown)]
        return Panel.section(title, note: "\(window) days, annualised", "<div class=\"hovers\">\(plot.html)\(hover.html)</div>")
    }

    static func exposure(_ model: TearSheetModel) -> HTML {
        let bars = model.result.equity
        guard !bars.isEmpty else { return Panel.section("Exposure", Panel.empty("The run has no bars.")) }
        let values = bars.map(\.netExposure)
        let kept = Thinning.indices([values])
        let xs = kept.map { bars.count > 1 ? Double($0) / Double(bars.count - 1) : 0.5 }
        let shown = kept.map { values[$0] }
        let scale = Scale(shown, including: [0])
        var plot = Plot(
            title: "Net exposure over time",
            description: "From \(Format.percent(shown.min(), 0)) to \(Format.percent(shown.max(), 0)) of equity.")
        plot.addTimeGrid(TimeAxis(bars.map(\.timestamp)), labels: true)
        plot.addGrid(scale) { Format.percent($0, Format.decimals(for: scale.step * 100)) }
        plot.addLine(xs, shown, scale, style: "hold", area: 0)
        var hover = HoverData(xs: xs, labels: kept.map { model.label(bars[$0].timestamp) })
        hover.series = [("Net exposure", "percent", shown)]
        return Panel.section(
            "Exposure", note: "signed notional / equity", "<div class=\"hovers\">\(plot.html)\(hover.html)</div>")
    }
}
