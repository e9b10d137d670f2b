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

        /// Where `apus report` puts the run's tear sheet.
        public var reportPath: String { RunFolder.parent(of: folder) + "/report.html" }
    }

    /// In the order of their run ids.
    /// - Throws: `ApusError` where a manifest is damaged.
    public static func all(_ workspace: Workspace) throws -> [Run] {
        try RunFolder.all(in: workspace.paths.runs).map { folder in
            let manifest = try ResultFolder.manifest(of: folder)
            let metrics = try JSONParser.parse(bytes: try FileBytes.read(folder + "/metrics.json"))
            return Run(
                runID: manifest["run_id"]?.stringValue ?? "", backtestID: manifest["backtest_id"]?.stringValue ?? "",
                asOf: manifest["as_of"]?.stringValue ?? "", snapshotDigest: manifest["snapshot"]?["sha256"]?.stringValue ?? "",
                costDigest: manifest["costs"]?["sha256"]?.stringValue ?? "", folder: folder, metrics: metrics.objectValue ?? [:],
                digest: try Digest.ofFile(folder + "/" + ResultFolder.manifestName).hex)
        }
    }
}
