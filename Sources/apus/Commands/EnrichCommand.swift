import Lake
import Pipeline
import Primitives

extension Command {
    static let enrich = Command(
        name: "enrich", summary: "Add to every trade what signals said at its entry and exit.",
        discussion: """
            For each column of the signals the trades get entry_<column> and exit_<column>: the value of the last signal of the \
            same asset at or before that time, never a later one, and null where there is none. No trade and no column is lost, \
            and the order stays. Times without a zone are UTC; a date counts from its midnight. Where the signals have no \
            column asset or symbol, they hold for every asset.
            """,
        examples: [
            .init(
                "apus enrich data/runs/X-0123456789ab/20181231T210000Z --signals signals.parquet --out enriched.parquet",
                "a result folder, with every column of the signals"),
            .init(
                "apus enrich trades.parquet --signals ml.parquet --columns rsi,score --asset-col ticker --out enriched.parquet",
                "two columns of signals whose assets stand under another name"),
        ],
        options: [
            .value("signals", "FILE", "Parquet file with a time, mostly an asset, and values", required: true),
            .value("columns", "NAMES", "columns of the signals, separated by commas; all where absent"),
            .value("timestamp-col", "NAME", "the signals' column of times", default: "timestamp"),
            .value("asset-col", "NAME", "the signals' column of assets; asset or symbol where absent"),
            .value("out", "FILE", "the Parquet file to write", required: true),
        ],
        arguments: [.init("TRADES", "a result folder, or a file such as its trades.parquet")]
    ) { context in
        let arguments = context.arguments
        let given = WorkspaceRoot.absolute(arguments.argument("TRADES"))
        let trades = Folder.isFolder(given) ? given + "/trades.parquet" : given
        let output = WorkspaceRoot.absolute(arguments.string("out"))
        let columns = try arguments.value("columns", expected: "names separated by commas") { text -> [String]? in
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingSpaces }
            return names.contains("") || Set(names).count < names.count ? nil : names
        }
        let summary = try TradeEnrichment.write(
            trades: trades, signals: WorkspaceRoot.absolute(arguments.string("signals")),
            options: .init(
                columns: columns, timestampColumn: arguments.string("timestamp-col"),
                assetColumn: arguments.optionalString("asset-col")),
            to: output)
        try context.emit(json: [
            "output": .string(output), "sha256": .string(summary.digest.hex), "trades": .int(Int64(summary.trades)),
            "columns": .array(summary.columns.map { .string($0) }), "without_entry": .int(Int64(summary.withoutEntry)),
            "without_exit": .int(Int64(summary.withoutExit)),
        ]) {
            try context.print("Wrote \(summary.trades) trades with \(summary.columns.joined(separator: ", ")) to \(output)")
            if summary.withoutEntry + summary.withoutExit > 0 {
                try context.print(
                    "No signal before \(summary.withoutEntry) entries and \(summary.withoutExit) exits: null there")
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
