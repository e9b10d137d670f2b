import Contracts
import Lake
import Primitives
public import Reporting

/// A tear sheet that was written.
public struct ReportOutcome: Sendable {
    public let runID: String
    public let path: String
    public let wasWritten: Bool
}

/// `apus report`: tear sheets beside result folders.
public enum ReportStage {
    /// One result folder of either layout, to `report.html` in the folder above it or to `output`. One that another program
    /// wrote has no manifest of ours and goes by its name.
    /// - Parameter benchmark: what buying and holding would have made; nil leaves it out.
    public static func write(folder: String, output: String? = nil, benchmark: Benchmark? = nil) throws -> ReportOutcome {
        try write(folder: folder, output: output, benchmark: benchmark, workspace: nil)
    }

    /// - Parameter workspace: where the run's bars are; nil leaves out what they would tell.
    static func write(folder: String, output: String? = nil, benchmark: Benchmark?, workspace: Workspace?) throws -> ReportOutcome
    {
        var result = try ResultFolder.read(folder)
        if try ResultFolder.schema(of: folder) == .ml4t02 { result = result.withOwnMetrics() }
        let hasManifest = FileBytes.exists(folder + "/" + ResultFolder.manifestName)
        let manifest = try hasManifest ? ResultFolder.manifest(of: folder) : .null
        let runID = manifest["run_id"]?.stringValue ?? folder.split(separator: "/").last.map(String.init) ?? folder
        let title = manifest["backtest_id"]?.stringValue ?? runID
        let doctor = try DoctorStage.report(of: folder, manifest: manifest, workspace: workspace)
        let html = TearSheet.html(result: result, title: title, benchmark: benchmark, manifest: manifest, doctor: doctor)
        let path = output ?? RunFolder.parent(of: folder) + "/report.html"
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
