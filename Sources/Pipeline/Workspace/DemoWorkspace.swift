import Lake
import OrderFlow
import Primitives

/// The workspace of `make demo`.
public enum DemoWorkspace {
    private static let series = ["sp500", "nasdaq", "vix", "wti", "default"]

    /// Creates the workspace where it is missing and fills its inbox. Files that are there already stay as they are.
    /// - Parameters:
    ///   - series: folder with the daily csv files.
    ///   - trades: a DBN file of ES trades; nil simulates one trading day.
    /// - Returns: the file of ES trades.
    /// - Throws: `ApusError` `demo.series` where a daily series is missing.
    public static func prepare(_ root: String, series folder: String, trades: String?) throws -> String {
        if !FileBytes.exists(root + "/" + Workspace.workbookPath) { _ = try WorkspaceTemplate.create(root) }
        for name in series {
            let source = "\(folder)/\(name).csv"
            guard FileBytes.exists(source) else {
                throw ApusError(
                    "demo.series", "a daily series is missing; scripts/bootstrap puts it there", context: ["file": source])
            }
            try place(source, "\(root)/inbox/\(name).csv")
        }
        let inbox = root + "/inbox/es"
        let present = FilePattern.expand(inbox + "/*.dbn.zst")
        if let first = present.first { return first }
        if let trades {
            let target = inbox + "/" + (trades.split(separator: "/").last.map(String.init) ?? "trades.dbn.zst")
            try place(trades, target)
            return target
        }
        let target = inbox + "/simulated.trades.dbn.zst"
        guard let start = CivilDate("2023-12-26") else { return target }
        _ = try Simulation.write(SimulationParameters(seed: 1, startDate: start), to: target)
        return target
    }

    private static func place(_ source: String, _ target: String) throws {
        if !FileBytes.exists(target) { try FilePattern.copy(source, to: target) }
    }
}

/// What a workspace's registry says was ingested, derived and run.
public enum BuiltTables {
    public struct Entry: Sendable {
        public let name: String
        public let rows: Int64
        /// The sha256 in hexadecimal.
        public let digest: String
    }

    /// - Throws: `ApusError`.
    public static func list(_ workspace: Workspace) throws -> [Entry] {
        let status = try LakeStatus.read(workspace, verify: false)
        let files = status.files.map {
            Entry(name: "raw \($0.record.datasetID)", rows: $0.record.rows, digest: $0.record.sha256)
        }
        let derived = status.derived.map {
            Entry(name: "derived \($0.tableID)", rows: $0.rows, digest: $0.digest)
        }
        let runs = try RunList.all(workspace).map {
            Entry(name: "run \($0.runID)", rows: $0.metrics["num_trades"]?.intValue ?? 0, digest: $0.digest)
        }
        return files + derived + runs
    }
}
