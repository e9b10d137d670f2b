import Contracts
import Lake
import Market
import OrderFlow
import Pipeline
import Primitives

extension Command {
    static let deriveFile = Command(
        name: "file",
        summary: "Derive bars, footprint, CVD and big trades from one DBN file.",
        discussion: """
            Reads the trades of a .dbn or .dbn.zst file (trades, mbo, mbp-1, tbbo ...), or of a canonical trades .parquet, in \
            file order, in one pass and in bounded memory, and writes bars.parquet, footprint.parquet, cvd.parquet and \
            big_trades.parquet. Open and close of a bar come from the first and last trade by (event time, file order). With \
            several --interval options the bars are named bars_1m.parquet and so on. Bars of --alternative-bars go to \
            bars_tick_1000.parquet and so on, the details of --flow-interval 1m to flow_1m.parquet.
            """,
        examples: [
            .init(
                "apus derive file ES.trades.dbn.zst --session FULL --interval 1m --out tables", "one-minute tables of every trade"
            ),
            .init(
                "apus derive file ES.trades.dbn.zst --session RTH --interval 5m --big-trade fixed:50 --out tables",
                "regular hours only"),
        ],
        options: derivationOptions(of: "bar", "1m") + [
            .value("footprint-interval", "LENGTH", "length of footprint buckets", default: "1m"),
            .value("cvd-interval", "LENGTH", "length of CVD buckets", default: "1m"),
            .value(
                "big-trade", "RULE",
                "fixed:SIZE, percentile:FRACTION:WINDOW or zscore:SCORE:WINDOW; may be repeated (fixed:50 where absent)",
                repeats: true),
            .value(
                "alternative-bars", "RULE",
                "bars that trades close, such as tick:1000, volume:5000, dollar:1e6, volume_imbalance:5000, tick_runs:100; "
                    + "may be repeated", repeats: true),
            .value(
                "flow-interval", "LENGTH", "also details of bars of this length: delta's run, sizes, value area, imbalances"),
            .value("tick-size", "PRICE", "smallest price step, for the imbalances; from each bar's own prices where absent"),
            .flag("bars-only", "write no footprint, CVD and big trades"),
        ],
        arguments: [.init("FILE", "a DBN file")]
    ) { context in
        let file = context.arguments.argument("FILE")
        let request = try flowRequest(context, file: file)
        log(file, request.calendar, request.session, request.barIntervals, context)
        let output = try FileDerivation.run(
            file: file, request: request, folder: WorkspaceRoot.absolute(context.arguments.string("out")))
        try show(output, context)
    }

    static func show(_ output: FlowOutput, _ context: CommandContext) throws {
        try context.emit(json: output.json) {
            var table = TextTable([.left("table"), .right("rows"), .right("bytes"), .left("sha256")])
            for summary in output.files {
                table.add([summary.path, "\(summary.rows)", "\(summary.bytes)", summary.digest.short])
            }
            try context.print(table)
            let statistics = output.statistics
            try context.print(
                "\(statistics.aggregated) of \(statistics.records) records aggregated, \(statistics.filtered) outside the session"
            )
        }
    }

    /// What every derivation from one file can be told.
    /// - Parameters:
    ///   - rows: what has a length.
    ///   - length: that of the rows where none is given.
    static func derivationOptions(of rows: String, _ length: String) -> [Option] {
        [
            .value("session", "RTH|FULL", "which hours count", default: "FULL", choices: SessionKind.allCases.map(\.rawValue)),
            .value(
                "interval", "LENGTH",
                "\(rows) length from 1s to 1d, a divisor of a day; may be repeated (\(length) where absent)", repeats: true),
            .value(
                "calendar", "NAME", "session calendar; derived from the file's dataset where absent",
                choices: SessionCalendars.names),
            .value("out", "DIR", "folder for the Parquet files", required: true),
        ]
    }

    static func log(
        _ file: String, _ calendar: String, _ session: SessionKind, _ intervals: [BarInterval], _ context: CommandContext
    ) {
        context.log.debug(
            "derive",
            [
                "file": .string(file), "calendar": .string(calendar), "session": .string(session.rawValue),
                "intervals": .array(intervals.map { .string("\($0)") }),
            ])
    }

