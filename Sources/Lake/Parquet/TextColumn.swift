import Primitives

/// A column of texts: indices into a dictionary while there are few distinct ones, else length and bytes of each.
final class TextColumn: ColumnBuilder {
    private static let largestDictionary = 1 << 15
    private static let largestDictionaryBytes = 1 << 22
    /// A page of plain texts ends after so many bytes.
    private static let pageBytes = 1 << 24
    /// Longer bounds would bloat the footer; they are left out.
    private static let longestBound = 256

    private let dictionary = TextDictionary()
    private let codes = RawBuffer<UInt32>()
    /// Length and bytes of every text once `isPlain`; the codes are empty then.
    private let plain = RawBuffer<UInt8>()
    private var isPlain = false
    private var plainCount = 0
    private var plainCursor = 0

    override func appendValues(_ batch: ColumnBatch, _ range: Range<Int>) throws {
        switch batch {
        case .string(let source):
            for index in range {
                var text = source[index]
                text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
            }
        case .coded(let source, let texts):
            var known = [UInt32](repeating: .max, count: texts.count)
            for index in range {
                let code = Int(source[index])
                guard texts.indices.contains(code) else { throw failure("index \(code) has no text", row: index) }
                add(code, &known) { text in
                    var copy = texts[code]
                    copy.withUTF8 { text(UnsafeRawBufferPointer($0)) }
                }
            }
        case .character(let source):
            var known = [UInt32](repeating: .max, count: 128)
            for index in range {
                let byte = source[index]
                guard byte < 128 else { throw failure("byte \(byte) is not ASCII", row: index) }
                add(Int(byte), &known) { text in withUnsafeBytes(of: byte) { text($0) } }
            }
        default: throw mismatch()
        }
    }

    /// Adds the text behind a caller's code; it is looked up once a batch.
    @inline(__always)
    private func add(_ code: Int, _ known: inout [UInt32], _ text: ((UnsafeRawBufferPointer) -> Void) -> Void) {
        let index = known[code]
        if index != .max, !isPlain { return codes.append(index) }
        text { bytes in
            add(bytes)
            if !isPlain { known[code] = codes.base[codes.count - 1] }
        }
    }

    private func add(_ text: UnsafeRawBufferPointer) {
        if isPlain { return addPlain(text) }
        let before = dictionary.count
        codes.append(dictionary.index(of: text))
        if dictionary.count != before, dictionaryIsTooLarge { becomePlain() }
    }

    private var dictionaryIsTooLarge: Bool {
        dictionary.count > Self.largestDictionary || dictionary.byteCount > Self.largestDictionaryBytes
            || (codes.count >= 4096 && dictionary.count * 4 > codes.count * 3)
    }

    private func addPlain(_ text: UnsafeRawBufferPointer) {
        plain.appendLittleEndian(UInt32(text.count))
        plain.append(text)
        plainCount += 1
    }

    private func becomePlain() {
        isPlain = true
        for code in codes.elements { addPlain(dictionary.text(Int(code))) }
        codes.removeAll()
    }

    override func prepare(_ pages: PageWriter) throws -> ParquetEncoding {
        plainCursor = 0
        if !isPlain, dictionary.count == 0 || dictionary.count * 2 > codes.count { becomePlain() }
        if isPlain { return .plain }
        for index in 0..<dictionary.count {
            let text = dictionary.text(index)
            pages.page.appendLittleEndian(UInt32(text.count))
            pages.page.append(text)
        }
        try pages.writeDictionary(entries: dictionary.count)
        return .rleDictionary
    }

    override func encodeValues(_ range: Range<Int>, into page: RawBuffer<UInt8>) {
        if isPlain {
            var end = plainCursor
            for _ in range { end = next(end) }
            page.append(UnsafeRawBufferPointer(start: plain.base + plainCursor, count: end - plainCursor))
            plainCursor = end
        } else {
            let bitWidth = RunLengthEncoder.bitWidth(largest: dictionary.count - 1)
            page.append(UInt8(bitWidth))
            RunLengthEncoder.encode(UnsafeBufferPointer(rebasing: codes.elements[range]), bitWidth: bitWidth, into: page)
        }
    }

    private func next(_ position: Int) -> Int {
        position + 4 + Int(UnsafeRawPointer(plain.base + position).loadUnaligned(as: UInt32.self))
    }

    override func pageRows(from value: Int) -> Int {
        guard isPlain, plain.count > Self.pageBytes else { return super.pageRows(from: value) }
        // Whole texts, at least one; nulls only make the page smaller.
        var end = plainCursor
        var count = 0
        while value + count < plainCount, count < super.pageRows(from: value), end - plainCursor < Self.pageBytes {
            end = next(end)
            count += 1
        }
        return value + count < plainCount ? count : super.pageRows(from: value)
    }

    override func bounds() -> (minimum: [UInt8], maximum: [UInt8])? {
        var low: UnsafeRawBufferPointer?
        var high: UnsafeRawBufferPointer?
        func meet(_ text: UnsafeRawBufferPointer) {
            if low.map({ text.lexicographicallyPrecedes($0) }) ?? true { low = text }
            if high.map({ $0.lexicographicallyPrecedes(text) }) ?? true { high = text }
        }
        if isPlain {
            var position = 0
            while position < plain.count {
                let end = next(position)
                meet(UnsafeRawBufferPointer(start: plain.base + position + 4, count: end - position - 4))
                position = end
            }
        } else {
            for index in 0..<dictionary.count { meet(dictionary.text(index)) }
        }
        guard let low, let high, max(low.count, high.count) <= Self.longestBound else { return nil }
        return (Array(low), Array(high))
    }

    override func removeValues() {
        dictionary.removeAll()
        codes.removeAll()
        plain.removeAll()
        plainCount = 0
        isPlain = false
    }
}
