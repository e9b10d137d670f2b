import Primitives

/// The parts of an .xlsx file. Other formats under that name are told apart and named.
final class ZipPackage {
    private let archive: ZipArchive

    var file: String { archive.file }

    /// - Throws: `ApusError` `file.read`, `xlsx.xls`, `xlsx.encrypted`, `xlsx.ods`, `xlsx.xlsb`, `xlsx.zip`, `xlsx.size`.
    init(_ path: String) throws {
        try Self.refuseCompoundFile(path)
        archive = try ZipArchive(path, area: "xlsx", kind: ".xlsx file")
        if archive.contains("mimetype"), archive.contains("content.xml") {
            throw ApusError("xlsx.ods", "this is an OpenDocument file; save it as .xlsx", context: ["file": file])
        }
        if archive.contains("xl/workbook.bin") {
            throw ApusError("xlsx.xlsb", "this is a binary .xlsb file; save it as .xlsx", context: ["file": file])
        }
    }

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

    /// The bytes of a part, whatever the case of its name; nil where there is none of this name.
    /// - Throws: `ApusError` `xlsx.zip`, `xlsx.size`.
    func read(_ name: String) throws -> [UInt8]? { try archive.read(name) }
}
