public import Primitives

/// A table derived from canonical data, and what it was derived from.
public struct DerivedRecord: RegistryRecord {
    /// Names the table with its parameters, such as `bars_1m/CME/ES/RTH`.
    public var tableID: String
    public var datasetID: String
    /// Everything that the content depends on beside its inputs.
    public var parameters: JSONValue
    /// One digest over all inputs.
    public var inputsDigest: String
    /// Relative to DATA_ROOT.
    public var path: String
    public var rows: Int64
    /// SHA-256 of the file.
    public var digest: String

    public init(
        tableID: String, datasetID: String, parameters: JSONValue, inputsDigest: String, path: String, rows: Int64, digest: String
    ) {
        self.tableID = tableID
        self.datasetID = datasetID
        self.parameters = parameters
        self.inputsDigest = inputsDigest
        self.path = path
        self.rows = rows
        self.digest = digest
    }
}

/// A finished backtest or study.
public struct RunRecord: RegistryRecord {
    public var runID: String
    public var backtestID: String
    /// The result folder, relative to DATA_ROOT.
    public var folder: String
    public var snapshotDigest: String
    public var costDigest: String
    /// One digest over the data files that the run read.
    public var dataDigest: String
    /// The digest of the run's manifest.
    public var resultDigest: String
    public var startTime: UnixNanos
    public var metrics: JSONValue

    public init(
        runID: String, backtestID: String, folder: String, snapshotDigest: String, costDigest: String, dataDigest: String,
        resultDigest: String, startTime: UnixNanos, metrics: JSONValue
    ) {
        self.runID = runID
        self.backtestID = backtestID
        self.folder = folder
        self.snapshotDigest = snapshotDigest
        self.costDigest = costDigest
        self.dataDigest = dataDigest
        self.resultDigest = resultDigest
        self.startTime = startTime
        self.metrics = metrics
    }
}

extension DerivedRecord {
    public static let table = "derived"
    public static let columns = [
        RegistryColumn("table_id", "VARCHAR", key: true), RegistryColumn("dataset_id", "VARCHAR"),
        RegistryColumn("parameters", "VARCHAR"), RegistryColumn("inputs_digest", "VARCHAR"), RegistryColumn("path", "VARCHAR"),
        RegistryColumn("rows", "BIGINT"), RegistryColumn("digest", "VARCHAR"),
    ]

    public func values() throws -> [SQLValue] {
        [.text(tableID), .text(datasetID), try .json(parameters), .text(inputsDigest), .text(path), .int(rows), .text(digest)]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            tableID: try row.text("table_id"), datasetID: try row.text("dataset_id"), parameters: try row.json("parameters"),
            inputsDigest: try row.text("inputs_digest"), path: try row.text("path"), rows: try row.int("rows"),
            digest: try row.text("digest"))
    }
}

extension RunRecord {
    public static let table = "runs"
    public static let columns = [
        RegistryColumn("run_id", "VARCHAR", key: true), RegistryColumn("backtest_id", "VARCHAR"),
        RegistryColumn("folder", "VARCHAR"),
        RegistryColumn("snapshot_digest", "VARCHAR"), RegistryColumn("cost_digest", "VARCHAR"),
        RegistryColumn("data_digest", "VARCHAR"), RegistryColumn("result_digest", "VARCHAR"),
        RegistryColumn("start_time", "TIMESTAMP_NS"), RegistryColumn("metrics", "VARCHAR"),
    ]

    public func values() throws -> [SQLValue] {
        [
            .text(runID), .text(backtestID), .text(folder), .text(snapshotDigest), .text(costDigest), .text(dataDigest),
            .text(resultDigest), .timestamp(startTime), try .json(metrics),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            runID: try row.text("run_id"), backtestID: try row.text("backtest_id"), folder: try row.text("folder"),
            snapshotDigest: try row.text("snapshot_digest"), costDigest: try row.text("cost_digest"),
            dataDigest: try row.text("data_digest"), resultDigest: try row.text("result_digest"),
            startTime: try row.time("start_time"), metrics: try row.json("metrics"))
    }
}
