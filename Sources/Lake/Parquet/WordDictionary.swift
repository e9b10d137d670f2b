/// The distinct values of one numeric column chunk in order of first appearance, and each value's index.
final class WordDictionary {
    private static let largest = 1 << 14
    private static let slotBits = 15
    /// Fewer values than this are not worth a dictionary.
    private static let fewest = 64
    /// After so many values a chunk with mostly distinct ones is given up.
    private static let trial = 1024

    private let slots = RawBuffer<UInt16>(capacity: 1 << slotBits)
    let indices = RawBuffer<UInt16>()

    /// Fills `distinct` and `indices`, or returns false where a dictionary does not pay.
    func build<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Word>, distinct: RawBuffer<Word>
    ) -> Bool {
        guard let base = values.baseAddress, values.count >= Self.fewest else { return false }
        distinct.removeAll()
        indices.removeAll()
        slots.base.update(repeating: 0, count: 1 << Self.slotBits)
        let out = indices.room(values.count)
        let shift = UInt64(64 - Self.slotBits)
        let mask = 1 << Self.slotBits - 1
        let slot = slots.base
        for index in 0..<values.count {
            let value = base[index]
            var probe = Int(truncatingIfNeeded: (UInt64(value) &* 0x9E37_79B9_7F4A_7C15) >> shift)
            while true {
                let held = slot[probe]
                if held == 0 {
                    guard admits(distinct.count, at: index) else { return false }
                    distinct.append(value)
                    slot[probe] = UInt16(distinct.count)
                    out[index] = UInt16(distinct.count - 1)
                    break
                }
                if distinct.base[Int(held) - 1] == value {
                    out[index] = held - 1
                    break
                }
                probe = (probe + 1) & mask
            }
        }
        indices.count = values.count
        return distinct.count * 2 <= values.count
    }

    private func admits(_ distinct: Int, at index: Int) -> Bool {
        distinct < Self.largest && (index < Self.trial || distinct * 2 < index)
    }
}
