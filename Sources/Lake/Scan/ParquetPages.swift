import Primitives

/// Fetches the pages of one column of a file, one after the other, decompressed.
final class ParquetPages {
    enum Page {
        case dictionary(valueCount: Int)
        /// `levels` and `values` are where the definition levels and the values lie in `bytes`.
        case data(valueCount: Int, encoding: Int64, levels: Range<Int>?, values: Range<Int>)
    }

    /// The present page, and eight bytes that may be read but mean nothing.
    let bytes = RawBuffer<UInt8>(capacity: 1 << 16)
    private let compressed = RawBuffer<UInt8>(capacity: 1 << 16)
    private let file: ParquetFile
    private let leaf: Int
    private let decompressor: PageDecompressor
    private var group = 0
    private var position = 0
    private var end = 0
    private var valuesLeft = 0

    init(_ file: ParquetFile, leaf: Int, _ decompressor: PageDecompressor) {
        self.file = file
        self.leaf = leaf
        self.decompressor = decompressor
    }

    /// Nil after the last.
    func next() throws -> Page? {
        while valuesLeft == 0 {
            guard group < file.chunks.count else { return nil }
            let chunk = file.chunks[group][leaf]
            group += 1
            (position, end, valuesLeft) = (chunk.offset, chunk.offset + chunk.size, chunk.valueCount)
        }
        while true {
            let (header, size) = try readHeader()
            guard let stored = header[3]?.int, let full = header[2]?.int, stored >= 0, full >= 0, full <= 1 << 30,
                stored <= end - position - size
            else { throw damaged("a page header is malformed") }
            position += size
            try load(Int(stored))
            defer { position += Int(stored) }
            switch header[1]?.int {
            case 0: return try dataPage(header[5], Int(full))
            case 2:
                guard let count = header[7]?[1]?.int, count >= 0, count <= 1 << 30, let encoding = header[7]?[2]?.int,
                    encoding == 0 || encoding == 2
                else { throw damaged("a dictionary page is malformed") }
                try decompress(0, full: Int(full), isCompressed: true)
                return .dictionary(valueCount: Int(count))
            case 3: return try dataPageV2(header[8], Int(full))
            default: continue
            }
        }
    }

    var path: String { file.path }

    func damaged(_ reason: String) -> ApusError {
        ParquetFile.damaged(file.path, reason, column: file.leaves[leaf].name)
    }

    private func dataPage(_ header: ThriftValue?, _ full: Int) throws -> Page {
        guard let count = header?[1]?.int, let encoding = header?[2]?.int else { throw damaged("a page header is malformed") }
        try take(count)
        try decompress(0, full: full, isCompressed: true)
        guard file.leaves[leaf].isOptional else {
            return .data(valueCount: Int(count), encoding: encoding, levels: nil, values: 0..<full)
        }
        guard header?[3]?.int == 3, full >= 4 else { throw damaged("definition levels of an unknown form") }
        let length = Int(UnsafeRawPointer(bytes.base).loadUnaligned(as: UInt32.self))
        guard length <= full - 4 else { throw damaged("the definition levels are longer than their page") }
        return .data(valueCount: Int(count), encoding: encoding, levels: 4..<(4 + length), values: (4 + length)..<full)
    }

    /// Levels stand before the values and are never compressed.
    private func dataPageV2(_ header: ThriftValue?, _ full: Int) throws -> Page {
        guard let count = header?[1]?.int, let encoding = header?[4]?.int, let levels = header?[5]?.int,
            let repetition = header?[6]?.int, repetition == 0, levels >= 0, levels <= min(full, compressed.count)
        else { throw damaged("a page header is malformed") }
        try take(count)
        try decompress(Int(levels), full: full, isCompressed: header?[7]?.bool ?? true)
        let isOptional = file.leaves[leaf].isOptional
        return .data(
            valueCount: Int(count), encoding: encoding, levels: isOptional ? 0..<Int(levels) : nil, values: Int(levels)..<full)
    }

    private func take(_ count: Int64) throws {
        guard count >= 0, count <= valuesLeft else { throw damaged("a page has more values than its column") }
        valuesLeft -= Int(count)
    }

    private func load(_ size: Int) throws {
        compressed.removeAll()
        let room = UnsafeMutableRawBufferPointer(start: compressed.room(size), count: size)
        guard try file.read(at: position, into: room) == size else { throw damaged("the file is cut short") }
        compressed.count = size
    }

    /// - Parameter plain: bytes at the start that are not compressed.
    private func decompress(_ plain: Int, full: Int, isCompressed: Bool) throws {
        bytes.removeAll()
        let room = UnsafeMutableRawBufferPointer(start: bytes.room(full + 8), count: full + 8)
        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: compressed.bytes[..<plain]))
        let target = UnsafeMutableRawBufferPointer(rebasing: room[plain..<full])
        let source = UnsafeRawBufferPointer(rebasing: compressed.bytes[plain...])
        let codec = isCompressed ? file.chunks[group - 1][leaf].codec : 0
        if target.isEmpty, source.isEmpty { return }
        if let reason = decompressor.decompress(source, codec: codec, into: target) { throw damaged(reason) }
        bytes.count = full
    }

    private func readHeader() throws -> (ThriftValue, Int) {
        for limit in [128, 1 << 14, 1 << 22] {
            let wanted = min(limit, end - position)
            guard wanted > 0 else { throw damaged("a column ends before its last value") }
            compressed.removeAll()
            let room = UnsafeMutableRawBufferPointer(start: compressed.room(wanted), count: wanted)
            guard try file.read(at: position, into: room) == wanted else { throw damaged("the file is cut short") }
            var reader = ThriftReader(UnsafeRawBufferPointer(room))
            do { return (try reader.structure(), reader.position) } catch .short { continue } catch { break }
        }
        throw damaged("a page header is malformed")
    }
}
