public import Contracts
public import Primitives

/// One self-contained HTML page about one run: no network, no fonts, no files beside it.
///
/// The markup is well-formed XML too. The same input gives the same bytes. Curves are thinned to 2,000 points that keep every
/// extreme, so that the page of a million bars is as small as that of five thousand.
public enum TearSheet {
    /// - Parameters:
    ///   - result: a finished backtest; `metrics` as `BacktestMetrics.compute` makes it. No trades and no bars are fine.
    ///   - title: the run's or strategy's name; any text.
    ///   - benchmark: shown as buy and hold of the initial capital.
    ///   - manifest: run_manifest.json, or null.
    ///   - doctor: what `Doctor` found; nil leaves the panel out.
    public static func html(
        result: BacktestResult, title: String, benchmark: Benchmark? = nil, manifest: JSONValue = .null,
        doctor: DoctorReport? = nil
    ) -> String {
        let model = TearSheetModel(result, benchmark: benchmark)
        let body: HTML = """
            \(header(model, title: title, manifest: manifest))<main>
            \(Headline.html(model))<div class="grid">
            \(doctor.map(DoctorPanel.html))\
            \(EquityPanel.html(model))\(ReturnPanels.monthly(model))\(ReturnPanels.yearly(model))\(RollingPanels.html(model))\
            \(RollingPanels.exposure(model))\(TradeCharts.distribution(model))\
            \(TradeCharts.excursions(model))\(DrawdownTable.html(model))\(CostTable.html(model))\(MetricTables.html(model))\
            \(TradeTable.html(model))\(ConfigurationPanel.html(model, manifest: manifest))</div>
            </main>
            \(footer(model))
            """
        return Page.html(title: title, body: body)
    }

    private static func header(_ model: TearSheetModel, title: String, manifest: JSONValue) -> HTML {
        var facts: [String] = []
        if let first = model.dates.first, let last = model.dates.last { facts.append("\(first) to \(last)") }
        facts.append("\(Format.fixed(Double(model.result.equity.count), 0)) bars")
        if model.isIntraday { facts.append("\(Format.fixed(Double(model.dates.count), 0)) days") }
        facts.append("\(Format.fixed(Double(model.result.trades.count), 0)) trades")
        var chips = digests(manifest).map { name, digest in
            "<span class=\"chip\">\(name) <code tabindex=\"0\" data-tip=\"sha256 \(digest.hex)\">\(digest.short)</code></span>"
                as HTML
        }
        if let version = manifest["code"]?["version"]?.stringValue {
            chips.append("<span class=\"chip\">code <code>\(version)</code></span>")
        }
        return """
            <header><div><h1>\(title)</h1><p>\(facts.joined(separator: " \u{00B7} "))</p>\
            <p class="chips">\(chips.joined())</p></div>\
            \(Page.themeButton)</header>

            """
    }

    /// The digests that the manifest names at its top level, bare or as the `sha256` of a member.
    private static func digests(_ manifest: JSONValue) -> [(String, Digest)] {
        let members = manifest.objectValue ?? [:]
        return members.keys.sorted().compactMap { key in
            let text = members[key]?.stringValue ?? members[key]?["sha256"]?.stringValue
            return text.flatMap { Digest(hex: $0) }.map { (String(key.map { $0 == "_" ? " " : $0 }), $0) }
        }
    }

    private static func footer(_ model: TearSheetModel) -> HTML {
        var notes = [
            "All results are net of commission, fees, spread and slippage.", "Times are UTC; a bar is labelled by its open.",
        ]
        if let year = model.periodsPerYear {
            let rate = model.result.metrics["risk_free_rate"]?.doubleValue ?? 0
            notes.append(
                "Ratios use daily returns, \(Format.fixed(year, year == year.rounded() ? 0 : 2)) periods per year "
                    + "and a risk-free rate of \(Format.percent(rate))."
            )
        }
        notes.append("\(Format.undefined) marks what is not defined, such as a profit factor without a loss.")
        return "<footer>\(notes.joined(separator: " "))</footer>\n"
    }
}
