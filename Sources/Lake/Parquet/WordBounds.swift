import Contracts

/// Smallest and largest word of a chunk in the order of the column's type.
enum WordBounds {
    static func find<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ words: UnsafeBufferPointer<Word>, _ type: ColumnType
    ) -> (Word, Word)? {
        guard let base = words.baseAddress, !words.isEmpty else { return nil }
        switch type {
        case .double: return floating(base, words.count)
        case .uint8, .uint16, .uint32, .uint64: return unsigned(base, words.count)
        default: return signed(base, words.count)
        }
    }

    private static func unsigned<Word: FixedWidthInteger>(_ base: UnsafePointer<Word>, _ count: Int) -> (Word, Word) {
        var low = base[0]
        var high = base[0]
        for index in 1..<max(count, 1) {
            low = min(low, base[index])
            high = max(high, base[index])
        }
        return (low, high)
    }

    private static func signed<Word: FixedWidthInteger & UnsignedInteger>(
        _ base: UnsafePointer<Word>, _ count: Int
    ) -> (Word, Word) {
        // Flipping the sign bit turns the signed order into the unsigned one.
        let sign = Word(1) << Word(Word.bitWidth - 1)
        var low = base[0] ^ sign
        var high = low
        for index in 1..<max(count, 1) {
            let value = base[index] ^ sign
            low = min(low, value)
            high = max(high, value)
        }
        return (low ^ sign, high ^ sign)
    }

    /// NaN has no place in the order and is left out; a zero is written as -0.0 below and 0.0 above, as parquet.thrift asks.
    private static func floating<Word: FixedWidthInteger & UnsignedInteger>(
        _ base: UnsafePointer<Word>, _ count: Int
    ) -> (Word, Word)? {
        var low = Double.infinity
        var high = -Double.infinity
        var ordered = 0
        for index in 0..<count {
            let value = Double(bitPattern: UInt64(truncatingIfNeeded: base[index]))
            // Comparisons with NaN are false.
            low = value < low ? value : low
            high = value > high ? value : high
            ordered += value == value ? 1 : 0
        }
        guard ordered > 0 else { return nil }
        if low == 0 { low = -0.0 }
        if high == 0 { high = 0.0 }
        return (Word(truncatingIfNeeded: low.bitPattern), Word(truncatingIfNeeded: high.bitPattern))
    }
}
