import Primitives

/// The DBN stream inside a file: the file's own bytes, or what its zstd frames hold.
///
/// Damage is reported only after everything before it was handed out.
final class DBNByteStream {
    /// Bytes of the file held at a time: at least one whole zstd block, which has up to 128 KiB. Of 64 KiB to 4 MiB this
    /// measured fastest for an uncompressed file, as it stays in the second-level cache.
    static let capacity = 256 << 10

    var isCompressed: Bool { ring != nil }
    /// Bytes of the DBN stream handed out so far.
    private(set) var offset: Int64 = 0
    /// Frames that ended so far, skippable ones included; 0 for an uncompressed file.
    private(set) var frames = 0
    var name: String { file.name }
    /// Bytes of the file consumed so far.
    var fileOffset: Int64 { file.offset - Int64(inputFilled - inputPosition) }

    private let file: InputFile
    /// An uncompressed file's bytes are handed out here.
    private let input: UnsafeMutableRawBufferPointer
    private var inputPosition = 0
    private var inputFilled = 0
    private var ring: ZstdRing?
    private var isInsideFrame = false
    /// Read or decoded and not handed out.
    private var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    private var failure: ApusError?

    /// Looks at the first bytes to tell what the file is.
    /// - Throws: `ApusError` `dbn.magic`, `dbn.legacy`, `dbn.truncated` or `file.read`.
    init(_ file: InputFile) throws {
        self.file = file
        input = .allocate(byteCount: Self.capacity, alignment: 64)
        // From here on deinit frees what was made, also where this initializer throws.
        _ = try fill(12)
        let head = UnsafeRawBufferPointer(rebasing: input[..<inputFilled])
        if try Self.isZstd(head, file: file.name) {
            ring = ZstdRing()
            if ring == nil { throw ApusError("dbn.zstd", "no memory for the decompressor", context: ["file": file.name]) }
        } else {
            pending = head
        }
    }

    deinit {
        input.deallocate()
        ring?.deallocate()
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
    /// - Throws: what `next` does, once all sound bytes are out.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < target.count {
            if pending.isEmpty {
                do {
                    guard let piece = try produce(keeping: 0) else { break }
                    pending = piece
                } catch {
                    if filled == 0 { throw error }
                    break
                }
            }
            let count = min(pending.count, target.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: pending[..<count]))
            pending = UnsafeRawBufferPointer(rebasing: pending[count...])
            filled += count
            offset += Int64(count)
        }
        return filled
    }

    /// The next bytes of the stream in place, behind the last `rest` bytes (at most 1,024) of those this handed out before. They
    /// stand until the next call. Nil at the end.
    /// - Throws: `ApusError` `dbn.zstd`, `dbn.truncated` or `file.read` once all sound bytes are out, and then always.
    func next(keeping rest: Int) throws -> UnsafeRawBufferPointer? {
        if !pending.isEmpty, rest == 0 {
            defer { pending = UnsafeRawBufferPointer(start: nil, count: 0) }
            offset += Int64(pending.count)
            return pending
        }
        guard let piece = try produce(keeping: rest) else { return nil }
        offset += Int64(piece.count - rest)
        return piece
    }

    private func produce(keeping rest: Int) throws -> UnsafeRawBufferPointer? {
        if let failure { throw failure }
        do {
            return try isCompressed ? decode(keeping: rest) : readPlain(keeping: rest)
        } catch let error as ApusError {
            failure = error
            throw error
        }
    }

    private func readPlain(keeping rest: Int) throws -> UnsafeRawBufferPointer? {
        inputPosition = inputFilled - rest
        guard try fill(rest + 1) > rest else { return nil }
        inputPosition = inputFilled
        return UnsafeRawBufferPointer(rebasing: input[..<inputFilled])
    }

    /// Decompresses until at least one byte came out or the file ended.
    private func decode(keeping rest: Int) throws -> UnsafeRawBufferPointer? {
        do {
            while try isInsideFrame || beginFrame(keeping: rest) {
                let wanted = ring?.wanted ?? 0
                if wanted == 0 {
                    frames += 1
                    isInsideFrame = false
                    continue
                }
                // Of a cut block nothing can be decoded, unless it is one that is stored as it is.
                let count = min(wanted, try fill(wanted))
                let source = UnsafeRawBufferPointer(rebasing: input[inputPosition..<inputPosition + count])
                do {
                    guard count > 0, let piece = try ring?.decode(source, keeping: rest) else { throw truncated() }
                    inputPosition += count
                    if piece.count > rest { return piece }
                } catch is ZstdError where count < wanted {
                    throw truncated()
                }
            }
            return nil
        } catch let error as ZstdError {
            throw DBNError.make(
                "dbn.zstd", "the compressed data is damaged: " + error.reason, file: name, offset: offset,
                compressedOffset: fileOffset)
        }
    }

    /// Begins the next frame with content. False at the end of the file.
    private func beginFrame(keeping rest: Int) throws -> Bool {
        while true {
            let count = try fill(ZstdRing.longestHeader)
            if count == 0 { return false }
            let head = UnsafeRawBufferPointer(rebasing: input[inputPosition..<inputPosition + count])
            switch try ring?.begin(head, keeping: rest) {
            case .frame?:
                isInsideFrame = true
                return true
            case .skippable(let length)?: try skip(length)
            case .unknown?, nil: throw truncated()
            }
        }
    }

    /// Passes over a frame without content.
    private func skip(_ length: Int) throws {
        var rest = length
        while rest > 0 {
            let count = min(rest, try fill(1))
            if count == 0 { throw truncated() }
            inputPosition += count
            rest -= count
        }
        frames += 1
    }

    /// Reads until the file's next `count` bytes are there, if it has as many. Returns how many there are.
    private func fill(_ count: Int) throws -> Int {
        if inputFilled - inputPosition < count {
            let rest = inputFilled - inputPosition
            input.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[inputPosition..<inputFilled]))
            inputPosition = 0
            inputFilled = rest
            while inputFilled < count {
                let added = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[inputFilled...]))
                if added == 0 { break }
                inputFilled += added
            }
        }
        return inputFilled - inputPosition
    }

    private func truncated() -> ApusError {
        DBNError.make(
            "dbn.truncated", "the file ends inside a zstd frame", file: name, offset: offset, compressedOffset: file.offset)
    }
}
