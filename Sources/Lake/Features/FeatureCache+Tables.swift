public import Contracts
public import Primitives

// Columns that are not continued, such as labels: a table of any columns, without a state.
extension FeatureCache {
    /// Keeps a table as `values.parquet` with its `manifest.json`.
    /// - Parameters:
    ///   - name: of the folder; tells the content.
    ///   - manifest: an object; rows and digest are added.
    /// - Returns: the entry, ours or the same of a faster process.
    /// - Throws: `ApusError` `file.write`, `parquet.schema`.
    public func write(_ table: Table, specHash: String, name: String, manifest: [String: JSONValue]) throws -> Entry {
        let folder = root + "/" + specHash + "/" + name
        // A damaged folder under this name would win against ours.
        if FileBytes.exists(folder), entry(specHash: specHash, folder: folder).map(isWhole) != true { try discard(folder) }
        let complete = try AtomicFolder.writeOnce(folder) { partial in
            let writer = try ParquetWriter(partial + "/values.parquet", schema: table.schema)
            try writer.append(table)
            var manifest = manifest
            manifest["rows"] = .int(Int64(table.rowCount))
            manifest["values_sha256"] = .string(try writer.finish().digest.hex)
            manifest[Self.sealKey] = .string(try Digest.of(JSONValue.object(manifest)).hex)
            try AtomicFile.write(try CanonicalJSON.text(.object(manifest), pretty: true), to: partial + "/manifest.json")
            return JSONValue.object(manifest)
        }
        return Entry(specHash: specHash, folder: folder, manifest: complete)
    }

    /// Whether a table is as it was written.
    public func isWhole(_ entry: Entry) -> Bool {
        (try? Digest.ofFile(entry.folder + "/values.parquet"))?.hex == entry.manifest["values_sha256"]?.stringValue
    }
}
