internal import Contracts
internal import Glibc
public import Primitives

/// A computed feature as the cache keeps it.
public struct StoredFeature: Sendable {
    public let labels: [UnixNanos]
    public let availableAt: [UnixNanos]
    public let values: [Double]
    /// The computation after the last row, so that more rows can follow.
    public let state: [[UInt64]]

    /// - Precondition: the three columns have one length.
    public init(labels: [UnixNanos], availableAt: [UnixNanos], values: [Double], state: [[UInt64]]) {
        precondition(labels.count == values.count && labels.count == availableAt.count, "columns of different length")
        self.labels = labels
        self.availableAt = availableAt
        self.values = values
        self.state = state
    }
}

/// Computed columns on the disk, in `<spec hash>/<as-of time>-<input digest>/`: `values.parquet` (ts, available_at, value),
/// `state.bin` and `manifest.json`, which holds the digests of both.
///
/// A folder appears whole, by one rename, and is never changed. Its name tells its content, so two processes that build the same
/// feature write the same folder, and the one that is late drops its own. What is damaged counts as absent and is replaced: the
/// manifest holds the digests of both files and, under `manifest_sha256`, that of all its other members.
public struct FeatureCache: Sendable {
    public let root: String

    public init(root: String) { self.root = root }

    public struct Entry: Sendable {
        public let specHash: String
        public let folder: String
        public let manifest: JSONValue
        public var rows: Int { Int(manifest["rows"]?.intValue ?? 0) }
        public var asOf: String { manifest["as_of"]?.stringValue ?? "" }
    }

    /// What is there of a specification, the longest first.
    public func entries(specHash: String) -> [Entry] {
        folders(specHash: specHash).compactMap { entry(specHash: specHash, folder: $0) }
            .sorted { ($0.rows, $0.folder) > ($1.rows, $1.folder) }
    }

    /// The folders of a specification whose manifest is gone or not as it was written.
    public func damagedFolders(specHash: String) -> [String] {
        folders(specHash: specHash).filter { entry(specHash: specHash, folder: $0) == nil }
    }

    private func folders(specHash: String) -> [String] {
        let parent = root + "/" + specHash
        return Folder.names(in: parent).filter { !$0.hasPrefix(".") }.map { parent + "/" + $0 }
    }

    func entry(specHash: String, folder: String) -> Entry? {
        guard let text = try? FileBytes.readText(folder + "/manifest.json"), let manifest = try? JSONParser.parse(text),
            var members = manifest.objectValue, let seal = members.removeValue(forKey: Self.sealKey)?.stringValue,
            (try? Digest.of(JSONValue.object(members)))?.hex == seal
        else { return nil }
        return Entry(specHash: specHash, folder: folder, manifest: manifest)
    }

    static let sealKey = "manifest_sha256"

    /// Every specification that has a folder.
    public var specHashes: [String] { Folder.names(in: root).filter { !$0.hasPrefix(".") } }

    /// - Returns: nil where the entry is not as it was written.
    public func read(_ entry: Entry) -> StoredFeature? {
        let values = entry.folder + "/values.parquet", state = entry.folder + "/state.bin"
        guard (try? Digest.ofFile(values))?.hex == entry.manifest["values_sha256"]?.stringValue,
            let stateBytes = try? FileBytes.read(state), Digest.of(stateBytes).hex == entry.manifest["state_sha256"]?.stringValue,
            let words = Self.words(stateBytes), let table = try? ParquetReader.table(values), table.columns.count == 3
        else { return nil }
        return StoredFeature(
            labels: table.columns[0].ints.map { UnixNanos($0) }, availableAt: table.columns[1].ints.map { UnixNanos($0) },
            values: table.columns[2].doubles, state: words)
    }

