/// The distinct texts of one column chunk in order of first appearance.
final class TextDictionary {
    private let bytes = RawBuffer<UInt8>()
    /// Where each text ends in `bytes`.
    private let ends = RawBuffer<Int>()
    private let hashes = RawBuffer<UInt64>()
    private var slots: [UInt32]

    init() { slots = [UInt32](repeating: 0, count: 64) }

    var count: Int { ends.count }
    var byteCount: Int { bytes.count }

    func text(_ index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : ends.base[index - 1]
        return UnsafeRawBufferPointer(start: bytes.base + start, count: ends.base[index] - start)
    }

    func removeAll() {
        bytes.removeAll()
        ends.removeAll()
        hashes.removeAll()
        for index in slots.indices { slots[index] = 0 }
    }

    /// The text's index; a new text is added.
    func index(of text: UnsafeRawBufferPointer) -> UInt32 {
        let hash = Self.hash(text)
        let mask = slots.count - 1
        var probe = Int(truncatingIfNeeded: hash >> 20) & mask
        while slots[probe] != 0 {
            let candidate = Int(slots[probe]) - 1
            if hashes.base[candidate] == hash, equal(self.text(candidate), text) { return UInt32(candidate) }
            probe = (probe + 1) & mask
        }
        bytes.append(text)
        ends.append(bytes.count)
        hashes.append(hash)
        slots[probe] = UInt32(count)
        if count * 2 > slots.count { enlarge() }
        return UInt32(count - 1)
    }

    private func enlarge() {
        slots = [UInt32](repeating: 0, count: slots.count * 4)
        let mask = slots.count - 1
        for index in 0..<count {
            var probe = Int(truncatingIfNeeded: hashes.base[index] >> 20) & mask
            while slots[probe] != 0 { probe = (probe + 1) & mask }
            slots[probe] = UInt32(index + 1)
        }
    }

    private func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where a[index] != b[index] { return false }
        return true
    }

    private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var state = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset + 8 <= text.count {
            state = mix(state ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < text.count {
            tail = tail << 8 | UInt64(text[offset])
            offset += 1
        }
        return mix(state ^ tail)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value &* 0xBF58_476D_1CE4_E5B9
        return (product ^ (product >> 31)) &* 0x94D0_49BB_1331_11EB
    }
}
