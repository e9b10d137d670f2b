import Contracts
import Primitives

/// The last trades, newest first.
enum TradeTable {
    static let rows = 50

    static func html(_ model: TearSheetModel) -> HTML {
        let trades = model.result.trades
        guard !trades.isEmpty else { return Panel.section("Trades", wide: true, Panel.empty("The run has no closed trades.")) }
        let head = Panel.head(
            [
                "Asset", "Side", "Entry", "Exit", "Quantity", "Entry price", "Exit price", "Net P&L", "Return", "Bars", "Costs",
                "MFE", "MAE", "Exit reason",
            ],
            textColumns: 4)
        let shown = trades.suffix(rows).reversed().map { row($0, model) }
        let count = Format.fixed(Double(trades.count), 0)
        let note = trades.count > rows ? "latest \(rows) of \(count); all are in trades.parquet" : "latest first"
        return Panel.section(
            "Trades", note: note, wide: true, Panel.table(head: head, rows: Array(shown), style: "tall", label: "Trades"))
    }

    private static func row(_ trade: TradeRecord, _ model: TearSheetModel) -> HTML {
        let side: HTML = trade.quantity < 0 ? "<td class=\"l\">short</td>" : "<td class=\"l\">long</td>"
        let quantity = Format.fixed(trade.units, trade.units == trade.units.rounded() ? 0 : 4)
        return """
            <td class="l">\(trade.asset)</td>\(side)<td class="l">\(model.label(trade.entryTime))</td>\
            <td class="l">\(model.label(trade.exitTime))</td><td>\(quantity)</td>\
            <td>\(Format.price(trade.entryPrice))</td><td>\(Format.price(trade.exitPrice))</td>\
            \(Panel.signed(Format.fixed(trade.pnl, 2, signed: true), trade.pnl))\
            \(Panel.signed(Format.percent(trade.pnlPercent, 2, signed: true), trade.pnlPercent))\
            <td>\(Int(trade.barsHeld))</td><td>\(Format.fixed(trade.commission + trade.slippage, 2))</td>\
            <td>\(Format.percent(trade.mfe))</td><td>\(Format.percent(trade.mae))</td><td>\(words(trade.exitReason))</td>
            """
    }

    private static func words(_ reason: ExitReason) -> String { String(reason.rawValue.map { $0 == "_" ? " " : $0 }) }
}
