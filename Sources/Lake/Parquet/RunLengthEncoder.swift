/// Parquet's hybrid of run lengths and bit packing (Encodings.md, "RLE/Bit-Packing Hybrid"), for dictionary indices and levels.
enum RunLengthEncoder {
    /// Bits that hold every number from 0 through `largest`; at least 1, which every reader accepts.
    static func bitWidth(largest: Int) -> Int { max(1, Int.bitWidth - largest.leadingZeroBitCount) }

    static func encode<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Word>, bitWidth: Int, into out: RawBuffer<UInt8>
    ) {
        guard let base = values.baseAddress else { return }
        let count = values.count
        var index = 0
        var literalStart = 0
        while index < count {
            let first = base[index]
            var end = index + 1
            let probe = min(index + 8, count)
            while end < probe, base[end] == first { end += 1 }
            // A run must begin on a multiple of eight after packed values, and pays from eight on.
            guard end - index == 8 || end == count else {
                index = probe
                continue
            }
            while end < count, base[end] == first { end += 1 }
            pack(UnsafeBufferPointer(start: base + literalStart, count: index - literalStart), bitWidth, out)
            out.appendVarint(UInt64(end - index) << 1)
            var rest = UInt64(first)
            for _ in 0..<(bitWidth + 7) / 8 {
                out.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
            index = end
            literalStart = end
        }
        pack(UnsafeBufferPointer(start: base + literalStart, count: count - literalStart), bitWidth, out)
    }

    private static func pack<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Word>, _ bitWidth: Int, _ out: RawBuffer<UInt8>
    ) {
        guard let base = values.baseAddress, !values.isEmpty else { return }
        let groups = (values.count + 7) / 8
        out.appendVarint(UInt64(groups) << 1 | 1)
        let target = UnsafeMutableRawPointer(out.room(groups * bitWidth + 8))
        var written = 0
        var held: UInt64 = 0
        var bits = 0
        for index in 0..<values.count {
            held |= UInt64(base[index]) << UInt64(bits)
            bits += bitWidth
            if bits >= 32 {
                target.storeBytes(of: UInt32(truncatingIfNeeded: held).littleEndian, toByteOffset: written, as: UInt32.self)
                written += 4
                held >>= 32
                bits -= 32
            }
        }
        // The last group is filled with zeros.
        let total = groups * bitWidth
        while written < total {
            target.storeBytes(of: UInt8(truncatingIfNeeded: held), toByteOffset: written, as: UInt8.self)
            held >>= 8
            written += 1
        }
        out.count += total
    }
}
