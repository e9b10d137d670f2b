import Contracts
import Pipeline
import Primitives
import Workbook

extension Command {
    static let initialize = Command(
        name: "init", summary: "Make a workspace: folders and a workbook whose sample rows run.",
        discussion:
            "The workbook config/run_config.xlsx is what you edit; every command reads the snapshot that is exported from it.",
        examples: [.init("apus init research", "a new workspace in the folder research")],
        arguments: [.init("DIR", "the folder; created where it is missing")]
    ) { context in
        let root = WorkspaceRoot.absolute(context.arguments.argument("DIR"))
        let workbook = try WorkspaceTemplate.create(root)
        try context.emit(json: ["workspace": .string(root), "workbook": .string(workbook)]) {
            try context.print("Workspace \(root)")
            try context.print("Edit \(workbook), put data into \(root)/inbox, then:")
            try context.print("  apus config check --workspace \(root)")
            try context.print("  apus ingest --workspace \(root)")
        }
    }

    static let configNew = Command(
        name: "new", summary: "Write a workbook with every sheet, its drop-down lists, comments and sample rows.",
        examples: [.init("apus config new run_config.xlsx", "a fresh workbook to start from")],
        arguments: [.init("FILE", "the .xlsx file to write; it must not exist")]
    ) { context in
        let file = WorkspaceRoot.absolute(context.arguments.argument("FILE"))
        guard !FileBytes.exists(file) else { throw ApusError("config.exists", "the file exists", context: ["file": file]) }
        try WorkbookTemplate.write(to: file)
        try context.emit(json: ["workbook": .string(file)]) { try context.print("Wrote \(file)") }
    }

    static let configCheck = Command(
        name: "check", summary: "Report every problem of a workbook, or of a snapshot, with its place.",
        discussion: """
            Exits with 3 where there are problems. A FILE that ends in .json, or --snapshot without FILE, is checked as a snapshot.
            """,
        examples: [
            .init("apus config check", "the workbook of the workspace in this folder"),
            .init("apus config check other.xlsx --json", "any workbook, for another program"),
        ],
        options: .workspace,
        arguments: [.init("FILE", "a workbook or a snapshot; the workspace's workbook where absent", optional: true)]
    ) { context in
        let (file, isSnapshot) = checked(context)
        context.log.debug("check", ["file": .string(file)])
        let transforms = try Workspace.transforms(WorkspaceRoot.absolute(context.arguments.string("workspace")))
        let problems =
            isSnapshot
            ? try Snapshot.load(file, transforms: transforms).problems
            : try ConfigurationFile.load(file, transforms: transforms).problems
        try context.emit(
            json: [
                (isSnapshot ? "snapshot" : "workbook"): .string(file),
                "problems": .array(
                    problems.map {
                        [
                            "sheet": .string($0.sheet), "cell": $0.cell.map { .string($0) } ?? .null,
                            "message": .string($0.message),
                            "suggestion": $0.suggestion.map { .string($0) } ?? .null,
                        ]
                    }),
            ]
        ) {
            for problem in problems { try context.print(problem.description) }
            try context.print(
                problems.isEmpty
                    ? "\(file): no problems" : "\(problems.count) problem\(problems.count == 1 ? "" : "s") in \(file)")
        }
        if !problems.isEmpty { throw ExitCode.invalidInput }
    }

    static let configExport = Command(
        name: "export", summary: "Write the workbook's snapshot: canonical JSON with its digest in the name.",
        examples: [.init("apus config export", "into the workspace's EXPORT_CONFIG_DIR; an unchanged workbook writes nothing")],
        options: .workspace
    ) { context in
        let workspace = try context.openWorkspace()
        let digest = workspace.configuration.snapshotDigest.hex
        context.log.debug("exported", ["snapshot": .string(workspace.snapshotPath), "sha256": .string(digest)])
        try context.emit(json: ["snapshot": .string(workspace.snapshotPath), "sha256": .string(digest)]) {
            try context.print(workspace.snapshotPath)
            try context.print("sha256 \(digest)")
        }
    }

    /// The file that `config check` is asked about, and whether it is a snapshot.
    private static func checked(_ context: CommandContext) -> (file: String, isSnapshot: Bool) {
        if let file = context.arguments.optionalArgument("FILE") {
            return (WorkspaceRoot.absolute(file), file.hasSuffix(".json"))
        }
        if let snapshot = context.arguments.optionalString("snapshot") { return (WorkspaceRoot.absolute(snapshot), true) }
        return (WorkspaceRoot.absolute(context.arguments.string("workspace")) + "/" + Workspace.workbookPath, false)
    }
}
