import Contracts
import Lake
public import Primitives

/// The finished runs of a workspace, as their manifests tell.
public enum RunList {
    public struct Run: Sendable {
        public let runID: String
        public let backtestID: String
        public let asOf: String
        public let snapshotDigest: String
        public let costDigest: String
        /// Absolute.
        public let folder: String
        public let metrics: [String: JSONValue]
        /// sha256 of the run's manifest, which names the digests of all its files.
        public let digest: String
        /// Why the folder cannot be read; nil for a whole one. A damaged folder has its name for a run id and no metrics.
        public var problem: String?

        /// Where `apus report` puts the run's tear sheet.
        public var reportPath: String { RunFolder.parent(of: folder) + "/report.html" }
    }

    /// In the order of their run ids; damaged ones among them.
    public static func all(_ workspace: Workspace) throws -> [Run] {
        RunFolder.all(in: workspace.paths.runs).map { folder in
            do { return try read(folder) } catch {
                let name = RunFolder.parent(of: folder).split(separator: "/").last.map(String.init) ?? folder
                return Run(
                    runID: name, backtestID: "", asOf: "", snapshotDigest: "", costDigest: "", folder: folder, metrics: [:],
                    digest: "", problem: "\(error)")
            }
        }
    }

    private static func read(_ folder: String) throws -> Run {
        let manifest = try ResultFolder.manifest(of: folder)
        let metrics = try JSONParser.parse(bytes: try FileBytes.read(folder + "/metrics.json"))
        return Run(
            runID: manifest["run_id"]?.stringValue ?? "", backtestID: manifest["backtest_id"]?.stringValue ?? "",
            asOf: manifest["as_of"]?.stringValue ?? "", snapshotDigest: manifest["snapshot"]?["sha256"]?.stringValue ?? "",
            costDigest: manifest["costs"]?["sha256"]?.stringValue ?? "", folder: folder, metrics: metrics.objectValue ?? [:],
            digest: try Digest.ofFile(folder + "/" + ResultFolder.manifestName).hex)
    }
}
