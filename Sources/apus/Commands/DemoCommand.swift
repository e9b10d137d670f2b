import Contracts
import Glibc
import Market
import OrderFlow
import Pipeline
import Primitives

extension Command {
    static let demo = Command(
        name: "demo", summary: "Make a workspace with real data and carry out its runbook.",
        discussion: """
            Daily series (S&P 500, Nasdaq, VIX, WTI, AAA and BAA yields) come from --series; E-mini trades and quotes, \
            Treasury yields and fund flows from files that are simulated where no file is given and the default does not exist. A \
            workspace that is there already is used again; nothing in it changes where nothing is new.
            """,
        examples: [.init("apus demo demo-workspace --series .deps/arch-data", "what `make demo` runs")],
        options: [
            .value("series", "DIR", "folder with sp500, nasdaq, vix, wti and default.csv", default: ".deps/arch-data"),
            .value("trades", "FILE", "a DBN file of ES trades", default: "../shared/data/es/esh4-20231225.trades.dbn.zst"),
            .value(
                "quotes", "FILE", "a DBN file of quotes of ESU4",
                default: "../shared/data/es/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst"),
            .value(
                "treasury", "FILE", "a csv file of daily Treasury yields", default: "../shared/data/daily/treasury_curves.csv"),
            .value("flows", "FILE", "a csv file of weekly fund flows", default: "../shared/data/daily/fund-flows-weekly.csv"),
        ],
        arguments: [.init("DIR", "the workspace")]
    ) { context in
        let root = WorkspaceRoot.absolute(context.arguments.argument("DIR"))
        func existing(_ option: String) throws -> String? {
            let path = WorkspaceRoot.absolute(context.arguments.string(option))
            if FileBytes.exists(path) { return path }
            if context.arguments.isGiven(option) { throw FileError.read(path, ENOENT) }
            return nil
        }
        let inbox = try DemoWorkspace.prepare(
            root,
            from: DemoWorkspace.Sources(
                series: WorkspaceRoot.absolute(context.arguments.string("series")), trades: try existing("trades"),
                quotes: try existing("quotes"), treasury: try existing("treasury"), flows: try existing("flows")))
        try context.print("Workspace \(root)")
        try context.print("ES trades: \(inbox.trades)")
        try context.print("ES quotes: \(inbox.quotes)")
        for file in inbox.simulated { try context.print("Simulated, because no real file was given: \(file)") }
        try context.print()
        _ = try RunbookRunner.run(context, root: root)
        try summary(context, root, inbox)
    }

    private static func summary(_ context: CommandContext, _ root: String, _ inbox: DemoWorkspace.Inbox) throws {
        let workspace = try Workspace.open(root, exporting: false, clock: context.clock)
        let built = try BuiltTables.list(workspace)
        let runs = try RunList.all(workspace)
        let index = workspace.configuration.paths.runs + "/index.html"
        let document: JSONValue = [
            "workspace": .string(root), "trades": .string(inbox.trades), "quotes": .string(inbox.quotes), "index": .string(index),
            "simulated": .array(inbox.simulated.map { .string($0) }),
            "built": .array(
                built.map { ["name": .string($0.name), "rows": .int($0.rows), "sha256": .string($0.digest)] }),
            "reports": .array(runs.map { ["run_id": .string($0.runID), "report": .string($0.reportPath)] }),
        ]
        try context.emit(json: document) {
            try context.print("What was built")
            var table = TextTable([.left("what"), .right("rows"), .left("sha256")])
            for entry in built { table.add([entry.name, "\(entry.rows)", String(entry.digest.prefix(12))]) }
            try context.print(table)
            try context.print()
            try context.print("Open \(index)")
            for run in runs { try context.print("Tear sheet of \(run.backtestID): \(run.reportPath)") }
        }
    }
}
