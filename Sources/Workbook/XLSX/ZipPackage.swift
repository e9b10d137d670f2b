internal import CZip
import Primitives

/// The entries of a zip file, read whole, with caps against archives that unpack to far more than they seem.
final class ZipPackage {
    let file: String
    private let archive: OpaquePointer
    private var unpacked = 0

    /// Bytes one entry, and all entries read together, may unpack to.
    static let largestEntry = 256 << 20
    static let largestTotal = 512 << 20
    private static let mostEntries = 10_000

    /// - Throws: `ApusError` `file.read`, `xlsx.xls`, `xlsx.encrypted`, `xlsx.ods`, `xlsx.xlsb`, `xlsx.zip`.
    init(_ path: String) throws {
        file = path
        try Self.refuseCompoundFile(path)
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            let reason = String(cString: zip_error_strerror(&error))
            throw ApusError(
                "xlsx.zip", "this is not a whole .xlsx file (a zip archive)", context: ["file": path, "reason": reason])
        }
        self.archive = archive
        // From here on a throw runs deinit, which closes the archive.
        guard zip_get_num_entries(archive, 0) <= Self.mostEntries else {
            throw ApusError("xlsx.size", "the archive has more than \(Self.mostEntries) entries", context: ["file": path])
        }
        try refuseOtherFormats()
    }

    deinit { zip_discard(archive) }

    /// Old .xls files and encrypted .xlsx files are both OLE compound files.
    private static func refuseCompoundFile(_ path: String) throws {
        let whole = try FileBytes.read(path)
        guard whole.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else { return }
        // The directory of a compound file holds its streams' names in UTF-16.
        let marker: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        if ByteSearch.first(marker, in: whole, from: 0) != nil {
            throw ApusError(
                "xlsx.encrypted", "the workbook is encrypted; save it without a password", context: ["file": path])
        }
        throw ApusError("xlsx.xls", "this is an old .xls file; save it as .xlsx", context: ["file": path])
    }

    private func refuseOtherFormats() throws {
        if zip_name_locate(archive, "mimetype", 0) >= 0, zip_name_locate(archive, "content.xml", 0) >= 0 {
            throw ApusError("xlsx.ods", "this is an OpenDocument file; save it as .xlsx", context: ["file": file])
        }
        if zip_name_locate(archive, "xl/workbook.bin", 0) >= 0 {
            throw ApusError("xlsx.xlsb", "this is a binary .xlsb file; save it as .xlsx", context: ["file": file])
        }
    }

    /// The bytes of an entry; nil where there is none of this name.
    /// - Throws: `ApusError` `xlsx.zip`, `xlsx.size`.
    func read(_ name: String) throws -> [UInt8]? {
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
            guard bytes.count + Int(count) <= Self.largestEntry, unpacked <= Self.largestTotal else {
                throw ApusError(
                    "xlsx.size", "the entry unpacks to more than a workbook may hold",
                    context: ["file": file, "entry": name, "limit": "\(Self.largestEntry) bytes"])
            }
            bytes += block[0..<Int(count)]
        }
    }

    private func failure(_ message: String, _ entry: String, _ reason: String) -> ApusError {
        ApusError("xlsx.zip", message, context: ["file": file, "entry": entry, "reason": reason])
    }
}
