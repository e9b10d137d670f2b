public import Contracts
public import Primitives

/// A finished backtest on disk in one of two layouts: the result folder of the ML4T cross-library specification 1.0.0, or the
/// one that ml4t-backtest 0.2.0 writes itself. Beside their files lie our exposure.parquet and run_manifest.json, and in the
/// first our fills.parquet.
///
/// Our manifest is not named `manifest.json`: ml4t-backtest takes a file of that name for its own.
public enum ResultFolder {
    public static let manifestName = "run_manifest.json"

    /// Every file of a folder but our manifest, sorted.
    public static func fileNames(_ schema: ResultSchema, hasPredictions: Bool = false) -> [String] {
        switch schema {
        case .v1:
            [
                "config.yaml", "daily_pnl.parquet", "equity.parquet", "exposure.parquet", "fills.parquet", "metrics.json",
                "trades.parquet",
            ]
        case .ml4t02:
            (ML4TArtifact.components.map(\.1).filter { hasPredictions || $0 != ML4TArtifact.predictionsName } + [
                "exposure.parquet", ML4TArtifact.manifestName,
            ]).sorted()
        }
    }

    /// Writes the whole folder or nothing. A folder that already holds exactly this result is left untouched.
    ///
    /// - Parameters:
    ///   - manifest: an object; a member `files` with the SHA-256 of every other file is added.
    ///   - predictions: a Parquet file of what the strategy was told, copied into a folder of ml4t-backtest 0.2.0.
    /// - Returns: the manifest as written, and whether anything was written.
    /// - Throws: `ApusError` `file.write`, `result.manifest`, `result.metrics` (a number that is not finite, in the schema
    ///   1.0.0), `parquet.value` for a number that its column cannot hold, `parquet.read` where `predictions` cannot be read.
    @discardableResult
    public static func write(
        _ result: BacktestResult, manifest: JSONValue, to folder: String, schema: ResultSchema = .v1,
        predictions: String? = nil
    ) throws -> (manifest: JSONValue, changed: Bool) {
        // Without equity there are no rows that the capital could appear in.
        let capital = result.initialCapital ?? result.equity.first?.equity
        return try write(
            manifest: { manifest }, to: folder, schema: schema, initialCapital: capital, predictions: predictions
        ) { curve in
            let points =
                schema == .v1 ? result.equity : result.equity.withAccounts(result.fills, initialCapital: capital ?? 1)
            // One block at a time becomes columns.
            for start in stride(from: 0, to: points.count, by: 65_536) {
                try curve.append(Array(points[start..<min(points.count, start + 65_536)]))
            }
            return result
        }
    }

    /// The same of a result whose bars are written while it is made.
    /// - Parameters:
    ///   - manifest: asked for when the result is made.
    ///   - initialCapital: before the first bar; nil where nobody knows.
    ///   - make: appends all bars; what it returns need not hold any.
    @discardableResult
    public static func write(
        manifest: () throws -> JSONValue, to folder: String, schema: ResultSchema = .v1, initialCapital: Double?,
        predictions: String? = nil, _ make: (CurveFiles) throws -> BacktestResult
    ) throws -> (manifest: JSONValue, changed: Bool) {
        let target = FolderPath.trim(folder)
        var written = JSONValue.null
        var changed = true
        try AtomicFolder.write(
            target,
            unless: { new in
                let curve = try CurveFiles(new, schema, initialCapital: initialCapital ?? 1)
                let result = try make(curve)
                var digests = try curve.finish()
                for (name, table) in tables(result, schema, curve, capital: initialCapital ?? 1) {
                    digests[name] = try ParquetWriter.write(table(), to: new + "/" + name).digest
                }
                if schema == .ml4t02, let predictions {
                    _ = try ParquetReader.schema(predictions)
                    let bytes = try FileBytes.read(predictions)
                    try AtomicFile.write(bytes, to: new + "/" + ML4TArtifact.predictionsName)
                    digests[ML4TArtifact.predictionsName] = Digest.of(bytes)
                }
                let texts = try texts(
                    result, schema, capital: initialCapital, window: curve.window, hasPredictions: predictions != nil)
                for (name, text) in texts {
                    try AtomicFile.write(text, to: new + "/" + name)
                    digests[name] = Digest.of(text)
                }
                guard var members = try manifest().objectValue, members["files"] == nil else {
                    throw ApusError(
                        "result.manifest", "a manifest is an object without a member \"files\"", context: ["folder": folder])
                }
                members["files"] = .object(digests.mapValues { .string($0.hex) })
                written = .object(members)
                try AtomicFile.write(try json(written, target + "/" + manifestName), to: new + "/" + manifestName)
                changed = !holdsTheSame(target, as: new)
                return !changed
            })
        return (written, changed)
    }

    /// Each table is made when its turn comes, so that one at a time is in memory.
    private static func tables(
        _ result: BacktestResult, _ schema: ResultSchema, _ curve: CurveFiles, capital: Double
    ) -> [(String, () -> Table)] {
        switch schema {
        case .v1:
            [
                ("trades.parquet", { ResultTables.trades(result.trades) }),
                ("daily_pnl.parquet", { ResultTables.dailyPnL(result.dailyPnL) }),
                ("fills.parquet", { ResultTables.fills(result.fills) }),
            ]
        case .ml4t02:
            [
                ("trades.parquet", { ML4TTables.trades(result.trades) }),
                ("fills.parquet", { ML4TTables.fills(result.fills) }),
                ("funding.parquet", { ML4TTables.funding(result.cashEvents) }),
                ("rejected_orders.parquet", { ML4TTables.rejectedOrders(result.rejectedOrders) }),
                ("capital_flows.parquet", { ML4TTables.empty(ML4TColumns.capitalFlows) }),
                ("daily_pnl.parquet", { ML4TTables.dailyPnL(curve.utcDays, initialCapital: capital) }),
            ]
        }
    }

    private static func texts(
        _ result: BacktestResult, _ schema: ResultSchema, capital: Double?, window: (first: EquityPoint, last: EquityPoint)?,
        hasPredictions: Bool
    ) throws -> [(String, String)] {
        let configuration = ML4TArtifact.configuration(result.configuration)
        let own = [("config.yaml", YAML.text(configuration))]
        let metrics = JSONValue.object(result.metrics)
        switch schema {
        case .v1: return try own + [("metrics.json", json(metrics, "metrics.json"))]
        case .ml4t02:
            let manifest = ML4TArtifact.manifest(initialCapital: capital, hasPredictions: hasPredictions)
            let spec = ML4TArtifact.spec(result, configuration: configuration, initialCapital: capital, window: window)
            return try own + [
                ("metrics.json", json(ML4TArtifact.tagged(metrics), "metrics.json")), ("spec.yaml", YAML.text(spec)),
                (ML4TArtifact.manifestName, json(manifest, ML4TArtifact.manifestName)),
            ]
        }
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