    /// Keeps a computed column.
    /// - Parameters:
    ///   - name: of the folder; tells the content.
    ///   - manifest: an object; rows and digests are added.
    /// - Returns: the entry, ours or the same of a faster process.
    /// - Throws: `ApusError` `file.write`.
    public func write(
        _ feature: StoredFeature, specHash: String, name: String, manifest: [String: JSONValue]
    ) throws -> Entry {
        let parent = root + "/" + specHash
        let folder = parent + "/" + name
        var manifest = manifest
        manifest["rows"] = .int(Int64(feature.labels.count))
        // A damaged folder under this name would win against ours.
        if FileBytes.exists(folder), entry(specHash: specHash, folder: folder).flatMap(read) == nil { try discard(folder) }
        let complete = try AtomicFolder.writeOnce(folder) { partial in
            let writer = try ParquetWriter(partial + "/values.parquet", schema: Self.schema)
            try writer.append([
                .int64(feature.labels.map(\.rawValue)), .int64(feature.availableAt.map(\.rawValue)), .double(feature.values),
            ])
            manifest["values_sha256"] = .string(try writer.finish().digest.hex)
            let state = Self.bytes(feature.state)
            manifest["state_sha256"] = .string(Digest.of(state).hex)
            try AtomicFile.write(state, to: partial + "/state.bin")
            manifest[Self.sealKey] = .string(try Digest.of(JSONValue.object(manifest)).hex)
            try AtomicFile.write(try CanonicalJSON.text(.object(manifest), pretty: true), to: partial + "/manifest.json")
            return JSONValue.object(manifest)
        }
        return Entry(specHash: specHash, folder: folder, manifest: complete)
    }

    /// Takes a folder away, whatever is in it; one that another process has taken is fine.
    /// - Throws: `ApusError` `file.write`.
    public func discard(_ folder: String) throws {
        // Out of sight at once: a reader sees the whole folder or none. The name is this process's own.
        let parent = FolderPath.parent(of: folder)
        let hidden = "\(parent)/\(AtomicFile.partialPrefix)\(getpid())-removed-\(FolderPath.name(of: folder))"
        try Folder.remove(hidden)
        guard rename(folder, hidden) == 0 else {
            if errno == ENOENT { return }
            throw FileError.write(folder, errno)
        }
        try AtomicFolder.flush(parent)
        try Folder.remove(hidden)
    }

    /// Takes away what killed writers left, and folders with nothing in them.
    /// - Precondition: no other process writes; see `FeatureCacheLock`.
    public func sweep() throws {
        // Verdicts of audits lie in a hidden folder beside the specifications.
        for folder in Folder.names(in: root).map({ root + "/" + $0 }) where Folder.isFolder(folder) {
            for name in Folder.names(in: folder) where name.hasPrefix(AtomicFile.partialPrefix) {
                try Folder.remove(folder + "/" + name)
            }
            if Folder.names(in: folder).isEmpty { try Folder.remove(folder) }
        }
    }

    private static let schema = [
        ColumnSpec("ts", .timestampNanos(utc: true)), ColumnSpec("available_at", .timestampNanos(utc: true)),
        ColumnSpec("value", .double),
    ]

    /// Counts and words, little endian.
    private static func bytes(_ state: [[UInt64]]) -> [UInt8] {
        var words = [UInt64(state.count)] + state.map { UInt64($0.count) }
        for part in state { words += part }
        return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    private static func words(_ bytes: [UInt8]) -> [[UInt64]]? {
        guard bytes.count % 8 == 0, bytes.count >= 8 else { return nil }
        let words = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
        guard let parts = Int(exactly: words[0]), parts < words.count else { return nil }
        var position = 1 + parts
        var state: [[UInt64]] = []
        for count in words[1..<(1 + parts)] {
            guard let count = Int(exactly: count), count <= words.count - position else { return nil }
            state.append(Array(words[position..<(position + count)]))
            position += count
        }
        return position == words.count ? state : nil
    }
}

/// The right to use a cache, shared by all who read and add, or to clean it, alone. It ends with the process, however that ends.
public final class FeatureCacheLock {
    private let lock: FileLock

    /// - Parameters:
    ///   - alone: for cleaning.
    ///   - seconds: how long to wait for another process.
    /// - Throws: `ApusError` `cache.locked` where somebody else cleans, or works while we want to clean.
    public init(_ cache: FeatureCache, alone: Bool = false, waiting seconds: Int = 0) throws {
        try AtomicFile.createFolder(cache.root)
        lock = try FileLock(cache.root + "/.lock")
        // Nobody else is there: what killed writers left is nobody's.
        if !alone, lock.take() { try? cache.sweep() }
        guard lock.take(shared: !alone, waiting: seconds) else {
            throw ApusError(
                "cache.locked",
                alone
                    ? "another apus is using the feature cache; clean it when that one is done"
                    : "another apus is cleaning the feature cache",
                context: ["file": lock.path])
        }
    }
}
