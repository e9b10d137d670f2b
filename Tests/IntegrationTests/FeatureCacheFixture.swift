import Contracts
import Primitives
import TestKit
import Workbook

/// Workspaces whose features are of all kinds: windows, recursions, joins, features of features; VIX may be revised.
enum FeatureCacheFixture {
    /// A workspace with everything ingested and derived, and no feature built.
    static func make(_ root: String) throws {
        try WorkspaceFixture.make(root)
        try writeWorkbook(root)
        for stage in ["ingest", "derive"] {
            let result = try BuiltProgram.run([stage, "--workspace", root])
            guard result.exitCode == 0 else { throw TestKitError(result.error) }
        }
    }

    static func writeWorkbook(_ root: String) throws {
        var rows = SampleWorkbook.rows
        rows["DATASETS"] = rows["DATASETS"]?.map { row in
            var row = row
            if row["dataset_id"] == "VIX" { row["update_mode"] = "revisable" }
            return row
        }
        rows["FEATURE_LIBRARY", default: []] += library.map { id, dataset, columns, transform, parameters, extra in
            var row: [String: JSONValue] = [
                "feature_id": .string(id), "feature_name": .string(id), "dataset_id": .string(dataset),
                "transform": .string(transform), "missing_policy": "drop", "tags": ["daily"], "enabled": true,
            ]
            if !columns.isEmpty { row["input_col"] = .string(columns) }
            if !parameters.isEmpty { row["params_json"] = .object(parameters) }
            return row.merging(extra) { $1 }
        }
        rows["ENGINEERED_FEATURES", default: []].append([
            "eng_feature_id": "stress", "eng_feature_name": "Stress", "input_feature_ids": ["spx_ema", "vix_score"],
            "combine_transform": "linear", "params_json": ["weights": [1, 0.5], "intercept": 0], "missing_policy": "drop",
            "tags": ["daily"], "enabled": true,
        ])
        try WorkbookTemplate.write(to: root + "/config/run_config.xlsx", sample: rows)
    }

    private static let library: [(String, String, String, String, [String: JSONValue], [String: JSONValue])] = [
        ("spx_ema", "SP500", "Close", "ema", ["window": 20], [:]),
        ("spx_strength", "SP500", "Close", "rsi", [:], ["missing_policy": "ffill:3"]),
        ("spx_atr", "SP500", "", "atr", [:], [:]),
        ("vix_score", "VIX", "vix", "zscore", ["window": 60], ["winsorize": "0.01:0.99:120", "normalize": "zscore:60"]),
        ("spx_vix", "SP500", "Close, VIX!vix", "rolling_correlation", ["window": 40], [:]),
        ("spx_wti", "SP500", "Close, WTI!DCOILWTICO", "rolling_beta", ["window": 40], ["missing_policy": "ffill"]),
    ]

    /// Path and digest of every file below a workspace's cache, but for what audits remember.
    static func digests(_ root: String) throws -> [String: String] {
        try WorkspaceFixture.digests(root).filter {
            $0.key.hasPrefix("/data/features_cache/") && !$0.key.hasPrefix("/data/features_cache/.audits/")
        }
    }

    static func folders(_ root: String) -> [String] {
        let cache = root + "/data/features_cache"
        return Folder.names(in: cache).filter { !$0.hasPrefix(".") && Folder.isFolder(cache + "/" + $0) }.flatMap { hash in
            Folder.names(in: "\(cache)/\(hash)").map { "\(cache)/\(hash)/\($0)" }
        }
    }

    /// Ids of what a command printed with --json, with one of its members.
    static func members(_ name: String, of output: String) throws -> [String: String] {
        let items = try JSONParser.parse(output).arrayValue ?? []
        return Dictionary(
            uniqueKeysWithValues: items.map { ($0["feature_id"]?.stringValue ?? "", $0[name]?.stringValue ?? "") })
    }
}
