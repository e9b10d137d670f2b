public import Market
import Primitives

extension DBNReader {
    /// Hands out all remaining trades in the file's order; other records are passed over.
    ///
    /// Trades files are handed out in place, without a copy. From mbp-1, tbbo, mbp-10, mbo, cmbp-1 and tcbbo files the records
    /// with action `T` are taken (in mbo an `F` is the resting side of the same trade and would count it twice); their first 48
    /// bytes become a trade.
    /// - Throws: what `body` throws, everything `forEachBlock` does, and `ApusError` `dbn.mixed` where trades come in
    ///   two record types, which would count them twice, or `dbn.schema` where the file's schema holds no trades.
    public func forEachTradeBlock(_ body: (UnsafeBufferPointer<DBNTradeRecord>) throws -> Void) throws {
        try requireTrades()
        let copies = UnsafeMutableBufferPointer<DBNTradeRecord>.allocate(capacity: 4096)
        defer { copies.deallocate() }
        try forEachBlock(of: "trades", where: \.holdsTrades) { block, type in
            if type == .trade, block.recordSize == 48, let base = block.bytes.baseAddress, Int(bitPattern: base) % 8 == 0 {
                return try body(block.bytes.bindMemory(to: DBNTradeRecord.self))
            }
            try Self.copyTrades(block, type, into: copies, body)
        }
    }

    /// Hands out the blocks of the record types that are wanted, all of which must be of one.
    /// - Parameter what: what they hold, for the error.
    func forEachBlock(
        of what: String, where wanted: (DBNRecordType) -> Bool, _ body: (DBNBlock, DBNRecordType) throws -> Void
    ) throws {
        var source: UInt8?
        try forEachBlock { block in
            guard let type = block.type, wanted(type) else { return }
            guard source == nil || source == block.rtype else {
                throw DBNError.make(
                    "dbn.mixed", "the file holds \(what) in records of more than one type", file: path, offset: block.offset)
            }
            source = block.rtype
            try body(block, type)
        }
    }

    private func requireTrades() throws {
        switch metadata.schema {
        case nil, .trades, .mbo, .mbp1, .mbp10, .tbbo, .cmbp1, .tcbbo: return
        case let schema?:
            throw ApusError("dbn.schema", "a file of schema \(schema.name) holds no trades", context: ["file": path])
        }
    }

    private static func copyTrades(
        _ block: DBNBlock, _ type: DBNRecordType, into copies: UnsafeMutableBufferPointer<DBNTradeRecord>,
        _ body: (UnsafeBufferPointer<DBNTradeRecord>) throws -> Void
    ) throws {
        var count = 0
        var position = 0
        let actionOffset = type == .mbo ? 38 : 28
        while position < block.bytes.count {
            if type == .trade || block.bytes[position + actionOffset] == UInt8(ascii: "T") {
                let record = UnsafeRawBufferPointer(rebasing: block.bytes[position..<position + block.recordSize])
                copies[count] = type == .mbo ? DBNTradeRecord(mbo: record) : DBNTradeRecord(prefixOf: record, type)
                count += 1
                if count == copies.count {
                    try body(UnsafeBufferPointer(copies))
                    count = 0
                }
            }
            position += block.recordSize
        }
        if count > 0 { try body(UnsafeBufferPointer(rebasing: copies[..<count])) }
    }
}

extension DBNRecordType {
    /// Whether records of this type can carry a trade.
    var holdsTrades: Bool {
        switch self {
        case .trade, .mbo, .mbp1, .tbbo, .mbp10, .cmbp1, .tcbbo: true
        default: false
        }
    }
}

extension DBNTradeRecord {
    /// All trade-like records but mbo begin with the layout of a trade.
    init(prefixOf record: UnsafeRawBufferPointer, _ type: DBNRecordType) {
        self = record.loadUnaligned(as: DBNTradeRecord.self)
        length = 12
        rtype = 0
        // Consolidated records have padding where these two are.
        if type == .cmbp1 || type == .tcbbo {
            depth = 0
            sequence = 0
        }
    }

    init(mbo record: UnsafeRawBufferPointer) {
        self.init(
            publisherID: record.loadUnaligned(fromByteOffset: 2, as: UInt16.self),
            instrumentID: record.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
            tsEvent: record.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            price: record.loadUnaligned(fromByteOffset: 24, as: Int64.self),
            size: record.loadUnaligned(fromByteOffset: 32, as: UInt32.self), side: record[39], flags: record[36],
            tsRecv: record.loadUnaligned(fromByteOffset: 40, as: UInt64.self),
            tsInDelta: record.loadUnaligned(fromByteOffset: 48, as: Int32.self),
            sequence: record.loadUnaligned(fromByteOffset: 52, as: UInt32.self))
    }
}
