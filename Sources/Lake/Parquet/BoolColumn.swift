/// A column of truth values, one bit each.
final class BoolColumn: ColumnBuilder {
    private let values = RawBuffer<UInt8>()

    override func appendValues(_ batch: ColumnBatch, _ range: Range<Int>) throws {
        guard case .bool(let source) = batch else { throw mismatch() }
        let target = values.room(range.count)
        for index in range { target[index - range.lowerBound] = source[index] ? 1 : 0 }
        values.count += range.count
    }

    override func encodeValues(_ range: Range<Int>, into page: RawBuffer<UInt8>) {
        var index = range.lowerBound
        while index < range.upperBound {
            var byte: UInt8 = 0
            for bit in 0..<min(8, range.upperBound - index) { byte |= values.base[index + bit] << UInt8(bit) }
            page.append(byte)
            index += 8
        }
    }

    override func bounds() -> (minimum: [UInt8], maximum: [UInt8])? {
        guard let low = values.elements.min(), let high = values.elements.max() else { return nil }
        return ([low], [high])
    }

    override func removeValues() { values.removeAll() }
}
