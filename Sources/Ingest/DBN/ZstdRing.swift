internal import CZstd
import Primitives

/// Decompresses zstd frames into a ring that also is the window libzstd refers back to, so that no byte is copied afterwards.
///
/// Blocks lie behind each other until the next might not fit; then it goes to the front.
struct ZstdRing {
    /// Frames that ask for a window of more than 128 MiB are refused: memory stays bounded whatever a file claims.
    static let largestWindow: UInt64 = 128 << 20
    /// What a piece may keep of the one before, at most.
    static let longestRest = 1 << 10
    /// What tells a frame's kind and sizes.
    static let longestHeader = 18

    private let decoder: OpaquePointer
    private var ring = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// End of the last block.
    private var position = 0
    private var longestBlock = 0

    /// Nil where there is no memory.
    init?() {
        guard let decoder = ZSTD_createDCtx() else { return nil }
        self.decoder = decoder
    }

    func deallocate() {
        ring.deallocate()
        ZSTD_freeDCtx(decoder)
    }

    /// What begins with some bytes of the file.
    enum Start {
        /// More bytes are needed to tell.
        case unknown
        case frame
        /// A frame of `length` bytes without content, its header included.
        case skippable(length: Int)
    }

    /// Compressed bytes that `decode` takes next; 0 at the end of a frame.
    var wanted: Int { ZSTD_nextSrcSizeToDecompress(decoder) }

    /// Begins a frame that starts with `head`, keeping the last `rest` bytes decoded.
    /// - Throws: `ZstdError`.
    mutating func begin(_ head: UnsafeRawBufferPointer, keeping rest: Int) throws -> Start {
        var header = CZstdFrameHeader()
        guard try Self.check(ZSTD_getFrameHeader(&header, head.baseAddress, head.count)) == 0 else { return .unknown }
        if header.frameType == ZSTD_skippableFrame { return .skippable(length: 8 + Int(header.frameContentSize)) }
        let window = max(header.windowSize, 1 << 10)
        guard window <= Self.largestWindow else { throw ZstdError(ZSTD_error_frameParameter_windowTooLarge) }
        // A wrap shifts the front by what was kept.
        let needed = try Self.check(ZSTD_decodingBufferSize_min(window, UInt64(bitPattern: -1))) + Self.longestRest
        if ring.count < needed {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed, alignment: 64)
            keep(rest, at: larger)
            ring.deallocate()
            ring = larger
        }
        longestBlock = Int(header.blockSizeMax)
        _ = try Self.check(ZSTD_decompressBegin(decoder))
        return .frame
    }

    /// Decodes exactly the `wanted` bytes, or fewer of a block that is stored as it is. Returns the last `rest` bytes decoded
    /// before and behind them the new ones, if any.
    /// - Throws: `ZstdError`.
    mutating func decode(_ source: UnsafeRawBufferPointer, keeping rest: Int) throws -> UnsafeRawBufferPointer {
        if ring.count - position < longestBlock { keep(rest, at: ring) }
        let count = try Self.check(
            ZSTD_decompressContinue(
                decoder, ring.baseAddress.map { $0 + position }, ring.count - position, source.baseAddress, source.count))
        position += count
        return UnsafeRawBufferPointer(rebasing: ring[position - count - rest..<position])
    }

    private mutating func keep(_ rest: Int, at front: UnsafeMutableRawBufferPointer) {
        front.copyMemory(from: UnsafeRawBufferPointer(rebasing: ring[position - rest..<position]))
        position = rest
    }

    private static func check(_ code: Int) throws -> Int {
        guard ZSTD_isError(code) == 0 else { throw ZstdError(ZSTD_getErrorCode(code)) }
        return code
    }
}

/// What libzstd finds wrong.
struct ZstdError: Error {
    let reason: String

    init(_ code: ZSTD_ErrorCode) { reason = String(cString: ZSTD_getErrorString(code)) }
}
