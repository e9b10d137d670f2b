/// Parquet's mixture of runs and bit-packed groups: dictionary indices, levels, booleans.
struct HybridDecoder {
    private var position: UnsafeRawPointer
    private let end: UnsafeRawPointer
    private let width: Int
    private var runLeft = 0
    private var runValue: UInt32 = 0
    /// Values of the present bit-packed group that are left, and the bit to go on from.
    private var packedLeft = 0
    private var packed: UnsafeRawPointer
    private var bit = 0

    /// - Precondition: eight bytes after those `count` can be read; `width` is at most 32.
    init(_ start: UnsafeRawPointer, count: Int, width: Int) {
        position = start
        end = start + count
        packed = start
        self.width = width
    }

    /// A run of equal values from here on, where one is under way: its value and length.
    mutating func run() -> (value: UInt32, count: Int)? {
        if runLeft == 0, packedLeft == 0 { guard fetch() else { return nil } }
        return runLeft > 0 ? (runValue, runLeft) : nil
    }

    mutating func skipRun(_ count: Int) { runLeft -= count }

    /// False where the bytes end before `count` values.
    mutating func decode(_ count: Int, into out: UnsafeMutablePointer<UInt32>) -> Bool {
        var done = 0
        while done < count {
            if runLeft > 0 {
                let take = min(runLeft, count - done)
                (out + done).update(repeating: runValue, count: take)
                runLeft -= take
                done += take
            } else if packedLeft > 0 {
                let take = min(packedLeft, count - done)
                unpack(take, into: out + done)
                packedLeft -= take
                done += take
            } else if !fetch() {
                return false
            }
        }
        return true
    }

    private mutating func unpack(_ count: Int, into out: UnsafeMutablePointer<UInt32>) {
        let mask: UInt64 = (1 << UInt64(width)) - 1
        var at = bit
        for index in 0..<count {
            let word = packed.loadUnaligned(fromByteOffset: at >> 3, as: UInt64.self)
            out[index] = UInt32(truncatingIfNeeded: (word >> UInt64(at & 7)) & mask)
            at += width
        }
        bit = at
    }

    private mutating func fetch() -> Bool {
        var header: UInt64 = 0, shift: UInt64 = 0
        while true {
            guard position < end, shift < 35 else { return false }
            let byte = position.load(as: UInt8.self)
            position += 1
            header |= UInt64(byte & 127) << shift
            if byte < 128 { break }
            shift += 7
        }
        if header & 1 == 1 {
            let groups = Int(header >> 1)
            // The last group of a page may be cut short by some writers.
            let size = min(groups * width, end - position)
            packedLeft = width == 0 ? groups * 8 : size * 8 / width
            packed = position
            bit = 0
            position += size
            return packedLeft > 0
        }
        let bytes = (width + 7) / 8
        guard end - position >= bytes else { return false }
        runValue = 0
        for index in 0..<bytes { runValue |= UInt32((position + index).load(as: UInt8.self)) << UInt32(8 * index) }
        position += bytes
        runLeft = Int(header >> 1)
        return runLeft > 0
    }
}
