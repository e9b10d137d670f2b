import Contracts
import Pipeline
import Primitives

extension [Command.Option] {
    /// What every command on a workspace takes.
    static let workspace: [Command.Option] = [
        .value("workspace", short: "w", "DIR", "workspace folder", default: "."),
        .value("snapshot", "FILE", "use this exported snapshot instead of the workbook"),
        .value(
            "threads", "N", "how many sessions are derived at a time, 1 to 64; results do not depend on it",
            default: "2"),
    ]
}

extension CommandContext {
    /// Opens the workspace that `--workspace` names.
    /// - Parameter exporting: false for a command that only looks and writes nothing.
    func openWorkspace(exporting: Bool = true) throws -> Workspace {
        let root = WorkspaceRoot.absolute(arguments.string("workspace"))
        let snapshot = arguments.optionalString("snapshot")
        let workspace = try Workspace.open(
            root, snapshot: snapshot, exporting: exporting, clock: clock, threads: try arguments.int("threads", in: 1...64) ?? 2)
        log.debug(
            "workspace",
            [
                "folder": .string(root), "configuration": .string(workspace.snapshotPath),
                "sha256": .string(workspace.configuration.snapshotDigest.hex),
            ])
        return workspace
    }
}
