import Primitives

/// Reads a `.dbn` or `.dbn.zst` file of DBN version 1, 2 or 3 once, from front to back, in bounded memory.
///
/// Whatever the file holds, records before damage are delivered first and then an `ApusError` names the file and the byte:
/// `offset` counts bytes of the DBN stream after decompression, `compressed offset` bytes of the file. Memory does not depend on
/// lengths that the file claims: a buffer of 256 KiB, zstd's window (at most 128 MiB) with room for two blocks, and the metadata
/// (at most 256 MiB).
public final class DBNReader {
    public let metadata: DBNMetadata
    /// Where the first record begins in the DBN stream.
    public let recordsOffset: Int64

    let stream: DBNByteStream
    /// The piece of the DBN stream at hand, in the stream's memory.
    private var buffer = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Where the buffer's first byte lies in the DBN stream.
    private var bufferOffset: Int64
    private var position = 0

    /// Opens the file and reads its metadata.
    /// - Throws: `ApusError` `dbn.magic`, `dbn.version`, `dbn.legacy`, `dbn.metadata`, `dbn.truncated`, `dbn.zstd` or
    ///   `file.read`.
    public convenience init(path: String) throws { try self.init(InputFile(path: path)) }

    /// Reads from memory; `name` stands for the file in errors.
    public convenience init(bytes: [UInt8], name: String) throws { try self.init(InputFile(bytes: bytes, name: name)) }

    init(_ file: InputFile) throws {
        stream = try DBNByteStream(file)
        metadata = try Self.readMetadata(stream)
        recordsOffset = stream.offset
        bufferOffset = stream.offset
    }

    public var path: String { stream.name }
    public var isCompressed: Bool { stream.isCompressed }
    /// zstd frames that ended so far, skippable ones included.
    public var frameCount: Int { stream.frames }

    /// Hands out all remaining records in the file's order, as runs of one type and size.
    ///
    /// Records of a known type are at least as long as that type is; unknown types pass.
    /// - Throws: what `body` throws, and `ApusError` `dbn.truncated`, `dbn.record`, `dbn.zstd` or `file.read` after the last
    ///   sound record.
    public func forEachBlock(_ body: (DBNBlock) throws -> Void) throws {
        repeat {
            while let block = try nextBlock() { try body(block) }
        } while try refill()
        if position < buffer.count {
            throw DBNError.make(
                "dbn.truncated", "the file ends inside a record", file: path, offset: stream.offset,
                record: bufferOffset + Int64(position))
        }
    }

    /// Gets the next piece, behind the record that the one at hand cut. False at the end.
    private func refill() throws -> Bool {
        guard let piece = try stream.next(keeping: buffer.count - position) else { return false }
        buffer = piece
        bufferOffset += Int64(position)
        position = 0
        return true
    }

    private func nextBlock() throws -> DBNBlock? {
        guard buffer.count - position >= 2, let base = buffer.baseAddress else { return nil }
        let header = base.loadUnaligned(fromByteOffset: position, as: UInt16.self)
        let size = Int(header & 0xFF) * 4
        let rtype = UInt8(header >> 8)
        let smallest = DBNRecordType(rawValue: rtype)?.size(version: metadata.version) ?? 16
        guard size >= smallest + (metadata.tsOut ? 8 : 0) else {
            throw DBNError.make(
                "dbn.record", "a record of type \(rtype) has length \(size), it needs \(smallest + (metadata.tsOut ? 8 : 0))",
                file: path, offset: bufferOffset + Int64(position))
        }
        let end = buffer.count - size
        var next = position
        while next <= end, base.loadUnaligned(fromByteOffset: next, as: UInt16.self) == header { next += size }
        if next == position { return nil }
        defer { position = next }
        return DBNBlock(
            bytes: UnsafeRawBufferPointer(rebasing: buffer[position..<next]), recordSize: size, rtype: rtype,
            offset: bufferOffset + Int64(position))
    }

    private static func readMetadata(_ stream: DBNByteStream) throws -> DBNMetadata {
        let prefix = try read(8, from: stream)
        guard prefix.starts(with: "DBN".utf8) else {
            throw DBNError.make("dbn.magic", "the file holds no DBN stream", file: stream.name, offset: 0)
        }
        let version = prefix[3]
        guard (1...3).contains(version) else {
            throw DBNError.make(
                "dbn.version", "DBN version \(version) is unknown; this program reads 1, 2 and 3", file: stream.name, offset: 3)
        }
        let length = prefix.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))) }
        guard length >= DBNMetadata.fixedLength, length <= DBNMetadata.longest else {
            throw DBNError.make("dbn.metadata", "metadata of \(length) bytes cannot be", file: stream.name, offset: 4)
        }
        let body = try read(length, from: stream)
        return try body.withUnsafeBytes { try DBNMetadata(version: version, body: $0, file: stream.name) }
    }

    /// Reads exactly `count` bytes. The array grows with what arrives, not with what was promised.
    private static func read(_ count: Int, from stream: DBNByteStream) throws -> [UInt8] {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 16), alignment: 16)
        defer { piece.deallocate() }
        var bytes: [UInt8] = []
        while bytes.count < count {
            let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: piece.prefix(count - bytes.count)))
            guard got > 0 else {
                throw DBNError.make(
                    "dbn.truncated", "the file ends inside its metadata", file: stream.name, offset: stream.offset)
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<got]))
        }
        return bytes
    }
}