    static func interval(_ option: String, _ text: String, path: [String]) throws -> BarInterval {
        if let interval = BarInterval(text) { return interval }
        throw UsageError(
            kind: .invalidValue(name: "--" + option, value: text, expected: "1s to 1d, a divisor of a day"), path: path)
    }

    private static func flowRequest(_ context: CommandContext, file: String) throws -> FlowRequest {
        func interval(_ option: String, _ text: String) throws -> BarInterval {
            try Self.interval(option, text, path: context.arguments.path)
        }
        let intervals = context.arguments.strings("interval")
        let barsOnly = context.arguments.flag("bars-only"), rules = context.arguments.strings("big-trade")
        return FlowRequest(
            calendar: try calendar(context, file: file),
            session: SessionKind(rawValue: context.arguments.string("session")) ?? .full,
            barIntervals: try (intervals.isEmpty ? ["1m"] : intervals).map { try interval("interval", $0) },
            footprintInterval: barsOnly
                ? nil : try interval("footprint-interval", context.arguments.string("footprint-interval")),
            cvdInterval: barsOnly ? nil : try interval("cvd-interval", context.arguments.string("cvd-interval")),
            bigTradeRules: barsOnly ? [] : rules.isEmpty ? [.fixed(size: 50)] : try rules.map(bigTradeRule),
            tradeBars: try context.arguments.strings("alternative-bars").map(tradeBarRule),
            flowInterval: try context.arguments.optionalString("flow-interval").map { try interval("flow-interval", $0) },
            otherTickSize: try context.arguments.optionalString("tick-size").map(tickSize))
    }

    static func calendar(_ context: CommandContext, file: String) throws -> String {
        if let named = context.arguments.optionalString("calendar") { return named }
        if file.hasSuffix(".parquet") { throw UsageError(kind: .missingOption("--calendar"), path: context.arguments.path) }
        let dataset = try FileDerivation.dataset(of: file)
        guard let calendar = FileDerivation.calendar(forDataset: dataset) else {
            throw ApusError(
                "derive.calendar", "no calendar is known for the file's dataset; name one with --calendar",
                context: ["file": file, "dataset": dataset])
        }
        return calendar
    }

    /// In 1e-9 of the currency.
    private static func tickSize(_ text: String) throws -> Int64 {
        if let size = Double(text), size >= 1e-9, size <= 1e6 { return Int64((size * 1e9).rounded()) }
        throw UsageError(
            kind: .invalidValue(name: "--tick-size", value: text, expected: "a price step from 1e-9 to 1e6, such as 0.25"),
            path: ["apus", "derive", "file"])
    }

    private static func tradeBarRule(_ text: String) throws -> TradeBarRule {
        if let rule = TradeBarRule(text) { return rule }
        let kinds = TradeBarRule.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError(
            kind: .invalidValue(
                name: "--alternative-bars", value: text, expected: "RULE:SIZE with a size from 1 to 1e15 and one of \(kinds)"),
            path: ["apus", "derive", "file"])
    }

    private static func bigTradeRule(_ text: String) throws -> BigTradeRule {
        let parts = text.split(separator: ":").map(String.init)
        switch (parts.first, parts.count) {
        case ("fixed", 2): if let size = UInt32(parts[1]), size > 0 { return .fixed(size: size) }
        case ("percentile", 3):
            if let fraction = Double(parts[1]), let window = Int(parts[2]) {
                return .percentile(fraction: fraction, window: window)
            }
        case ("zscore", 3):
            if let score = Double(parts[1]), let window = Int(parts[2]) { return .zScore(score: score, window: window) }
        default: break
        }
        throw UsageError(
            kind: .invalidValue(
                name: "--big-trade", value: text, expected: "fixed:SIZE, percentile:FRACTION:WINDOW or zscore:SCORE:WINDOW"),
            path: ["apus", "derive", "file"])
    }
}

extension FlowOutput {
    var json: JSONValue {
        [
            "files": .array(
                files.map { ["path": .string($0.path), "rows": .int(Int64($0.rows)), "sha256": .string($0.digest.hex)] }),
            "symbols": .array(symbols.map { .string($0) }),
            "records": .int(statistics.records), "aggregated": .int(statistics.aggregated), "filtered": .int(statistics.filtered),
            "outside_hours": .int(statistics.outsideHours), "undefined": .int(statistics.undefined),
        ]
    }
}
