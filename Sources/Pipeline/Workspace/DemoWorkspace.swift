import Lake
import OrderFlow
import Primitives

/// The workspace of `make demo`.
public enum DemoWorkspace {
    private static let series = ["sp500", "nasdaq", "vix", "wti", "default"]

    /// Where the demonstration's data come from; nil where the file is absent.
    public struct Sources: Sendable {
        /// A folder with the daily csv files.
        public var series: String
        /// A DBN file of ES trades.
        public var trades: String?
        /// A DBN file of ES quotes.
        public var quotes: String?
        /// Daily Treasury yields and weekly fund flows, csv.
        public var treasury: String?
        public var flows: String?

        public init(series: String, trades: String?, quotes: String?, treasury: String?, flows: String?) {
            self.series = series
            self.trades = trades
            self.quotes = quotes
            self.treasury = treasury
            self.flows = flows
        }
    }

    /// What stands in the inbox.
    public struct Inbox: Sendable {
        /// The file of ES trades.
        public let trades: String
        /// The file of ES quotes.
        public let quotes: String
        /// Files whose contents are simulated.
        public let simulated: [String]
    }

    /// Creates the workspace where it is missing and fills its inbox. Files that are there already stay as they are; what has no
    /// source is simulated.
    /// - Throws: `ApusError` `demo.series` where one of the `series` is missing.
    public static func prepare(_ root: String, from sources: Sources) throws -> Inbox {
        for name in series where !FileBytes.exists("\(sources.series)/\(name).csv") {
            throw ApusError(
                "demo.series",
                "a daily series is missing: `make demo` in the repository downloads them to .deps/arch-data, which --series can "
                    + "name from elsewhere", context: ["file": "\(sources.series)/\(name).csv"])
        }
        if !FileBytes.exists(root + "/" + Workspace.workbookPath) { _ = try WorkspaceTemplate.create(root) }
        for name in series { try place("\(sources.series)/\(name).csv", "\(root)/inbox/\(name).csv") }
        var simulated: [String] = []
        for (name, source, simulation) in [
            ("treasury", sources.treasury, SimulatedSeries.treasury), ("flows", sources.flows, SimulatedSeries.flows),
        ] {
            let target = "\(root)/inbox/\(name).csv"
            let text = try simulation()
            if let source {
                try place(source, target)
            } else if !FileBytes.exists(target) {
                try AtomicFile.write(text, to: target)
            }
            if try FileBytes.readText(target) == text { simulated.append(target) }
        }
        let trades = try placeTicks(
            sources.trades, inbox: root + "/inbox/es", as: "simulated.trades.dbn.zst", .trades,
            SimulationParameters(seed: 1, startDate: CivilDate(daysSinceEpoch: 19_717)))
        let quotes = try placeTicks(
            sources.quotes, inbox: root + "/inbox/es_quotes", as: "simulated.mbp-1.dbn.zst", .quotes,
            SimulationParameters(
                seed: 2, startDate: CivilDate(daysSinceEpoch: 19_906), tradesPerDay: 20_000, symbol: "ESU4", instrumentID: 118,
                startPrice: 5_500))
        simulated += [trades, quotes].filter { $0.contains("/simulated.") }
        return Inbox(trades: trades, quotes: quotes, simulated: simulated)
    }

    /// The inbox's DBN file: what is there already, else the given one, else a simulated one.
    private static func placeTicks(
        _ source: String?, inbox: String, as name: String, _ schema: Simulation.Schema, _ parameters: SimulationParameters
    ) throws -> String {
        if let present = FilePattern.expand(inbox + "/*.dbn.zst").first { return present }
        let target = inbox + "/" + (source.map { $0.split(separator: "/").last.map(String.init) ?? name } ?? name)
        if let source {
            try place(source, target)
        } else {
            _ = try Simulation.write(parameters, schema: schema, to: target)
        }
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
