import Primitives

/// Compresses pages and hands them to the file in large blocks, counting offsets and hashing on the way.
final class PageWriter {
    private static let blockSize = 1 << 18

    /// The page being built, not compressed.
    let page = RawBuffer<UInt8>()
    let words = WordDictionary()
    private let file: AtomicFile
    private let zstd: ZstdCompressor
    private let compressed = RawBuffer<UInt8>()
    private let pending = RawBuffer<UInt8>(capacity: 1 << 16)
    private var hasher: DigestHasher? = DigestHasher()
    private(set) var offset = 0
    private var chunkStart = 0
    private var uncompressedBytes = 0
    private var dictionaryOffset: Int?
    private var dataOffset: Int?

    init(_ file: AtomicFile, level: Int) throws {
        self.file = file
        zstd = try ZstdCompressor(level: level)
    }

    func begin() {
        chunkStart = offset
        uncompressedBytes = 0
        dictionaryOffset = nil
        dataOffset = nil
    }

    func finish(_ chunk: inout ParquetChunk, encoding: ParquetEncoding) {
        chunk.encodings = dictionaryOffset == nil ? [encoding, .rle] : [.plain, .rle, encoding]
        chunk.dictionaryOffset = dictionaryOffset
        chunk.dataOffset = dataOffset ?? chunkStart
        chunk.uncompressedBytes = uncompressedBytes
        chunk.compressedBytes = offset - chunkStart
    }

    func writeDictionary(entries: Int) throws {
        dictionaryOffset = offset
        try write(kind: 2) { header in
            header.field(7) {
                $0.field(1, int32: Int32(entries))
                $0.field(2, int32: ParquetEncoding.plain.rawValue)
            }
        }
    }

    func writeData(rows: Int, encoding: ParquetEncoding) throws {
        if dataOffset == nil { dataOffset = offset }
        try write(kind: 0) { header in
            header.field(5) {
                $0.field(1, int32: Int32(rows))
                $0.field(2, int32: encoding.rawValue)
                $0.field(3, int32: ParquetEncoding.rle.rawValue)
                $0.field(4, int32: ParquetEncoding.rle.rawValue)
            }
        }
    }

    private func write(kind: Int32, _ detail: (inout CompactThrift) -> Void) throws {
        guard page.count <= Int32.max else {
            throw ApusError("parquet.page", "a page exceeds 2 GiB", context: ["file": file.path])
        }
        try zstd.compress(page.bytes, into: compressed)
        let start = pending.count
        CompactThrift(pending).structure { header in
            header.field(1, int32: kind)
            header.field(2, int32: Int32(page.count))
            header.field(3, int32: Int32(compressed.count))
            detail(&header)
        }
        let headerBytes = pending.count - start
        pending.append(compressed.bytes)
        offset += headerBytes + compressed.count
        uncompressedBytes += headerBytes + page.count
        page.removeAll()
        if pending.count >= Self.blockSize { try drain() }
    }

    func writeRaw(_ bytes: UnsafeRawBufferPointer) {
        pending.append(bytes)
        offset += bytes.count
    }

    private func drain() throws {
        hasher?.update(pending.bytes)
        try file.write(pending.bytes)
        pending.removeAll()
    }

    /// Makes the file visible and returns its digest.
    func commit() throws -> Digest {
        try drain()
        guard let digest = hasher.take()?.finish() else { throw ApusError("parquet.closed", "the file is already finished") }
        try file.commit()
        return digest
    }
}
