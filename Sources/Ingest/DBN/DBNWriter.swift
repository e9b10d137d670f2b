internal import CZstd
public import Market
import Primitives

/// Writes a DBN version 3 file of trades or quotes that appears whole or not at all.
///
/// Compressed, the metadata is a zstd frame of its own, as in Databento's files, and the records follow in frames of `frameSize`
/// bytes each with a checksum. The bytes depend on the metadata and the records only, not on how `append` was called.
public final class DBNWriter {
    /// Uncompressed bytes in one data frame: a whole number of records, so that frames can be decoded apart from each other.
    let frameSize: Int
    private let recordSize: Int

    public private(set) var count: Int64 = 0
    private let file: AtomicFile
    private let staging: UnsafeMutableRawBufferPointer
    private var staged = 0
    private var frameFilled = 0
    private let encoder: OpaquePointer?
    private let output: UnsafeMutableRawBufferPointer

    /// Creates missing parent folders. The metadata is written as version 3 with `ts_out` off, whatever it says; its schema
    /// decides whether trades or quotes are appended.
    /// - Throws: `ApusError` `file.write` or `dbn.metadata`.
    public init(path: String, metadata: DBNMetadata, compress: Bool) throws {
        recordSize = metadata.schema?.holdsQuotes == true ? MemoryLayout<RawQuote>.size : MemoryLayout<DBNTradeRecord>.size
        frameSize = recordSize << 20
        file = try AtomicFile(path)
        encoder = compress ? ZSTD_createCCtx() : nil
        // A whole number of records that divides the frame.
        staging = .allocate(byteCount: recordSize << 12, alignment: 16)
        output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
        if let encoder {
            ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, 3)
            ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 1)
        }
        var head = metadata
        head.tsOut = false
        try head.encoded().withUnsafeBytes { try emit($0, endsFrame: true) }
    }

    deinit {
        staging.deallocate()
        output.deallocate()
        if let encoder { ZSTD_freeCCtx(encoder) }
    }

    /// - Precondition: the schema is one of trades.
    /// - Throws: `ApusError` `file.write`.
    public func append(_ trades: UnsafeBufferPointer<DBNTradeRecord>) throws {
        try append(UnsafeRawBufferPointer(trades), records: trades.count)
    }

    /// - Precondition: the schema is `mbp-1` or `tbbo`.
    /// - Throws: `ApusError` `file.write`.
    public func append(_ quotes: UnsafeBufferPointer<RawQuote>) throws {
        try append(UnsafeRawBufferPointer(quotes), records: quotes.count)
    }

    private func append(_ bytes: UnsafeRawBufferPointer, records: Int) throws {
        precondition(bytes.count == records * recordSize, "records of another schema")
        var rest = bytes[...]
        count += Int64(records)
        while !rest.isEmpty {
            let piece = rest.prefix(staging.count - staged)
            UnsafeMutableRawBufferPointer(rebasing: staging[staged...]).copyMemory(from: UnsafeRawBufferPointer(rebasing: piece))
            staged += piece.count
            rest = rest.dropFirst(piece.count)
            if staged == staging.count { try flush(isLast: false) }
        }
    }

    public func append(_ trades: [DBNTradeRecord]) throws { try trades.withUnsafeBufferPointer { try append($0) } }

    public func append(_ quotes: [RawQuote]) throws { try quotes.withUnsafeBufferPointer { try append($0) } }

    /// Makes the file visible. Without this call nothing remains.
    /// - Throws: `ApusError` `file.write`.
    public func finish() throws {
        if staged > 0 || frameFilled > 0 { try flush(isLast: true) }
        try file.commit()
    }

    private func flush(isLast: Bool) throws {
        let block = UnsafeRawBufferPointer(rebasing: staging[..<staged])
        frameFilled += staged
        let endsFrame = isLast || frameFilled == frameSize
        try emit(block, endsFrame: endsFrame)
        if endsFrame { frameFilled = 0 }
        staged = 0
    }

    private func emit(_ bytes: UnsafeRawBufferPointer, endsFrame: Bool) throws {
        guard let encoder else { return try file.write(bytes) }
        var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let remaining = ZSTD_compressStream2(encoder, &target, &source, endsFrame ? ZSTD_e_end : ZSTD_e_continue)
            guard ZSTD_isError(remaining) == 0 else {
                let reason = String(cString: ZSTD_getErrorName(remaining))
                throw ApusError("dbn.zstd", "compression failed: " + reason, context: ["file": file.path])
            }
            try file.write(UnsafeRawBufferPointer(rebasing: output[..<target.pos]))
            if endsFrame ? remaining == 0 : source.pos == source.size { return }
        }
    }
}
