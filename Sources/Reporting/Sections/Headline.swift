import Contracts
import Primitives

/// The numbers that a reader looks for first.
enum Headline {
    static func html(_ model: TearSheetModel) -> HTML {
        let cards = [
            card(model, "total_return", signed: true, colour: true), card(model, "cagr", signed: true, colour: true),
            card(model, "sharpe"), card(model, "sortino"), card(model, "max_drawdown"), card(model, "volatility"),
            card(model, "calmar"), card(model, "win_rate", sub: tradesText(model)),
            card(model, "profit_factor", sub: payoffText(model)),
            card(model, "exposure", sub: turnoverText(model)),
            card(model, "total_pnl", signed: true, colour: true, sub: capital(model)),
            card(model, "total_costs", sub: costText(model)),
        ]
        return "<div class=\"cards\">\(cards.joined())</div>\n"
    }

    private static func card(
        _ model: TearSheetModel, _ key: String, signed: Bool = false, colour: Bool = false, sub: String? = nil
    ) -> HTML {
        guard let entry = MetricCatalogue.entry(key) else { return "" }
        let value = model.metric(key)
        var text = entry.text(model.result.metrics[key])
        if signed, let value, value > 0 { text = "+" + text }
        let tone: HTML = !colour || (value ?? 0) == 0 ? "" : ((value ?? 0) < 0 ? " neg" : " pos")
        let other = model.benchmarkMetrics[key].flatMap { $0.isNull ? nil : entry.text($0) }
        let below = sub ?? other.map { "\(model.benchmark?.name ?? ""): \($0)" } ?? ""
        return """
            <div class="card"><div class="k">\(Panel.term(entry.label, entry.definition))</div>\
            <div class="v\(tone)">\(text)</div>\
            <div class="s">\(below)</div></div>
            """
    }

    private static func tradesText(_ model: TearSheetModel) -> String {
        let count = Int(model.metric("num_trades") ?? 0)
        let positions = Int(model.metric("num_positions") ?? 0)
        let trades = "\(Format.fixed(Double(count), 0)) \(count == 1 ? "trade" : "trades")"
        return positions == count ? trades : trades + " in \(Format.fixed(Double(positions), 0)) positions"
    }

    private static func payoffText(_ model: TearSheetModel) -> String {
        model.metric("payoff_ratio").map { "average win / loss \(Format.fixed($0, 2))" } ?? ""
    }

    private static func turnoverText(_ model: TearSheetModel) -> String {
        model.metric("turnover").map { "turnover \(Format.fixed($0, 1))\u{00D7} a year" } ?? ""
    }

    private static func capital(_ model: TearSheetModel) -> String { "on \(Format.money(model.initialCash))" }

    private static func costText(_ model: TearSheetModel) -> String {
        model.metric("cost_bps_of_notional").map { "\(Format.fixed($0, 2)) bp of notional" } ?? ""
    }
}
