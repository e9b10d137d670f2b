import Contracts
import Primitives

/// Every figure of metrics.json that has a definition, in four groups.
enum MetricTables {
    static func html(_ model: TearSheetModel) -> HTML {
        let name = model.benchmarkMetrics.isEmpty ? nil : model.benchmark?.name
        let left = group("Return", MetricCatalogue.performance, model, name) + group("Trades", MetricCatalogue.trades, model, nil)
        let right = group("Risk", MetricCatalogue.risk, model, name)
            + group("Activity and costs", MetricCatalogue.activity, model, nil)
        let note = "hover, focus or tap a name for its definition"
        return Panel.section("All figures", note: note, wide: true, "<div class=\"groups\"><div>\(left)</div><div>\(right)</div></div>")
    }

    private static func group(_ title: String, _ entries: [MetricEntry], _ model: TearSheetModel, _ benchmark: String?) -> HTML {
        let rows = entries.map { entry -> HTML in
            let other: HTML? = benchmark.map { _ in
                let value = model.benchmarkMetrics[entry.key]
                let show = value != nil && entry.key != "initial_cash"
                return "<td class=\"muted\">\(show ? entry.text(value, exact: true) : "")</td>"
            }
            return """
                <tr><td class="l">\(Panel.term(entry.label, entry.definition))</td><td>\(entry.text(model.result.metrics[entry.key], exact: true))</td>\(other)</tr>
                """
        }
        let head: HTML = benchmark.map { "<th scope=\"col\">Strategy</th><th scope=\"col\">\($0)</th>" } ?? "<th scope=\"col\"></th>"
        return """
            <table class="figures"><thead><tr><th class="l" scope="col">\(title)</th>\(head)</tr></thead><tbody>\(rows.joined("\n"))</tbody></table>
            """
    }
}
