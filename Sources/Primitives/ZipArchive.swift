internal import CZip

/// The entries of a zip file, read whole, with caps against archives that unpack to far more than they seem.
public final class ZipArchive {
    /// What an archive may hold and unpack to.
    public struct Limits: Sendable {
        public var entries: Int
        /// Bytes that one entry may unpack to.
        public var entryBytes: Int
        /// Bytes that all entries read together may unpack to.
        public var totalBytes: Int

        public init(entries: Int = 10_000, entryBytes: Int = 256 << 20, totalBytes: Int = 512 << 20) {
            self.entries = entries
            self.entryBytes = entryBytes
            self.totalBytes = totalBytes
        }
    }

    public let file: String
    private let archive: OpaquePointer
    private let area: String
    private let limits: Limits
    private var unpacked = 0

    /// - Parameters:
    ///   - area: the first part of every error's code.
    ///   - kind: what the file should be, for the message where it is no zip file.
    /// - Throws: `ApusError` `<area>.zip`, `<area>.size`.
    public init(_ path: String, area: String, kind: String, limits: Limits = Limits()) throws {
        file = path
        self.area = area
        self.limits = limits
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            let reason = String(cString: zip_error_strerror(&error))
            throw ApusError(
                "\(area).zip", "this is not a whole \(kind) (a zip archive)", context: ["file": path, "reason": reason])
        }
        self.archive = archive
        // From here on a throw runs deinit, which closes the archive.
        guard zip_get_num_entries(archive, 0) <= limits.entries else {
            throw ApusError("\(area).size", "the archive has more than \(limits.entries) entries", context: ["file": path])
        }
    }

    deinit { zip_discard(archive) }

    /// The names of all entries, in the archive's order.
    public var names: [String] {
        (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
            zip_get_name(archive, UInt64(index), 0).map { String(cString: $0) }
        }
    }

    public func contains(_ name: String) -> Bool { zip_name_locate(archive, name, 0) >= 0 }

    /// The bytes of an entry, whatever the case of its name; nil where there is none of this name.
    /// - Throws: `ApusError` `<area>.zip`, `<area>.size`.
    public func read(_ name: String) throws -> [UInt8]? {
        let index = zip_name_locate(archive, name, UInt32(ZIP_FL_NOCASE))
        guard index >= 0 else { return nil }
        guard let entry = zip_fopen_index(archive, UInt64(index), 0) else {
            throw failure("the entry cannot be opened", name, String(cString: zip_strerror(archive)))
        }
        defer { zip_fclose(entry) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { zip_fread(entry, $0.baseAddress, UInt64($0.count)) }
            guard count >= 0 else { throw failure("the entry is damaged", name, String(cString: zip_file_strerror(entry))) }
            if count == 0 { return bytes }
            unpacked += Int(count)
            guard bytes.count + Int(count) <= limits.entryBytes, unpacked <= limits.totalBytes else {
                throw ApusError(
                    "\(area).size", "the entry unpacks to more than such a file may hold",
                    context: ["file": file, "entry": name, "limit": "\(limits.entryBytes) bytes"])
            }
            bytes += block[0..<Int(count)]
        }
    }

    private func failure(_ message: String, _ entry: String, _ reason: String) -> ApusError {
        ApusError("\(area).zip", message, context: ["file": file, "entry": entry, "reason": reason])
    }
}
