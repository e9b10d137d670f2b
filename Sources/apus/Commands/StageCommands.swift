import Contracts
import Lake
import Pipeline
import Primitives

extension Command {
    static let ingest = Command(
        name: "ingest", summary: "Take source files into the immutable raw and the standardised canonical store.",
        discussion: """
            Every row of DATASETS is expanded to its files. A file whose bytes are known changes nothing; one that changes \
            history which is already ingested is refused unless its dataset is revisable, and then both states are kept. \
            Stop it at any moment and run it again.
            """,
        examples: [
            .init("apus ingest", "all datasets of the workspace in this folder"),
            .init("apus ingest SP500 VIX --workspace research", "two of them"),
        ],
        options: .workspace, arguments: [.init("DATASET", "dataset ids; all where absent", optional: true, repeats: true)]
    ) { context in try StageRunner.ingest(context, try context.openWorkspace(), only: context.arguments.arguments("DATASET")) }

    static let deriveWorkspace = Command(
        name: "sessions", summary: "Build the tables of the workspace's SESSIONS rows.",
        discussion:
            """
            A session is built anew only where its trades, its parameters or the program changed. `apus derive` alone does \
            the same.
            """,
        examples: [.init("apus derive sessions ES_FULL", "one session")],
        options: .workspace, arguments: [.init("SESSION", "session ids; all where absent", optional: true, repeats: true)]
    ) { context in try StageRunner.derive(context, try context.openWorkspace(), only: context.arguments.arguments("SESSION")) }

    static let run = Command(
        name: "run", summary: "Run the enabled backtests.",
        discussion:
            "A run's id carries the digest of all that decides it; a run that is there already is verified and not repeated.",
        examples: [
            .init("apus run", "every enabled row of BACKTESTS"),
            .init("apus run SPX_MOMENTUM_DAILY --json", "one, with all metrics for another program"),
        ],
        options: .workspace,
        arguments: [.init("BACKTEST", "backtest ids; all enabled ones where absent", optional: true, repeats: true)]
    ) { context in try StageRunner.run(context, try context.openWorkspace(), only: context.arguments.arguments("BACKTEST")) }

    static let report = Command(
        name: "report", summary: "Write tear sheets: one self-contained HTML file a run.",
        discussion: "Without a folder: a tear sheet beside every run that REPORTING names, and an index of them.",
        examples: [
            .init("apus report", "all reports of the workspace in this folder"),
            .init("apus report data/runs/X-0123456789ab/20181231T210000Z --out x.html", "any result folder"),
        ],
        options: .workspace + [.value("out", "FILE", "where the tear sheet of RUN goes")],
        arguments: [.init("RUN", "a result folder", optional: true)]
    ) { context in
        guard let folder = context.arguments.optionalArgument("RUN") else {
            return try StageRunner.report(context, try context.openWorkspace())
        }
        let outcome = try ReportStage.write(
            folder: WorkspaceRoot.absolute(folder), output: context.arguments.optionalString("out").map(WorkspaceRoot.absolute))
        try context.emit(json: ["report": .string(outcome.path), "run_id": .string(outcome.runID)]) {
            try context.print(outcome.path)
        }
    }

    static let runbook = Command(
        name: "runbook", summary: "Carry out the commands that the RUNBOOK sheet lists, in order.",
        examples: [.init("apus runbook --workspace research", "check, ingest, derive, run, report")],
        options: .workspace
    ) { context in try RunbookRunner.run(context, root: WorkspaceRoot.absolute(context.arguments.string("workspace"))) }
}

