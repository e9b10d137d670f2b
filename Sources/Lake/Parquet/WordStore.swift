import Contracts

/// The values of a column of 32- or 64-bit words in the current row group, and how they are encoded.
///
/// A struct, and used only by the two classes below with their concrete word: methods of a generic class would run
/// unspecialised, an order of magnitude slower.
struct WordStore<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    enum Refusal: Error {
        case mismatch
        case outside(row: Int, value: String)
    }

    let type: ColumnType
    private let values = RawBuffer<Word>()
    private let distinct = RawBuffer<Word>()
    private var indices: UnsafeBufferPointer<UInt16>?
    private var encoding = ParquetEncoding.plain

    init(_ type: ColumnType) { self.type = type }

    func append(_ batch: ColumnBatch, _ range: Range<Int>) throws(Refusal) {
        switch batch {
        case .double(let source) where type == .double: append(source, range)
        case .int64(let source) where type != .double: try narrow(source, range)
        case .int32(let source) where type != .double: try narrow(source, range)
        case .uint32(let source) where type != .double: try narrow(source, range)
        case .uint16(let source) where type != .double: try narrow(source, range)
        case .uint8(let source) where type != .double: try narrow(source, range)
        default: throw .mismatch
        }
    }

    private func append(_ source: [Double], _ range: Range<Int>) {
        let target = values.room(range.count)
        source.withUnsafeBufferPointer { source in
            for index in range { target[index - range.lowerBound] = Word(truncatingIfNeeded: source[index].bitPattern) }
        }
        values.count += range.count
    }

    @inline(__always)
    private func narrow<Source: FixedWidthInteger>(_ source: [Source], _ range: Range<Int>) throws(Refusal) {
        let target = values.room(range.count)
        let allowed = type.integerRange
        let lowest = Source(clamping: allowed.lowerBound)
        let highest = Source(clamping: allowed.upperBound)
        let fits = source.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return true }
            let base = start + range.lowerBound
            var outside = false
            for index in 0..<range.count {
                let value = base[index]
                outside = outside || value < lowest || value > highest
                target[index] = Word(truncatingIfNeeded: value)
            }
            return !outside
        }
        guard fits else {
            let bad = range.first { source[$0] < lowest || source[$0] > highest } ?? range.lowerBound
            throw .outside(row: bad, value: String(source[bad]))
        }
        values.count += range.count
    }

    mutating func prepare(_ pages: PageWriter) throws -> ParquetEncoding {
        encoding = .plain
        if pages.words.build(values.elements, distinct: distinct) {
            pages.page.append(UnsafeRawBufferPointer(distinct.elements))
            try pages.writeDictionary(entries: distinct.count)
            indices = pages.words.indices.elements
            encoding = .rleDictionary
        } else if type != .double, deltaPays() {
            encoding = .deltaBinaryPacked
        }
        return encoding
    }

    /// Whether steps need at most five eighths of a value's bits; looked up on a sample, so that the choice costs little.
    private func deltaPays() -> Bool {
        let count = values.count
        guard count >= 256 else { return false }
        let base = values.base
        var bits = 0
        var samples = 0
        let stride = max(1, count / 512)
        var index = stride
        while index < count {
            let step = DeltaEncoder.signExtended(base[index] &- base[index - 1])
            bits += 65 - (step ^ (step >> 63)).leadingZeroBitCount
            samples += 1
            index += stride
        }
        return bits * 8 <= samples * Word.bitWidth * 5
    }

    func encode(_ range: Range<Int>, into page: RawBuffer<UInt8>) {
        let part = UnsafeBufferPointer(rebasing: values.elements[range])
        switch encoding {
        case .rleDictionary:
            guard let indices else { return }
            let bitWidth = RunLengthEncoder.bitWidth(largest: distinct.count - 1)
            page.append(UInt8(bitWidth))
            RunLengthEncoder.encode(UnsafeBufferPointer(rebasing: indices[range]), bitWidth: bitWidth, into: page)
        case .deltaBinaryPacked: DeltaEncoder.encode(part, into: page)
        default: page.append(UnsafeRawBufferPointer(part))
        }
    }

    func bounds() -> (minimum: [UInt8], maximum: [UInt8])? {
        // The distinct values have the same bounds as all values, and are fewer.
        let elements = encoding == .rleDictionary ? distinct.elements : values.elements
        guard let (low, high) = WordBounds.find(elements, type) else { return nil }
        return (withUnsafeBytes(of: low.littleEndian) { Array($0) }, withUnsafeBytes(of: high.littleEndian) { Array($0) })
    }

    mutating func removeAll() {
        values.removeAll()
        indices = nil
    }
}
