import Contracts
import Primitives

/// From gross to net.
enum CostTable {
    static func html(_ model: TearSheetModel) -> HTML {
        let totals = CostTotals(model.result.fills)
        let net = (model.result.equity.last?.equity ?? model.initialCash) - model.initialCash
        let gross = net + totals.all
        let trades = model.result.trades.count
        func row(_ name: String, _ definition: String, _ value: Double, style: HTML = "") -> HTML {
            let each = trades > 0 ? value / Double(trades) : nil
            let bps = totals.notional > 0 ? value / totals.notional * 10_000 : nil
            let share = gross > 0 ? value / gross : nil
            return """
                <td class="l\(style)">\(Panel.term(name, definition))</td><td>\(Format.fixed(value, 2))</td><td>\(Format.fixed(each, 2))</td>\
                <td>\(Format.fixed(bps, 2))</td><td>\(Format.percent(share, 1))</td>
                """
        }
        let rows = [
            row("Gross P&L", "Net P&L with every cost added back.", gross, style: " strong"),
            row("Spread", "What crossing the bid-ask spread cost against the reference price.", -totals.spread),
            row("Slippage", "What the slippage model cost against the reference price.", -totals.slippage),
            row("Commission and fees", "Broker commission, exchange and regulatory fees.", -totals.commission),
            row("Net P&L", "Final value less initial capital.", net, style: " strong"),
        ]
        let head = Panel.head(["", "Total", "Per trade", "bp of notional", "Of gross"])
        return Panel.section(
            "Costs", note: "account currency, over all fills",
            "\(Panel.table(head: head, rows: rows, label: "Costs"))\(breakEven(gross: gross, totals: totals))")
    }

    private static func breakEven(gross: Double, totals: CostTotals) -> HTML {
        guard totals.notional > 0 else { return "<p class=\"note\">Nothing was traded.</p>" }
        guard gross > 0 else { return "<p class=\"note\">The run loses money before any cost: there is no break-even cost.</p>" }
        let level = Format.fixed(gross / totals.notional * 10_000, 2)
        let multiple: HTML? = totals.all > 0 ? ", \(Format.fixed(gross / totals.all, 2))\u{00D7} what was paid" : nil
        return "<p class=\"note\">Break-even at <strong>\(level) bp</strong> of traded notional\(multiple).</p>"
    }
}