/// The stages as commands and the runbook run them.
enum StageRunner {
    static func ingest(_ context: CommandContext, _ workspace: Workspace, only: [String] = []) throws {
        let lock = try WorkspaceLock(workspace)
        defer { withExtendedLifetime(lock) {} }
        let stage = IngestStage(workspace, registry: try workspace.registry())
        let progress = context.progress("ingest")
        let outcomes = try stage.run(only: only) { _ in progress.advance() }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "dataset_id": .string(outcome.datasetID), "source": .string(outcome.source),
                "action": .string(outcome.action.rawValue),
                "rows": .int(Int64(outcome.rows)), "sha256": .string(outcome.digest.hex),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([.left("dataset"), .left("file"), .left("action"), .right("rows"), .left("sha256")])
            for outcome in outcomes {
                let name = outcome.source.split(separator: "/").last.map(String.init) ?? outcome.source
                table.add([outcome.datasetID, name, outcome.action.rawValue, "\(outcome.rows)", outcome.digest.short])
            }
            try context.print(table)
        }
    }

    static func derive(_ context: CommandContext, _ workspace: Workspace, only: [String] = []) throws {
        let lock = try WorkspaceLock(workspace)
        defer { withExtendedLifetime(lock) {} }
        let stage = DeriveStage(workspace, registry: try workspace.registry())
        let progress = context.progress("derive")
        let outcomes = try stage.run(only: only) { _ in progress.advance() }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "session_id": .string(outcome.sessionID), "built": .bool(outcome.wasBuilt), "folder": .string(outcome.folder),
                "tables": .array(
                    outcome.tables.map {
                        ["name": .string($0.name), "rows": .int(Int64($0.rows)), "sha256": .string($0.digest.hex)]
                    }),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([.left("session"), .left("table"), .left("action"), .right("rows"), .left("sha256")])
            for outcome in outcomes {
                for entry in outcome.tables {
                    table.add([
                        outcome.sessionID, entry.name, outcome.wasBuilt ? "built" : "up to date", "\(entry.rows)",
                        entry.digest.short,
                    ])
                }
            }
            try context.print(table)
        }
    }

    static func run(_ context: CommandContext, _ workspace: Workspace, only: [String] = []) throws {
        let lock = try WorkspaceLock(workspace)
        defer { withExtendedLifetime(lock) {} }
        let stage = RunStage(workspace, registry: try workspace.registry())
        let progress = context.progress("run")
        let outcomes = try stage.run(only: only) { _ in progress.advance() }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "backtest_id": .string(outcome.backtestID), "run_id": .string(outcome.runID), "folder": .string(outcome.folder),
                "ran": .bool(outcome.wasRun), "metrics": .object(outcome.metrics),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([
                .left("backtest"), .left("run"), .left("action"), .right("trades"), .right("final equity"), .right("return"),
                .right("sharpe"),
                .right("max drawdown"),
            ])
            for outcome in outcomes {
                table.add([
                    outcome.backtestID, outcome.runID, outcome.wasRun ? "ran" : "up to date", "\(outcome.trades)",
                    NumberText.fixed(outcome.finalEquity, 2), NumberText.percent(outcome.metrics["total_return"]?.doubleValue),
                    NumberText.fixed(outcome.metrics["sharpe"]?.doubleValue, 2),
                    NumberText.percent(outcome.metrics["max_drawdown"]?.doubleValue),
                ])
            }
            try context.print(table)
        }
    }

    static func report(_ context: CommandContext, _ workspace: Workspace) throws {
        let lock = try WorkspaceLock(workspace)
        defer { withExtendedLifetime(lock) {} }
        let outcomes = try WorkspaceReports(workspace).write()
        try context.emit(
            json: .array(
                outcomes.map { ["run_id": .string($0.runID), "report": .string($0.path), "written": .bool($0.wasWritten)] })
        ) {
            for outcome in outcomes { try context.print("\(outcome.wasWritten ? "wrote" : "up to date") \(outcome.path)") }
        }
    }
}

/// Numbers for tables on a terminal.
enum NumberText {
    /// A fixed number of decimals, `-` for none.
    static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        var digits = String(Int64(scaled))
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return decimals == 0 ? sign + digits : sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
    }

    static func percent(_ value: Double?) -> String { value.map { fixed($0 * 100, 2) + " %" } ?? "-" }
}
