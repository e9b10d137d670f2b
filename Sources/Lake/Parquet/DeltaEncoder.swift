/// Parquet's DELTA_BINARY_PACKED (Encodings.md): blocks of 128 differences in four miniblocks, each packed with its own width.
///
/// Stamps and sequence numbers shrink to the bits in which they differ, which costs less than compressing eight bytes each.
enum DeltaEncoder {
    private static let blockSize = 128
    private static let miniblockSize = 32

    /// Takes words of the column's physical width, signed or not: differences wrap, and readers undo them in the same width.
    static func encode<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Word>, into out: RawBuffer<UInt8>
    ) {
        out.appendVarint(UInt64(blockSize))
        out.appendVarint(UInt64(blockSize / miniblockSize))
        out.appendVarint(UInt64(values.count))
        appendZigzag(signExtended(values.first ?? 0), out)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: blockSize) { deltas in
            guard let base = values.baseAddress, let delta = deltas.baseAddress else { return }
            var index = 1
            while index < values.count {
                let count = min(blockSize, values.count - index)
                var smallest = Int64.max
                for k in 0..<count {
                    let difference = signExtended(base[index + k] &- base[index + k - 1])
                    delta[k] = difference
                    smallest = min(smallest, difference)
                }
                for k in count..<blockSize { delta[k] = smallest }
                appendBlock(delta, count, smallest, out)
                index += count
            }
        }
    }

    @inline(__always)
    static func signExtended<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word) -> Int64 {
        Word.bitWidth == 32 ? Int64(Int32(truncatingIfNeeded: word)) : Int64(truncatingIfNeeded: word)
    }

    private static func appendBlock(
        _ delta: UnsafeMutablePointer<Int64>, _ count: Int, _ smallest: Int64, _ out: RawBuffer<UInt8>
    ) {
        appendZigzag(smallest, out)
        let widths = out.count
        for miniblock in 0..<4 {
            let start = delta + miniblock * miniblockSize
            var union: UInt64 = 0
            for k in 0..<miniblockSize { union |= UInt64(bitPattern: start[k] &- smallest) }
            out.append(UInt8(64 - union.leadingZeroBitCount))
        }
        for miniblock in 0..<4 where miniblock * miniblockSize < count {
            let width = Int(out.base[widths + miniblock])
            if width > 0 { pack(delta + miniblock * miniblockSize, smallest, width, out) }
        }
    }

    private static func pack(
        _ delta: UnsafeMutablePointer<Int64>, _ smallest: Int64, _ width: Int, _ out: RawBuffer<UInt8>
    ) {
        let target = UnsafeMutableRawPointer(out.room(miniblockSize * 8 + 8))
        var written = 0
        var held: UInt64 = 0
        var used = 0
        for k in 0..<miniblockSize {
            let value = UInt64(bitPattern: delta[k] &- smallest)
            held |= value << UInt64(used)
            used += width
            if used >= 64 {
                target.storeBytes(of: held.littleEndian, toByteOffset: written, as: UInt64.self)
                written += 8
                used -= 64
                held = used == 0 ? 0 : value >> UInt64(width - used)
            }
        }
        if used > 0 { target.storeBytes(of: held.littleEndian, toByteOffset: written, as: UInt64.self) }
        out.count += miniblockSize * width / 8
    }

    private static func appendZigzag(_ value: Int64, _ out: RawBuffer<UInt8>) {
        out.appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }
}
