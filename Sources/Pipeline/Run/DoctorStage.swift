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
        let folder = try find(request, clock: clock)
        let manifest = try manifest(of: folder)
        var subject = Doctor.Case(result: try ResultFolder.read(folder), alteredFiles: altered(folder, manifest))
        if let prices = request.prices {
            subject.prices = try DoctorPrices.read(prices, for: subject.result)
            subject.otherPrices = try isOther(prices, manifest) ? prices : nil
        } else if manifest["backtest_id"]?.stringValue != nil {
            addBars(to: &subject, manifest) { try workspace(of: folder, request, clock) }
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

    private static func manifest(of folder: String) throws -> JSONValue {
        FileBytes.exists(folder + "/" + ResultFolder.manifestName) ? try ResultFolder.manifest(of: folder) : .null
    }

    private static func addBars(to subject: inout Doctor.Case, _ manifest: JSONValue, _ open: () throws -> Workspace) {
        do {
            subject.prices = try DoctorPrices.ofWorkspace(try open(), subject.result, manifest)
        } catch {
            subject.pricesReason = "\(error)"
        }
    }

    /// A folder comes before an id; of a run's folder the latest as-of time counts.
    private static func find(_ request: Request, clock: any Clock) throws -> String {
        let path = WorkspaceRoot.absolute(request.run)
        if FileBytes.exists(path + "/trades.parquet") { return path }
        if Folder.isFolder(path) {
            let inside = Folder.names(in: path).filter { FileBytes.exists("\(path)/\($0)/trades.parquet") }
            guard let latest = inside.max() else {
                throw ApusError("result.missing", "the folder holds no result", context: ["folder": path])
            }
            return "\(path)/\(latest)"
        }
        guard !request.run.contains("/") else {
            throw ApusError("result.missing", "the folder does not exist", context: ["folder": path])
        }
        let workspace: Workspace
        do {
            workspace = try Workspace.open(request.workspace, snapshot: request.snapshot, exporting: false, clock: clock)
        } catch let error as ApusError where error.code == "workspace.missing" {
            throw ApusError(
                "run.unknown", "there is no such folder or run, and no workspace to look for the id in",
                context: ["run": request.run, "workspace": request.workspace])
        }
        let runs = try RunList.all(workspace)
        let matching = runs.filter { $0.runID == request.run }
        let candidates = matching.isEmpty ? runs.filter { $0.backtestID == request.run } : matching
        guard let last = candidates.last, Set(candidates.map(\.runID)).count == 1 else {
            throw ApusError(
                "run.unknown", candidates.isEmpty ? "there is no such folder or run" : "the backtest has several runs; name one",
                context: [
                    "run": request.run,
                    "runs": (candidates.isEmpty ? runs : candidates).map(\.runID).joined(separator: ", "),
                ])
        }
        return last.folder
    }

    /// The workspace that a result lies in; otherwise the one that was named.
    private static func workspace(of folder: String, _ request: Request, _ clock: any Clock) throws -> Workspace {
        var root = folder
        while !root.isEmpty, root != "/", !FileBytes.exists(root + "/" + Workspace.workbookPath) {
            root = RunFolder.parent(of: root)
        }
        let isInside = !root.isEmpty && root != "/"
        return try Workspace.open(
            isInside ? root : request.workspace, snapshot: request.snapshot, exporting: false, clock: clock)
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
