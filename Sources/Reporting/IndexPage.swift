public import Primitives

/// One line of the list of runs.
public struct RunSummary: Sendable {
    public var title: String
    /// When it ran, which data, which range: any text.
    public var detail: String
    /// Address of the tear sheet, relative to the index page.
    public var href: String
    public var metrics: [String: JSONValue]
    /// Account values, oldest first.
    public var equity: [Double]

    public init(title: String, detail: String, href: String, metrics: [String: JSONValue], equity: [Double]) {
        self.title = title
        self.detail = detail
        self.href = href
        self.metrics = metrics
        self.equity = equity
    }
}

/// A list of runs with their main figures and a link to each tear sheet.
public enum IndexPage {
    /// - Parameter runs: in the order they are shown.
    public static func html(runs: [RunSummary], title: String = "Runs") -> String {
        let keys = ["total_return", "cagr", "sharpe", "sortino", "max_drawdown", "volatility", "num_trades", "win_rate", "profit_factor"]
        let entries = keys.compactMap { MetricCatalogue.entry($0) }
        let rows = runs.map { run -> HTML in
            let cells = entries.map { entry -> HTML in
                let value = run.metrics[entry.key]
                let text = entry.text(value)
                let coloured = ["total_return", "cagr"].contains(entry.key)
                return coloured ? Panel.signed(text, value?.doubleValue ?? 0) : "<td>\(text)</td>"
            }
            return """
                <td class="l run"><a href="\(safe(run.href))">\(run.title)</a><small>\(run.detail)</small></td>\
                <td class="sparkcell">\(Sparkline.html(run.equity, title: "Equity"))</td>\(cells.joined())
                """
        }
        let names = entries.map { "<th scope=\"col\">\(Panel.term($0.label, $0.definition))</th>" as HTML }.joined()
        let head: HTML = "<th class=\"l\" scope=\"col\">Run</th><th class=\"l\" scope=\"col\">Equity</th>\(names)"
        let content =
            runs.isEmpty ? Panel.empty("There are no runs yet.") : Panel.table(head: head, rows: rows, style: "index", label: "Runs")
        let body: HTML = """
            <header><div><h1>\(title)</h1><p>\(Format.fixed(Double(runs.count), 0)) \(runs.count == 1 ? "run" : "runs")</p></div>\(Page.themeButton)</header>
            <main><div class="grid">\(Panel.section("Results", wide: true, content))</div></main>

            """
        return Page.html(title: title, body: body)
    }

    /// Only a relative address: nothing with a scheme can leave the page.
    private static func safe(_ href: String) -> String {
        let head = href.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return head.contains(":") || href.hasPrefix("//") ? "#" : href
    }
}
