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
        discussion: """
            A run's id carries the digest of all that decides it; a run that is there already is verified and not repeated. \
            Features that a backtest reads are audited first, as `apus features audit` does, unless they passed with the same \
            data and program; one that uses the future stops the run.
            """,
        examples: [
            .init("apus run", "every enabled row of BACKTESTS"),
            .init("apus run SPX_MOMENTUM_DAILY --json", "one, with all metrics for another program"),
            .init("apus run --schema ml4t-0.2", "result folders that ml4t-backtest 0.2.0 opens itself"),
        ],
        options: .workspace + [
            .resultSchema, .flag("no-audit", "run on features that were not tested for using the future"),
        ],
        arguments: [.init("BACKTEST", "backtest ids; all enabled ones where absent", optional: true, repeats: true)]
    ) { context in
        try StageRunner.run(
            context, try context.openWorkspace(), only: context.arguments.arguments("BACKTEST"), schema: context.resultSchema,
            audits: !context.arguments.flag("no-audit"))
    }

    static let report = Command(
        name: "report", summary: "Write tear sheets: one self-contained HTML file a run.",
        discussion: "Without a folder: a tear sheet beside every run that REPORTING names, and an index of them.",
        examples: [
            .init("apus report", "all reports of the workspace in this folder"),
            .init("apus report SPX_MOMENTUM_DAILY --workspace demo-workspace", "the run of a backtest that ran once"),
            .init("apus report result --out x.html", "any result folder"),
        ],
        options: .workspace + [.value("out", "FILE", "where the tear sheet of RUN goes")],
        arguments: [.init("RUN", "a result folder, or the id of a run or of a backtest that ran once", optional: true)]
    ) { context in
        guard let run = context.arguments.optionalArgument("RUN") else {
            return try StageRunner.report(context, try context.openWorkspace())
        }
        context.log.debug("read", ["run": .string(run)])
        let outcome = try ReportStage.write(
            run: run, workspace: WorkspaceRoot.absolute(context.arguments.string("workspace")),
            snapshot: context.arguments.optionalString("snapshot"),
            output: context.arguments.optionalString("out").map(WorkspaceRoot.absolute), clock: context.clock)
        try context.emit(json: ["report": .string(outcome.path), "run_id": .string(outcome.runID)]) {
            try context.print(outcome.path)
        }
    }

    static let runbook = Command(
        name: "runbook", summary: "Carry out the commands that the RUNBOOK sheet lists, in order.",
        discussion: """
            --snapshot and --threads are handed to every step that knows them. The first step that fails ends the runbook with \
            its exit code. With --json the result is a list of the steps, each with its own document as `result`.
            """,
        examples: [.init("apus runbook --workspace research", "check, ingest, derive, run, report")],
        options: .workspace
    ) { context in
        let arguments = context.arguments
        let steps = try RunbookRunner.run(
            context, root: WorkspaceRoot.absolute(arguments.string("workspace")), snapshot: arguments.optionalString("snapshot"),
            threads: arguments.string("threads"))
        try context.emit(json: .array(steps)) {}
    }
}
