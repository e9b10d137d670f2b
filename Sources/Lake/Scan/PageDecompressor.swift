internal import CZstd
import Primitives

/// Undoes the compression of Parquet pages: none, snappy, zstd.
final class PageDecompressor {
    static let codecs: Set<Int64> = [0, 1, 6]
    private let context: OpaquePointer

    init() throws {
        guard let context = ZSTD_createDCtx() else { throw ApusError("zstd.memory", "zstd has no memory for a context") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Nil, or why the bytes do not fill `out` exactly.
    func decompress(_ source: UnsafeRawBufferPointer, codec: Int64, into out: UnsafeMutableRawBufferPointer) -> String? {
        switch codec {
        case 0:
            guard source.count == out.count else { return "a page has another size than its header says" }
            out.copyMemory(from: source)
            return nil
        case 1: return Snappy.decompress(source, into: out) ? nil : "snappy cannot decompress a page"
        default:
            let written = ZSTD_decompressDCtx(context, out.baseAddress, out.count, source.baseAddress, source.count)
            if ZSTD_isError(written) != 0 { return String(cString: ZSTD_getErrorName(written)) }
            return written == out.count ? nil : "a page has another size than its header says"
        }
    }
}

/// Snappy's block format.
enum Snappy {
    /// False where the bytes are malformed or do not fill `out` exactly.
    static func decompress(_ source: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Bool {
        var at = 0, done = 0, length: UInt64 = 0, shift: UInt64 = 0
        while true {
            guard at < source.count, shift < 35 else { return false }
            length |= UInt64(source[at] & 127) << shift
            at += 1
            if source[at - 1] < 128 { break }
            shift += 7
        }
        guard length == UInt64(out.count) else { return false }
        while at < source.count {
            let tag = Int(source[at])
            at += 1
            if tag & 3 == 0 {
                guard let count = literal(tag >> 2, source, &at), count <= source.count - at, count <= out.count - done else {
                    return false
                }
                copy(UnsafeRawBufferPointer(rebasing: source[at..<(at + count)]), to: out, at: done)
                at += count
                done += count
            } else {
                guard let (count, offset) = reference(tag, source, &at), offset > 0, offset <= done, count <= out.count - done
                else { return false }
                repeatBytes(out, at: done, from: offset, count)
                done += count
            }
        }
        return done == out.count
    }

    private static func literal(_ code: Int, _ source: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
        guard code >= 60 else { return code + 1 }
        let bytes = code - 59
        guard bytes <= source.count - at else { return nil }
        var count = 0
        for index in 0..<bytes { count |= Int(source[at + index]) << (8 * index) }
        at += bytes
        return count + 1
    }

    private static func reference(_ tag: Int, _ source: UnsafeRawBufferPointer, _ at: inout Int) -> (Int, Int)? {
        let bytes = [0, 1, 2, 4][tag & 3]
        guard bytes <= source.count - at else { return nil }
        var offset = 0
        for index in 0..<bytes { offset |= Int(source[at + index]) << (8 * index) }
        at += bytes
        return tag & 3 == 1 ? (4 + (tag >> 2 & 7), (tag >> 5) << 8 | offset) : ((tag >> 2) + 1, offset)
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer, at: Int) {
        UnsafeMutableRawBufferPointer(rebasing: out[at...]).copyMemory(from: bytes)
    }

    /// The source may overlap the target: a pattern repeats.
    private static func repeatBytes(_ out: UnsafeMutableRawBufferPointer, at: Int, from offset: Int, _ count: Int) {
        guard let base = out.baseAddress else { return }
        if offset >= count {
            (base + at).copyMemory(from: base + at - offset, byteCount: count)
        } else {
            for index in 0..<count { out[at + index] = out[at + index - offset] }
        }
    }
}
