public import Contracts
import Lake
public import Primitives
import Workbook

/// An opened workspace: its folder, its configuration as exported, and the registry.
public struct Workspace: Sendable {
    public let root: String
    public let configuration: Configuration
    /// The snapshot that the configuration comes from; the workbook where none was exported.
    public let snapshotPath: String
    let clock: any Clock
    /// How many threads stages may use; results do not depend on it.
    let threads: Int

    public static let workbookPath = "config/run_config.xlsx"

    /// Checks the workbook, exports its snapshot where it is new, and reads the configuration back from the snapshot.
    /// - Parameters:
    ///   - snapshot: a snapshot to use instead of the workbook.
    ///   - exporting: false for commands that only look; the workbook is read and nothing is written.
    /// - Throws: `ApusError` `workspace.missing`, `config.*`, `xlsx.*`.
    public static func open(
        _ root: String, snapshot: String? = nil, exporting: Bool = true, clock: any Clock, threads: Int = 2
    ) throws -> Workspace {
        if let snapshot {
            let configuration = try Configuration(
                snapshot: try Snapshot.read(snapshot, transforms: try transforms(root)), workspace: root)
            return Workspace(root: root, configuration: configuration, snapshotPath: snapshot, clock: clock, threads: threads)
        }
        let workbook = root + "/" + workbookPath
        guard FileBytes.exists(workbook) else {
            throw ApusError(
                "workspace.missing", "this folder is no workspace; `apus init` makes one", context: ["expected": workbook])
        }
        let (content, problems) = try ConfigurationFile.load(workbook, transforms: try transforms(root))
        guard problems.isEmpty else {
            throw ApusError(
                "config.problems",
                "the workbook has \(problems.count) problem\(problems.count == 1 ? "" : "s"); `apus config check` lists them",
                context: ["file": workbook, "first": problems[0].description])
        }
        let configuration = try Configuration(snapshot: content, workspace: root)
        guard exporting else {
            return Workspace(root: root, configuration: configuration, snapshotPath: workbook, clock: clock, threads: threads)
        }
        let export = try Snapshot.write(content, folder: configuration.paths.exports, clock: clock)
        return Workspace(root: root, configuration: configuration, snapshotPath: export.path, clock: clock, threads: threads)
    }

    var paths: WorkspacePaths { configuration.paths }

    /// A path as manifests and the registry store it: relative to the workspace where it lies inside, so that a moved workspace
    /// stays whole.
    func stored(_ path: String) -> String { path.hasPrefix(root + "/") ? String(path.dropFirst(root.utf8.count + 1)) : path }

    /// The absolute form of a stored path.
    public func absolute(_ stored: String) -> String { WorkspacePaths.resolve(stored, base: root) }
}
