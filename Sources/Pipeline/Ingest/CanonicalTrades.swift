import Contracts
import Ingest
import Lake
import Market
import Primitives

/// The canonical form of a trades file: one row a trade, in file order, with the symbol spelled out and no sentinels.
enum CanonicalTrades {
    /// Part of the name of every canonical file. Raise it when the form changes.
    static let version = 1

    static let schema = [
        ColumnSpec("ts_event", .timestampNanos(utc: true)), ColumnSpec("ts_recv", .timestampNanos(utc: true), nullable: true),
        ColumnSpec("symbol", .string), ColumnSpec("price_e9", .int64), ColumnSpec("size", .uint32), ColumnSpec("side", .string),
        ColumnSpec("instrument_id", .uint32), ColumnSpec("publisher_id", .uint16), ColumnSpec("flags", .uint8),
        ColumnSpec("sequence", .uint32),
    ]

    struct Summary {
        let parquet: ParquetSummary
        /// What the file holds of each symbol and UTC date, in this order.
        let coverage: [CanonicalCover]
        /// Records without time, price or size; not stored.
        let undefined: Int
    }

    /// - Throws: `ApusError`.
    static func write(from file: String, to path: String) throws -> Summary {
        let reader = try DBNReader(path: file)
        let writer = try ParquetWriter(path, schema: schema)
        var symbols = SymbolCodes(resolver: try SymbolResolver(reader.metadata, file: file))
        var batch = Batch()
        var undefined = 0
        var coverage = CoverageCount()
        try reader.forEachTradeBlock { trades in
            for trade in trades {
                guard trade.isDefined else {
                    undefined += 1
                    continue
                }
                let time = trade.time
                let symbol = symbols.code(trade.instrumentID, at: time)
                coverage.add(time.rawValue, symbol)
                batch.append(trade, symbol: symbol)
                if batch.count == 65_536 { try batch.flush(to: writer, texts: symbols.texts) }
            }
        }
        try batch.flush(to: writer, texts: symbols.texts)
        return Summary(parquet: try writer.finish(), coverage: coverage.sorted(symbols.texts), undefined: undefined)
    }

    private struct Batch {
        var event: [Int64] = []
        var received: [Int64] = []
        var receivedKnown: [Bool] = []
        var symbol: [Int32] = []
        var price: [Int64] = []
        var size: [UInt32] = []
        var side: [UInt8] = []
        var instrument: [UInt32] = []
        var publisher: [UInt16] = []
        var flags: [UInt8] = []
        var sequence: [UInt32] = []

        var count: Int { event.count }

        mutating func append(_ trade: RawTrade, symbol code: Int32) {
            event.append(trade.time.rawValue)
            let known = trade.tsRecv <= UInt64(Int64.max)
            received.append(known ? Int64(trade.tsRecv) : 0)
            receivedKnown.append(known)
            symbol.append(code)
            price.append(trade.price)
            size.append(trade.size)
            side.append(trade.aggressor.rawValue)
            instrument.append(trade.instrumentID)
            publisher.append(trade.publisherID)
            flags.append(trade.flags)
            sequence.append(trade.sequence)
        }

        mutating func flush(to writer: ParquetWriter, texts: [String]) throws {
            guard count > 0 else { return }
            var validity = [[Bool]?](repeating: nil, count: 10)
            if receivedKnown.contains(false) { validity[1] = receivedKnown }
            try writer.append(
                [
                    .int64(event), .int64(received), .coded(symbol, texts: texts), .int64(price), .uint32(size), .character(side),
                    .uint32(instrument), .uint16(publisher), .uint8(flags), .uint32(sequence),
                ], validity: validity)
            self = Batch()
        }
    }
}
