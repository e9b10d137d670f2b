internal import Glibc
import Primitives

/// An open Parquet file: its columns and where their chunks lie. Only flat files.
final class ParquetFile {
    enum Unit {
        case millis, micros, nanos
    }

    struct Leaf {
        let name: String
        /// Parquet's physical type: 0 boolean, 1 int32, 2 int64, 3 int96, 4 float, 5 double, 6 bytes.
        let physical: Int64
        let isOptional: Bool
        let isText: Bool
        let isDate: Bool
        let timestamp: Unit?
        /// Another annotation, which changes what the stored integers mean.
        let isOther: Bool
    }

    struct Chunk {
        let offset: Int
        let size: Int
        let valueCount: Int
        /// 0 none, 1 snappy, 6 zstd.
        let codec: Int64
        let encodings: [Int64]
    }

    let path: String
    let size: Int
    let rowCount: Int
    let leaves: [Leaf]
    /// By row group, then by leaf.
    let chunks: [[Chunk]]
    /// A form that this reader does not know: nested, repeated, encrypted, in several files.
    let isForeign: Bool
    private let descriptor: Int32

    /// - Throws: `ApusError` `file.read`, `parquet.read`.
    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw ApusError("parquet.read", "there is no such file", context: ["file": path]) }
            throw FileError.read(path, errno)
        }
        do {
            let footer = try Self.readFooter(descriptor, path)
            size = footer.size
            let parsed = try footer.bytes.withUnsafeBytes { bytes throws -> ParsedFooter in
                var reader = ThriftReader(bytes)
                guard let root = try? reader.structure(), let parsed = ParsedFooter(root, bytes, fileSize: footer.size) else {
                    throw Self.damaged(path, "the footer is malformed")
                }
                return parsed
            }
            (rowCount, leaves, chunks, isForeign) = (parsed.rowCount, parsed.leaves, parsed.chunks, parsed.isForeign)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from that offset on; less at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
            guard count >= 0 else { throw FileError.read(path, errno) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    static func damaged(_ path: String, _ reason: String, column: String? = nil) -> ApusError {
        let message = "the file is damaged or no Parquet file"
        guard let column else { return ApusError("parquet.read", message, context: ["file": path, "reason": reason]) }
        return ApusError("parquet.read", message, context: ["file": path, "column": column, "reason": reason])
    }

    private static func readFooter(_ descriptor: Int32, _ path: String) throws -> (bytes: [UInt8], size: Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.read(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ApusError("parquet.read", "this is no file", context: ["file": path])
        }
        let size = Int(status.st_size)
        func bytes(at offset: Int, _ count: Int) throws -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: count)
            let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, off_t(offset)) }
            guard got == count else { throw got < 0 ? FileError.read(path, errno) : damaged(path, "the file is cut short") }
            return buffer
        }
        guard size >= 12 else { throw damaged(path, "the file has \(size) bytes") }
        let tail = try bytes(at: size - 8, 8)
        guard tail[4...].elementsEqual("PAR1".utf8) else { throw damaged(path, "the file does not end with PAR1") }
        let length = tail[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= size - 12 else { throw damaged(path, "the footer is longer than the file") }
        return (try bytes(at: size - 8 - length, length), size)
    }
}

/// FileMetaData of Parquet's format; nil where it is malformed.
private struct ParsedFooter {
    let rowCount: Int
    var leaves: [ParquetFile.Leaf] = []
    var chunks: [[ParquetFile.Chunk]] = []
    var isForeign = false

    init?(_ root: ThriftValue, _ bytes: UnsafeRawBufferPointer, fileSize: Int) {
        guard let schema = root[2]?.list, let rows = root[3]?.int, rows >= 0, let groups = root[4]?.list, !schema.isEmpty
        else { return nil }
        rowCount = Int(rows)
        for element in schema.dropFirst() {
            guard let leaf = Self.leaf(element, bytes) else { return nil }
            // Children, repeated values.
            if element[5]?.int ?? 0 > 0 || element[3]?.int == 2 { isForeign = true }
            leaves.append(leaf)
        }
        for group in groups {
            guard let columns = group[1]?.list else { return nil }
            var row: [ParquetFile.Chunk] = []
            for column in columns {
                // A file of its own, or encrypted.
                if column[1] != nil || column[8] != nil { isForeign = true }
                guard let chunk = Self.chunk(column[3], fileSize: fileSize) else { return nil }
                row.append(chunk)
            }
            guard isForeign || row.count == leaves.count else { return nil }
            chunks.append(row)
        }
    }

    private static func leaf(_ element: ThriftValue, _ bytes: UnsafeRawBufferPointer) -> ParquetFile.Leaf? {
        guard case .bytes(let name)? = element[4] else { return nil }
        let logical = element[10], converted = element[6]?.int
        var unit: ParquetFile.Unit?
        if let timestamp = logical?[8] {
            unit = timestamp[2]?[1] != nil ? .millis : timestamp[2]?[2] != nil ? .micros : .nanos
        } else if converted == 9 || converted == 10 {
            unit = converted == 9 ? .millis : .micros
        }
        let isText = logical?[1] != nil || converted == 0
        let isDate = logical?[6] != nil || converted == 6
        // Signed integers mean what they say; all else that is annotated does not.
        let isSigned = logical?[10].map { $0[2]?.bool == true } ?? ((15...18).contains(converted ?? 0))
        let isAnnotated = logical != nil || converted != nil
        return ParquetFile.Leaf(
            name: String(decoding: bytes[name], as: UTF8.self), physical: element[1]?.int ?? -1,
            isOptional: element[3]?.int != 0, isText: isText, isDate: isDate, timestamp: unit,
            isOther: isAnnotated && !isText && !isDate && unit == nil && !isSigned)
    }

    private static func chunk(_ metadata: ThriftValue?, fileSize: Int) -> ParquetFile.Chunk? {
        guard let metadata, let codec = metadata[4]?.int, let values = metadata[5]?.int, let size = metadata[7]?.int,
            let data = metadata[9]?.int
        else { return nil }
        // Some writers give 0 for a dictionary that is not there.
        let start = metadata[11]?.int.flatMap { $0 > 0 ? min($0, data) : nil } ?? data
        guard values >= 0, start >= 4, size >= 0, size <= fileSize, start <= Int64(fileSize) - size else { return nil }
        return ParquetFile.Chunk(
            offset: Int(start), size: Int(size), valueCount: Int(values), codec: codec,
            encodings: metadata[2]?.list?.compactMap(\.int) ?? [])
    }
}
