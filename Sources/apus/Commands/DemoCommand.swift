import Contracts
import Market
import OrderFlow
import Pipeline
import Primitives

extension Command {
    static let demo = Command(
        name: "demo", summary: "Make a workspace with real data and carry out its runbook.",
        discussion: """
            Daily series (S&P 500, Nasdaq, VIX, WTI, AAA and BAA yields) come from --series, E-mini trades from --trades where \
            that file exists, else a simulated day. A workspace that is there already is used again; nothing in it changes \
            where nothing is new.
            """,
        examples: [.init("apus demo demo-workspace --series .deps/arch-data", "what `make demo` runs")],
        options: [
            .value("series", "DIR", "folder with sp500, nasdaq, vix, wti and default.csv", default: ".deps/arch-data"),
            .value("trades", "FILE", "a DBN file of ES trades", default: "../shared/data/es/esh4-20231225.trades.dbn.zst"),
        ],
        arguments: [.init("DIR", "the workspace")]
    ) { context in
        let root = WorkspaceRoot.absolute(context.arguments.argument("DIR"))
        let trades = WorkspaceRoot.absolute(context.arguments.string("trades"))
        let source = try DemoWorkspace.prepare(
            root, series: WorkspaceRoot.absolute(context.arguments.string("series")),
            trades: FileBytes.exists(trades) ? trades : nil)
        try context.print("Workspace \(root)")
        try context.print("ES trades: \(source)")
        try context.print()
        try RunbookRunner.run(context, root: root)
        if !context.json { try summary(context, root) }
    }

    private static func summary(_ context: CommandContext, _ root: String) throws {
        let workspace = try Workspace.open(root, clock: context.clock)
        let built = try BuiltTables.list(workspace)
        try context.print("What was built")
        var table = TextTable([.left("what"), .right("rows"), .left("sha256")])
        for entry in built { table.add([entry.name, "\(entry.rows)", entry.digest]) }
        try context.print(table)
        try context.print()
        try context.print("Open \(workspace.configuration.paths.runs)/index.html")
        for run in try RunList.all(workspace) { try context.print("Tear sheet of \(run.backtestID): \(run.reportPath)") }
    }
}
