import Contracts
import Primitives

/// A column of 64-bit words: wide integers, timestamps and doubles.
final class LongColumn: ColumnBuilder {
    private var store: WordStore<UInt64>

    override init(_ spec: ColumnSpec, file: String) {
        store = WordStore(spec.type)
        super.init(spec, file: file)
    }

    override func appendValues(_ batch: ColumnBatch, _ range: Range<Int>) throws {
        do { try store.append(batch, range) } catch { throw failure(error) }
    }

    override func prepare(_ pages: PageWriter) throws -> ParquetEncoding { try store.prepare(pages) }
    override func encodeValues(_ range: Range<Int>, into page: RawBuffer<UInt8>) { store.encode(range, into: page) }
    override func bounds() -> (minimum: [UInt8], maximum: [UInt8])? { store.bounds() }
    override func removeValues() { store.removeAll() }
}

/// A column of 32-bit words: narrow integers and dates.
final class ShortColumn: ColumnBuilder {
    private var store: WordStore<UInt32>

    override init(_ spec: ColumnSpec, file: String) {
        store = WordStore(spec.type)
        super.init(spec, file: file)
    }

    override func appendValues(_ batch: ColumnBatch, _ range: Range<Int>) throws {
        do { try store.append(batch, range) } catch { throw failure(error) }
    }

    override func prepare(_ pages: PageWriter) throws -> ParquetEncoding { try store.prepare(pages) }
    override func encodeValues(_ range: Range<Int>, into page: RawBuffer<UInt8>) { store.encode(range, into: page) }
    override func bounds() -> (minimum: [UInt8], maximum: [UInt8])? { store.bounds() }
    override func removeValues() { store.removeAll() }
}

extension ColumnBuilder {
    fileprivate func failure<Word>(_ refusal: WordStore<Word>.Refusal) -> ApusError {
        switch refusal {
        case .mismatch: mismatch()
        case .outside(let row, let value): failure("\(value) does not fit \(spec.type)", row: row)
        }
    }
}
