import Contracts
import Lake
import Market
public import Primitives
public import Reporting

/// `apus doctor`: finds a run, what it was traded on, and what is wrong with it.
public enum DoctorStage {
    public struct Request: Sendable {
        /// A result folder, a run's folder, a run id, or the id of a backtest that has run once.
        public var run: String
        /// Parquet with the bars, for a folder of one's own; nil takes what the workspace knows.
        public var prices: String?
        /// What `apus futures continuous` wrote beside a series.
        public var rolls: String?
        /// Where ids are looked for.
        public var workspace: String
        /// A snapshot instead of the workbook.
        public var snapshot: String?

        public init(run: String, prices: String? = nil, rolls: String? = nil, workspace: String, snapshot: String? = nil) {
            self.run = run
            self.prices = prices
            self.rolls = rolls
            self.workspace = workspace
            self.snapshot = snapshot
        }
    }

    public struct Outcome: Sendable {
        public let folder: String
        public let name: String
        public let report: DoctorReport
    }

    /// - Throws: `ApusError` `run.unknown`, and of what is read. Bars of a workspace that cannot be read are a reason in the
    ///   report and no error.
    public static func examine(_ request: Request, clock: any Clock) throws -> Outcome {
        let folder = try RunLookup.folder(
            of: request.run, workspace: request.workspace, snapshot: request.snapshot, clock: clock)
        let manifest = try manifest(of: folder)
        var subject = Doctor.Case(result: try ResultFolder.read(folder), alteredFiles: altered(folder, manifest))
        if let prices = request.prices {
            subject.prices = try DoctorPrices.read(prices, for: subject.result)
            subject.otherPrices = try isOther(prices, manifest) ? prices : nil
        } else if manifest["backtest_id"]?.stringValue != nil {
            addBars(to: &subject, manifest) {
                try RunLookup.workspace(
                    of: folder, otherwise: request.workspace, snapshot: request.snapshot, clock: clock)
            }
        } else {
            subject.pricesReason = "the run is of no workspace; give its prices with --prices"
        }
        subject.rolls = try request.rolls.map { try DoctorPrices.rolls($0, assets: Set(subject.result.fills.map(\.asset))) }
        let name = manifest["run_id"]?.stringValue ?? folder.split(separator: "/").last.map(String.init) ?? folder
        return Outcome(folder: folder, name: name, report: Doctor.examine(subject))
    }

    /// What a tear sheet says of a result: with bars where its workspace is open.
    static func report(of folder: String, manifest: JSONValue, workspace: Workspace?) throws -> DoctorReport {
        var subject = Doctor.Case(result: try ResultFolder.read(folder), alteredFiles: altered(folder, manifest))
        if let workspace { addBars(to: &subject, manifest) { workspace } }
        return Doctor.examine(subject)
    }

    /// Null where there is none.
    static func manifest(of folder: String) throws -> JSONValue {
        FileBytes.exists(folder + "/" + ResultFolder.manifestName) ? try ResultFolder.manifest(of: folder) : .null
    }

    private static func addBars(to subject: inout Doctor.Case, _ manifest: JSONValue, _ open: () throws -> Workspace) {
        do {
            subject.prices = try DoctorPrices.ofWorkspace(try open(), subject.result, manifest)
        } catch {
            subject.pricesReason = "\(error)"
        }
    }

    /// Files that are not as the manifest says; nil without one.
    private static func altered(_ folder: String, _ manifest: JSONValue) -> [String]? {
        guard let files = manifest["files"]?.objectValue else { return nil }
        return files.keys.sorted().filter { name in
            (try? Digest.ofFile(folder + "/" + name).hex) != files[name]?.stringValue
        }
    }

    private static func isOther(_ prices: String, _ manifest: JSONValue) throws -> Bool {
        let named = manifest["inputs"]?.arrayValue?.first { $0["role"]?.stringValue == "prices" }?["sha256"]?.stringValue
        guard let named else { return false }
        return try Digest.ofFile(prices).hex != named
    }
}
