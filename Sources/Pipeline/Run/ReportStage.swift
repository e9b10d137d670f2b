import Contracts
import Lake
public import Primitives
import Reporting

/// A tear sheet that was written.
public struct ReportOutcome: Sendable {
    public let runID: String
    public let path: String
    public let wasWritten: Bool
}

/// `apus report`: tear sheets beside result folders.
public enum ReportStage {
    /// The result that a user means, of either layout, to `report.html` in the folder above it or to `output`; with the bars of
    /// the workspace that made it, and the benchmark where it is of the present configuration. One that another program wrote
    /// has no manifest of ours and goes by its name.
    /// - Parameters:
    ///   - run, root, snapshot: see `RunLookup.folder`.
    /// - Throws: `ApusError` of `RunLookup`, and of what is read.
    public static func write(
        run: String, workspace root: String, snapshot: String? = nil, output: String? = nil, clock: any Clock
    ) throws -> ReportOutcome {
        let folder = try RunLookup.folder(of: run, workspace: root, snapshot: snapshot, clock: clock)
        let manifest = try DoctorStage.manifest(of: folder)
        guard let backtest = manifest["backtest_id"]?.stringValue,
            let workspace = try? RunLookup.workspace(of: folder, otherwise: root, snapshot: snapshot, clock: clock)
        else { return try write(folder: folder, output: output) }
        let isPresent = manifest["snapshot"]?["sha256"]?.stringValue == workspace.configuration.snapshotDigest.hex
        let benchmark =
            isPresent
            ? try WorkspaceReports(workspace).benchmark(
                backtest, DataAccess(workspace, registry: try workspace.registry())) : nil
        return try write(folder: folder, output: output, benchmark: benchmark, workspace: workspace)
    }

    /// - Parameters:
    ///   - benchmark: what buying and holding would have made; nil leaves it out.
    ///   - workspace: where the run's bars are; nil leaves out what they would tell.
    static func write(
        folder: String, output: String? = nil, benchmark: Benchmark? = nil, workspace: Workspace? = nil
    ) throws -> ReportOutcome {
        var result = try ResultFolder.read(folder)
        if try ResultFolder.schema(of: folder) == .ml4t02 { result = result.withOwnMetrics() }
        let manifest = try DoctorStage.manifest(of: folder)
        let runID = manifest["run_id"]?.stringValue ?? folder.split(separator: "/").last.map(String.init) ?? folder
        let title = manifest["backtest_id"]?.stringValue ?? runID
        let doctor = try DoctorStage.report(of: folder, manifest: manifest, workspace: workspace)
        let html = TearSheet.html(result: result, title: title, benchmark: benchmark, manifest: manifest, doctor: doctor)
        let path = output ?? RunFolder.parent(of: folder) + "/report.html"
        try FileBytes.protect(
            Folder.names(in: folder).filter { !$0.hasSuffix(".html") }.map { "\(folder)/\($0)" }, from: path)
        return ReportOutcome(runID: runID, path: path, wasWritten: try AtomicFile.writeIfChanged(Array(html.utf8), to: path))
    }
}

/// The runs of a workspace, found by their manifests.
public enum RunFolder {
    /// Absolute paths of all result folders below `runs`, in order of their names; what begins with a dot is none.
    public static func all(in runs: String) -> [String] {
        func visible(_ folder: String) -> [String] { Folder.names(in: folder).filter { !$0.hasPrefix(".") } }
        return visible(runs).flatMap { run in visible("\(runs)/\(run)").map { "\(runs)/\(run)/\($0)" } }
            .filter { FileBytes.exists($0 + "/" + ResultFolder.manifestName) }
    }

    static func parent(of folder: String) -> String {
        let parts = folder.split(separator: "/", omittingEmptySubsequences: true)
        return (folder.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
    }
}
