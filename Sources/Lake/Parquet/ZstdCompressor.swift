internal import CZstd
import Primitives

/// One reusable zstd context. Frames carry a checksum of their content, so that a reader notices flipped bits.
final class ZstdCompressor {
    private let context: OpaquePointer

    init(level: Int) throws {
        guard let context = ZSTD_createCCtx() else { throw ApusError("zstd.memory", "zstd has no memory for a context") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Replaces the content of `out`.
    func compress(_ bytes: UnsafeRawBufferPointer, into out: RawBuffer<UInt8>) throws {
        out.removeAll()
        let bound = ZSTD_compressBound(bytes.count)
        let written = ZSTD_compress2(context, out.room(bound), bound, bytes.baseAddress, bytes.count)
        guard ZSTD_isError(written) == 0 else {
            throw ApusError(
                "zstd.compress", "zstd cannot compress", context: ["reason": String(cString: ZSTD_getErrorName(written))])
        }
        out.count = written
    }
}
