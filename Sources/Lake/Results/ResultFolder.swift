public import Contracts
public import Primitives

/// A finished backtest on disk: the result folder of the ML4T cross-library specification 1.0.0
/// (trades, equity, daily_pnl, metrics.json, config.yaml) with our fills.parquet, exposure.parquet and run_manifest.json.
///
/// The manifest is not named `manifest.json`: ml4t-backtest takes a file of that name for its own and refuses the folder.
public enum ResultFolder {
    public static let manifestName = "run_manifest.json"
    /// Every file of a folder but the manifest, sorted.
    public static let fileNames = [
        "config.yaml", "daily_pnl.parquet", "equity.parquet", "exposure.parquet", "fills.parquet", "metrics.json",
        "trades.parquet",
    ]

    /// Writes the whole folder or nothing. A folder that already holds exactly this result is left untouched.
    ///
    /// - Parameter manifest: an object; a member `files` with the SHA-256 of every other file is added.
    /// - Returns: the manifest as written, and whether anything was written.
    /// - Throws: `ApusError` `file.write`, `result.manifest`, `result.metrics` (a number that is not finite),
    ///   `parquet.value` for a number that its column cannot hold.
    @discardableResult
    public static func write(
        _ result: BacktestResult, manifest: JSONValue, to folder: String
    ) throws -> (manifest: JSONValue, changed: Bool) {
        guard var members = manifest.objectValue, members["files"] == nil else {
            throw ApusError("result.manifest", "a manifest is an object without a member \"files\"", context: ["folder": folder])
        }
        let target = FolderPath.trim(folder)
        var written = manifest
        var changed = true
        try AtomicFolder.write(
            target,
            unless: { new in
                members["files"] = .object(try writeFiles(result, to: new))
                written = .object(members)
                try AtomicFile.write(try json(written, target + "/" + manifestName), to: new + "/" + manifestName)
                changed = !holdsTheSame(target, as: new)
                return !changed
            })
        return (written, changed)
    }

    private static func writeFiles(_ result: BacktestResult, to folder: String) throws -> [String: JSONValue] {
        var digests: [String: JSONValue] = [:]
        let tables: [(String, Table)] = [
            ("trades.parquet", ResultTables.trades(result.trades)), ("equity.parquet", ResultTables.equity(result.equity)),
            ("daily_pnl.parquet", ResultTables.dailyPnL(result.dailyPnL)), ("fills.parquet", ResultTables.fills(result.fills)),
            ("exposure.parquet", ResultTables.exposure(result.equity)),
        ]
        for (name, table) in tables {
            digests[name] = .string(try ParquetWriter.write(table, to: folder + "/" + name).digest.hex)
        }
        let texts = [
            ("metrics.json", try json(.object(result.metrics), "metrics.json")), ("config.yaml", YAML.text(result.configuration)),
        ]
        for (name, text) in texts {
            try AtomicFile.write(text, to: folder + "/" + name)
            digests[name] = .string(Digest.of(text).hex)
        }
        return digests
    }

    private static func json(_ value: JSONValue, _ file: String) throws -> String {
        do { return try CanonicalJSON.text(value, pretty: true) } catch {
            throw ApusError("result.metrics", "a number has no JSON form", context: ["file": file], underlying: error)
        }
    }

    /// Compares the manifests, and the present files with the digests that both name.
    private static func holdsTheSame(_ folder: String, as other: String) -> Bool {
        guard FileBytes.exists(folder + "/" + manifestName),
            (try? FileBytes.read(folder + "/" + manifestName)) == (try? FileBytes.read(other + "/" + manifestName)),
            Folder.names(in: folder) == Folder.names(in: other)
        else { return false }
        return (try? verify(folder)) != nil
    }

    /// Recomputes every digest of the manifest.
    /// - Throws: `ApusError` `result.digest` naming the file that differs, `file.read`, `result.manifest`.
    public static func verify(_ folder: String) throws {
        let path = FolderPath.trim(folder) + "/" + manifestName
        guard let files = try manifest(of: folder)["files"]?.objectValue else {
            throw ApusError("result.manifest", "the manifest names no files", context: ["file": path])
        }
        for name in files.keys.sorted() {
            let file = FolderPath.trim(folder) + "/" + name
            guard try Digest.ofFile(file).hex == files[name]?.stringValue else {
                throw ApusError("result.digest", "the file is not the one that the manifest names", context: ["file": file])
            }
        }
    }

    /// The parsed run_manifest.json.
    /// - Throws: `ApusError` `file.read`, `result.manifest`.
    public static func manifest(of folder: String) throws -> JSONValue {
        let path = FolderPath.trim(folder) + "/" + manifestName
        let bytes = try FileBytes.read(path)
        do { return try JSONParser.parse(bytes: bytes) } catch {
            throw ApusError("result.manifest", "the manifest is not JSON", context: ["file": path], underlying: error)
        }
    }
}
