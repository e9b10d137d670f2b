import Contracts
import Primitives

/// Finds the result that a user means.
enum RunLookup {
    /// A folder comes before an id; of a run's folder the latest as-of time counts.
    /// - Parameters:
    ///   - run: a result folder, a run's folder, both from here or from the workspace, a run id, or the id of a backtest that has
    ///     run once.
    ///   - workspace: the folder in which ids are looked for.
    ///   - snapshot: a snapshot instead of the workbook.
    /// - Throws: `ApusError` `run.unknown`, `result.missing`.
    static func folder(of run: String, workspace: String, snapshot: String? = nil, clock: any Clock) throws -> String {
        let path = WorkspaceRoot.absolute(run)
        for path in run.hasPrefix("/") ? [path] : [path, workspace + "/" + run] {
            if FileBytes.exists(path + "/trades.parquet") { return path }
            if Folder.isFolder(path) {
                let inside = Folder.names(in: path).filter { FileBytes.exists("\(path)/\($0)/trades.parquet") }
                guard let latest = inside.max() else {
                    throw ApusError("result.missing", "the folder holds no result", context: ["folder": path])
                }
                return "\(path)/\(latest)"
            }
        }
        guard !run.contains("/") else {
            throw ApusError("result.missing", "the folder does not exist", context: ["folder": path])
        }
        return try ofID(run, workspace, snapshot, clock)
    }

    /// The workspace that a result lies in; otherwise the one that was named.
    static func workspace(
        of folder: String, otherwise named: String, snapshot: String? = nil, clock: any Clock
    ) throws -> Workspace {
        var root = folder
        while !root.isEmpty, root != "/", !FileBytes.exists(root + "/" + Workspace.workbookPath) {
            root = RunFolder.parent(of: root)
        }
        let isInside = !root.isEmpty && root != "/"
        return try Workspace.open(isInside ? root : named, snapshot: snapshot, exporting: false, clock: clock)
    }

    private static func ofID(_ run: String, _ root: String, _ snapshot: String?, _ clock: any Clock) throws -> String {
        let workspace: Workspace
        do {
            workspace = try Workspace.open(root, snapshot: snapshot, exporting: false, clock: clock)
        } catch let error as ApusError where error.code == "workspace.missing" {
            throw ApusError(
                "run.unknown", "there is no such folder or run, and no workspace to look for the id in",
                context: ["run": run, "workspace": root])
        }
        let runs = try RunList.all(workspace)
        let matching = runs.filter { $0.runID == run }
        let candidates = matching.isEmpty ? runs.filter { $0.backtestID == run } : matching
        guard let last = candidates.last, Set(candidates.map(\.runID)).count == 1 else {
            throw ApusError(
                "run.unknown", candidates.isEmpty ? "there is no such folder or run" : "the backtest has several runs; name one",
                context: ["run": run, "runs": (candidates.isEmpty ? runs : candidates).map(\.runID).joined(separator: ", ")])
        }
        return last.folder
    }
}
