internal import CZstd
import Primitives

/// The DBN stream inside a file: the file's own bytes, or what its zstd frames hold.
///
/// Damage is reported only after everything before it was handed out.
final class DBNByteStream {
    /// Compressed bytes read at a time. 128 KiB holds one whole zstd block; larger ones measured no faster.
    static let inputCapacity = 128 << 10

    let isCompressed: Bool
    /// Bytes of the DBN stream handed out so far.
    private(set) var offset: Int64 = 0
    /// Frames that ended so far, skippable ones included; 0 for an uncompressed file.
    private(set) var frames = 0
    var name: String { file.name }
    /// Bytes of the file consumed so far.
    var fileOffset: Int64 { file.offset - Int64(inputFilled - inputPosition) }

    private let file: InputFile
    private let input: UnsafeMutableRawBufferPointer
    private var inputPosition = 0
    private var inputFilled = 0
    private let decoder: OpaquePointer?
    /// The decoder holds nothing back, so that it can only go on with more input.
    private var isFlushed = true
    private var isInsideFrame = false
    private var failure: ApusError?

    /// Looks at the first bytes to tell what the file is.
    /// - Throws: `ApusError` `dbn.magic`, `dbn.legacy`, `dbn.truncated` or `file.read`.
    init(_ file: InputFile) throws {
        self.file = file
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputCapacity, alignment: 16)
        self.input = input
        var filled = 0
        do {
            while filled < 12 {
                let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[filled...]))
                if count == 0 { break }
                filled += count
            }
            isCompressed = try Self.isZstd(UnsafeRawBufferPointer(rebasing: input[..<filled]), file: file.name)
        } catch {
            input.deallocate()
            throw error
        }
        inputFilled = filled
        decoder = isCompressed ? ZSTD_createDStream() : nil
        // Frames that ask for a window of more than 128 MiB are refused: memory stays bounded whatever a file claims.
        if let decoder {
            ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, 27)
        } else if isCompressed {
            throw ApusError("dbn.zstd", "no memory for the decompressor", context: ["file": file.name])
        }
    }

    deinit {
        input.deallocate()
        if let decoder { ZSTD_freeDStream(decoder) }
    }

    private static func isZstd(_ head: UnsafeRawBufferPointer, file: String) throws -> Bool {
        guard head.count >= 4 else {
            throw DBNError.make("dbn.truncated", "the file ends before its first 4 bytes", file: file, offset: Int64(head.count))
        }
        if head.starts(with: "DBN".utf8) { return false }
        let isSkippable = head[0] & 0xF0 == 0x50 && head[1] == 0x2A && head[2] == 0x4D && head[3] == 0x18
        // DBZ keeps its metadata in a skippable zstd frame that begins with its name.
        if head.starts(with: "DBZ".utf8) || (isSkippable && head.dropFirst(8).starts(with: "DBZ".utf8)) {
            throw DBNError.make("dbn.legacy", DBNError.legacy, file: file, offset: 0)
        }
        guard isSkippable || head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else {
            throw DBNError.make("dbn.magic", "this is neither a DBN file nor a zstd file", file: file, offset: 0)
        }
        return true
    }

    /// Fills as much of `target` as there is; 0 at the end.
    /// - Throws: `ApusError` `dbn.zstd`, `dbn.truncated` or `file.read` once all sound bytes are out.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if let failure { throw failure }
        var filled = 0
        while filled < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
            do {
                let count = try isCompressed ? readFrames(into: rest) : readPlain(into: rest)
                if count == 0 { break }
                filled += count
                offset += Int64(count)
            } catch let error as ApusError {
                failure = error
                if filled == 0 { throw error }
                break
            }
        }
        return filled
    }

    private func readPlain(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard inputPosition < inputFilled else { return try file.read(into: target) }
        let count = min(inputFilled - inputPosition, target.count)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[inputPosition..<inputPosition + count]))
        inputPosition += count
        return count
    }

    /// Decompresses until at least one byte came out or the file ended.
    private func readFrames(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        while output.pos == 0 {
            if isFlushed, inputPosition == inputFilled {
                inputFilled = try file.read(into: input)
                inputPosition = 0
                if inputFilled == 0 {
                    if !isInsideFrame { return 0 }
                    throw DBNError.make(
                        "dbn.truncated", "the file ends inside a zstd frame", file: name, offset: offset,
                        compressedOffset: fileOffset)
                }
            }
            var source = ZSTD_inBuffer(src: input.baseAddress, size: inputFilled, pos: inputPosition)
            let hint = ZSTD_decompressStream(decoder, &output, &source)
            inputPosition = source.pos
            if ZSTD_isError(hint) != 0 {
                if output.pos > 0 { failure = damage(hint, after: output.pos) }
                if output.pos == 0 { throw damage(hint, after: 0) }
                break
            }
            if hint == 0 { frames += 1 }
            isInsideFrame = hint != 0
            isFlushed = hint == 0 || output.pos < output.size
        }
        return output.pos
    }

    private func damage(_ code: Int, after count: Int) -> ApusError {
        DBNError.make(
            "dbn.zstd", "the compressed data is damaged: " + String(cString: ZSTD_getErrorName(code)), file: name,
            offset: offset + Int64(count), compressedOffset: fileOffset)
    }
}
