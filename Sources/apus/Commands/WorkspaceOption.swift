import Pipeline
import Primitives

extension [Command.Option] {
    /// What every command on a workspace takes.
    static let workspace: [Command.Option] = [
        .value("workspace", short: "w", "DIR", "workspace folder", default: "."),
        .value("snapshot", "FILE", "use this exported snapshot instead of the workbook"),
        .value("threads", "N", "threads to use; results do not depend on it", default: "2"),
    ]
}

extension CommandContext {
    /// Opens the workspace that `--workspace` names.
    func openWorkspace() throws -> Workspace {
        try Workspace.open(
            WorkspaceRoot.absolute(arguments.string("workspace")), snapshot: arguments.optionalString("snapshot"), clock: clock,
            threads: try arguments.int("threads", in: 1...64) ?? 2)
    }
}
