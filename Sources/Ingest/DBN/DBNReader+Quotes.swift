public import Market
import Primitives

extension DBNReader {
    /// Hands out all remaining quotes in the file's order; other records are passed over.
    ///
    /// Files of mbp-1 and tbbo are handed out in place, without a copy. Of mbp-10 the first level is taken, of bbo, cmbp-1, tcbbo
    /// and cbbo the fields that they share with mbp-1; what they lack is 0.
    /// - Throws: what `body` throws, everything `forEachBlock` does, and `ApusError` `dbn.mixed` where quotes come in two record
    ///   types, or `dbn.schema` where the file's schema holds no quotes.
    public func forEachQuoteBlock(_ body: (UnsafeBufferPointer<RawQuote>) throws -> Void) throws {
        if let schema = metadata.schema, !schema.holdsQuotes {
            throw ApusError("dbn.schema", "a file of schema \(schema.name) holds no quotes", context: ["file": path])
        }
        let copies = UnsafeMutableBufferPointer<RawQuote>.allocate(capacity: 4096)
        defer { copies.deallocate() }
        try forEachBlock(of: "quotes", where: \.holdsQuotes) { block, type in
            let size = MemoryLayout<RawQuote>.size
            if type == .mbp1 || type == .tbbo, block.recordSize == size, let base = block.bytes.baseAddress,
                Int(bitPattern: base) % 8 == 0
            {
                return try body(block.bytes.bindMemory(to: RawQuote.self))
            }
            for start in stride(from: 0, to: block.count, by: copies.count) {
                let count = min(copies.count, block.count - start)
                for index in 0..<count {
                    let first = (start + index) * block.recordSize
                    copies[index] = RawQuote(prefixOf: UnsafeRawBufferPointer(rebasing: block.bytes[first..<first + size]), type)
                }
                try body(UnsafeBufferPointer(rebasing: copies[..<count]))
            }
        }
    }
}

extension DBNSchema {
    /// Whether the records carry the best bid and ask.
    var holdsQuotes: Bool { DBNLayout.types(self).contains { $0.holdsQuotes } }
}

extension DBNRecordType {
    /// Whether records of this type carry the best bid and ask.
    var holdsQuotes: Bool {
        switch self {
        case .mbp1, .tbbo, .mbp10, .bbo1s, .bbo1m, .cmbp1, .tcbbo, .cbbo1s, .cbbo1m: true
        default: false
        }
    }
}

extension RawQuote {
    /// All records with a best bid and ask begin with the layout of mbp-1, with padding where they lack a field.
    init(prefixOf record: UnsafeRawBufferPointer, _ type: DBNRecordType) {
        self = record.loadUnaligned(as: RawQuote.self)
        length = 20
        rtype = DBNRecordType.mbp1.rawValue
        depth = 0
        let isConsolidated = [.cmbp1, .tcbbo, .cbbo1s, .cbbo1m].contains(type)
        if isConsolidated { (sequence, bidCount, askCount) = (0, 0, 0) }
        if [.bbo1s, .bbo1m, .cbbo1s, .cbbo1m].contains(type) { (action, tsInDelta) = (0, 0) }
    }
}
