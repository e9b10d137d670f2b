import Contracts
import Lake
import OrderFlow
import Primitives

/// Where derived tables lie and what their manifests say.
enum DerivedTables {
    static func folder(_ workspace: Workspace, _ session: SessionSpec) -> String {
        "\(workspace.paths.derived)/\(session.datasetID)/\(session.id)"
    }

    /// What decides a build: parameters, the inputs' contents in order, and the code.
    static func key(parameters: JSONValue, inputs: [String]) throws -> Digest {
        try Digest.of(
            JSONValue.object([
                "parameters": parameters, "inputs": .array(inputs.map { .string($0) }), "code": .string(ProgramVersion.current),
            ]))
    }

    struct Manifest: Sendable {
        let json: JSONValue
        let tables: [(name: String, rows: Int, digest: Digest)]

        var parameters: JSONValue { json["parameters"] ?? .null }

        init(
            key: Digest, session: String, work: DerivePlan.Work, inputs: [FileRecord], summaries: [ParquetSummary],
            statistics: FlowStatistics
        ) {
            tables = summaries.map { (Self.name($0.path), $0.rows, $0.digest) }
            json = [
                "key": .string(key.hex), "session_id": .string(session), "parameters": work.json,
                "code": .string(ProgramVersion.current),
                "inputs": .array(
                    inputs.map {
                        [
                            "source": .string($0.sourceName), "raw": .string($0.rawPath),
                            "canonical": .string($0.canonicalPath ?? ""), "sha256": .string($0.sha256),
                            "canonical_sha256": .string($0.canonicalSHA256 ?? ""),
                        ]
                    }),
                "tables": .array(
                    tables.map { ["name": .string($0.name), "rows": .int(Int64($0.rows)), "sha256": .string($0.digest.hex)] }),
                work.records: [
                    "records": .int(statistics.records), "aggregated": .int(statistics.aggregated),
                    "filtered": .int(statistics.filtered),
                    "outside_hours": .int(statistics.outsideHours), "undefined": .int(statistics.undefined),
                ],
            ]
        }

        init?(_ json: JSONValue) {
            guard let rows = json["tables"]?.arrayValue else { return nil }
            var tables: [(name: String, rows: Int, digest: Digest)] = []
            for row in rows {
                guard let name = row["name"]?.stringValue, let count = row["rows"]?.intValue,
                    let hex = row["sha256"]?.stringValue,
                    let digest = Digest(hex: hex)
                else { return nil }
                tables.append((name, Int(count), digest))
            }
            self.json = json
            self.tables = tables
        }

        private static func name(_ path: String) -> String {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            return file.hasSuffix(".parquet") ? String(file.dropLast(8)) : file
        }
    }

    /// The manifest of a complete build with this key whose tables still have the bytes it names.
    static func verified(_ folder: String, key: Digest) -> Manifest? {
        guard let manifest = read(folder), manifest.json["key"]?.stringValue == key.hex else { return nil }
        let whole = manifest.tables.allSatisfy { (try? Digest.ofFile("\(folder)/\($0.name).parquet")) == $0.digest }
        return whole ? manifest : nil
    }

    private static func read(_ folder: String) -> Manifest? {
        guard let bytes = try? FileBytes.read(folder + "/manifest.json"), let json = try? JSONParser.parse(bytes: bytes) else {
            return nil
        }
        return Manifest(json)
    }

    /// The build in force of a session, with its folder.
    /// - Throws: `ApusError` `derive.missing`; `derive.stale` where SESSIONS or INSTRUMENTS ask for other tables by now.
    static func current(_ workspace: Workspace, _ session: SessionSpec) throws -> (folder: String, manifest: Manifest) {
        let parent = folder(workspace, session)
        guard let bytes = try? FileBytes.read(parent + "/current.json"), let pointer = try? JSONParser.parse(bytes: bytes),
            let name = pointer["folder"]?.stringValue, let manifest = read(parent + "/" + name)
        else {
            throw ApusError(
                "derive.missing", "the session's tables are not derived yet; run `apus derive`", context: ["session": session.id])
        }
        let wanted = try DerivePlan.Work(session, workspace.configuration).json
        guard manifest.parameters == wanted else {
            throw ApusError(
                "derive.stale", "the session's tables were derived with other parameters; run `apus derive`",
                context: ["session": session.id, "parameters": changes(from: manifest.parameters, to: wanted)])
        }
        return (parent + "/" + name, manifest)
    }

    /// The parameters that differ: `calendar "CME_ES" (now "US_EQUITY")`.
    private static func changes(from old: JSONValue, to new: JSONValue) -> String {
        func text(_ value: JSONValue?) -> String { value.flatMap { try? CanonicalJSON.text($0) } ?? "null" }
        let (old, new) = (old.objectValue ?? [:], new.objectValue ?? [:])
        return Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }
            .map { "\($0) \(text(old[$0])) (now \(text(new[$0])))" }.joined(separator: ", ")
    }
}
