import Contracts
import Primitives
import Statistics

/// The deepest drawdowns of the daily closes.
enum DrawdownTable {
    static func html(_ model: TearSheetModel) -> HTML {
        let days = model.result.dailyPnL
        let worst = Drawdown.worst(8, equity: [model.initialCash] + days.map(\.closeEquity))
        guard !worst.isEmpty else { return Panel.section("Worst drawdowns", Panel.empty("The equity never closed below its high.")) }
        // Index 0 is the capital before the first day.
        func date(_ index: Int) -> String { index == 0 ? "start" : days[index - 1].date.description }
        let rows = worst.enumerated().map { rank, episode -> HTML in
            let recovery = episode.recovery.map { date($0) } ?? "not yet"
            let toTrough = episode.trough - episode.peak
            return """
                <td class="l">\(rank + 1)</td><td class="neg">\(Format.percent(episode.depth))</td><td>\(date(episode.peak))</td>\
                <td>\(date(episode.trough))</td><td>\(recovery)</td><td>\(Format.fixed(Double(toTrough), 0))</td><td>\(Format.fixed(Double(episode.length), 0))</td>
                """
        }
        let head = Panel.head(["", "Depth", "Peak", "Trough", "Recovered", "Days down", "Days total"])
        return Panel.section(
            "Worst drawdowns", note: "daily closes; lengths in days of the run",
            Panel.table(head: head, rows: rows, label: "Worst drawdowns"))
    }
}
