import Contracts
import Ingest
import Lake
import Market
import Primitives
import TestKit

@testable import Pipeline

/// A workspace of a few rows: daily series `D` from `inbox/d*.csv`, trades `T` from `inbox/t/`, and sessions over the trades.
final class SmallWorkspace {
    let folder: TemporaryFolder
    var root: String { folder.path }
    var daily: [String: JSONValue] = [
        "dataset_id": "D", "dataset_type": "daily_series", "source_type": "csv", "source_path_or_id": "inbox/d*.csv",
        "update_mode": "append_only", "date_col": "day", "known_time_rule": "session_close@US_EQUITY",
        "canonical_table_name": "d_daily",
    ]
    var trades: [String: JSONValue] = [
        "dataset_id": "T", "dataset_type": "trades", "source_type": "dbn", "source_path_or_id": "inbox/t/*.dbn",
        "update_mode": "append_only", "canonical_table_name": "t_trades",
    ]
    var paths: [String: JSONValue] = [
        "Profile": "test", "IsActive": true, "CODE_ROOT": ".", "DATA_ROOT": "data",
        "DUCKDB_FILE": "{DATA_ROOT}/duckdb/research.duckdb", "RAW_DIR": "{DATA_ROOT}/raw",
        "CANONICAL_DIR": "{DATA_ROOT}/canonical", "FEATURE_CACHE_DIR": "{DATA_ROOT}/features_cache",
        "RUNS_DIR": "{DATA_ROOT}/runs", "LOG_DIR": "{DATA_ROOT}/logs", "EXPORT_CONFIG_DIR": "config/exports",
    ]
    var threads = 1
    /// Rules of both sessions.
    var alternativeBars: [JSONValue] = []
    var flowInterval: JSONValue = nil
    /// Of both sessions, where `T` holds quotes.
    var quoteIntervals: [JSONValue] = []
    var instruments: [JSONValue] = []
    var features: [JSONValue] = []
    var engineered: [JSONValue] = []
    /// Further rows of DATASETS.
    var others: [JSONValue] = []

    init() throws { folder = try TemporaryFolder("pipeline") }

    var workspace: Workspace {
        get throws {
            func session(_ kind: String) -> JSONValue {
                [
                    "session_id": .string("T_" + kind), "dataset_id": "T", "calendar": "CME_EQUITY", "session": .string(kind),
                    "bar_intervals": ["1m"], "footprint_interval": "1m", "cvd_interval": "1m", "big_trade_rule": "percentile",
                    "big_trade_value": 0.9, "big_trade_window": 50, "alternative_bars": .array(alternativeBars),
                    "flow_interval": flowInterval, "quote_intervals": .array(quoteIntervals),
                ]
            }
            let snapshot: JSONValue = [
                "schema": "apus-config/1",
                "sheets": [
                    "PATHS": [.object(paths)], "DATASETS": .array([.object(daily), .object(trades)] + others),
                    "SESSIONS": [session("FULL"), session("RTH")], "INSTRUMENTS": .array(instruments),
                    "FEATURE_LIBRARY": .array(features), "ENGINEERED_FEATURES": .array(engineered),
                ],
            ]
            return Workspace(
                root: root, configuration: try Configuration(snapshot: snapshot, workspace: root), snapshotPath: "",
                clock: FixedClock(UnixNanos(1_700_000_000_000_000_000)), threads: threads)
        }
    }

    func write(_ text: String, to name: String) throws { try AtomicFile.write(text, to: "\(root)/inbox/\(name)") }

    @discardableResult
    func ingest(_ dataset: String) throws -> [IngestOutcome] {
        let workspace = try workspace
        return try IngestStage(workspace, registry: try workspace.registry()).run(only: [dataset])
    }

    /// Writes a daily file and ingests.
    @discardableResult
    func ingest(daily text: String, as name: String = "d.csv") throws -> IngestOutcome.Action? {
        try write(text, to: name)
        return try ingest("D").first { $0.source.hasSuffix("/" + name) }?.action
    }

    func derive() throws -> [DeriveOutcome] {
        let workspace = try workspace
        return try DeriveStage(workspace, registry: try workspace.registry()).run()
    }

    /// sha256 of every derived table.
    func deriveDigests() throws -> [String: String] {
        var digests: [String: String] = [:]
        for outcome in try derive() {
            for table in outcome.tables { digests["\(outcome.sessionID).\(table.name)"] = table.digest.hex }
        }
        return digests
    }

    var files: DatasetFiles { get throws { try DatasetFiles(try workspace.registry(), "D") } }

    func status(verify: Bool = true) throws -> LakeStatus { try LakeStatus.read(try workspace, verify: verify) }

    /// Writes trades as a DBN file into `inbox/t/`.
    func write(_ trades: [SmallTrade], to name: String) throws {
        let dates = trades.map(\.time.utcDate)
        guard let first = dates.min(), let last = dates.max() else { return }
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: .trades, start: trades[0].time)
        metadata.symbols = Set(trades.map(\.symbol)).sorted()
        metadata.mappings = metadata.symbols.map { symbol in
            DBNSymbolMapping(
                rawSymbol: symbol,
                intervals: [DBNMappingInterval(start: first, end: last + 1, symbol: String(SmallTrade.id(symbol)))])
        }
        let writer = try DBNWriter(path: "\(root)/inbox/t/\(name)", metadata: metadata, compress: false)
        try writer.append(trades.map(\.raw))
        try writer.finish()
    }
}

struct SmallTrade {
    let time: UnixNanos
    let symbol: String
    var price: Int64 = 4_800_000_000_000
    var size: UInt32 = 1

    static func id(_ symbol: String) -> UInt32 { symbol.utf8.reduce(7) { $0 * 31 + UInt32($1) } }

    var raw: RawTrade {
        RawTrade(
            instrumentID: Self.id(symbol), tsEvent: UInt64(bitPattern: time.rawValue), price: price, size: size,
            side: UInt8(ascii: "B"))
    }

    /// `count` trades from `start`, 0 to 2 s apart.
    static func random(_ symbol: String, _ count: Int, from start: UnixNanos, _ random: inout SeededGenerator) -> [SmallTrade] {
        var time = start
        return (0..<count).map { _ in
            time = time + Int64(random.next() % 3) * 1_000_000_000
            return SmallTrade(
                time: time, symbol: symbol, price: 4_800_000_000_000 + Int64(random.next() % 40) * 250_000_000,
                size: UInt32(random.next() % 20 + 1))
        }
    }
}
