import Contracts
import Ingest
import Lake
import Market
import Primitives

/// The canonical form of a file of quotes: one row a record, in file order, with the symbol spelled out and no sentinels.
enum CanonicalQuotes {
    /// Part of the name of every canonical file. Raise it when the form changes.
    static let version = 1

    static let schema = [
        ColumnSpec("ts_event", .timestampNanos(utc: true), nullable: true), ColumnSpec("ts_recv", .timestampNanos(utc: true)),
        ColumnSpec("symbol", .string), ColumnSpec("action", .string, nullable: true), ColumnSpec("side", .string),
        ColumnSpec("price_e9", .int64, nullable: true), ColumnSpec("size", .uint32),
        ColumnSpec("bid_e9", .int64, nullable: true), ColumnSpec("ask_e9", .int64, nullable: true),
        ColumnSpec("bid_size", .uint32), ColumnSpec("ask_size", .uint32), ColumnSpec("bid_count", .uint32),
        ColumnSpec("ask_count", .uint32), ColumnSpec("instrument_id", .uint32), ColumnSpec("publisher_id", .uint16),
        ColumnSpec("flags", .uint8), ColumnSpec("sequence", .uint32),
    ]

    /// Records without a receive time are left out: nobody can say when they were known.
    /// - Returns: the file, and what it holds of each symbol and UTC date of receipt.
    /// - Throws: `ApusError`.
    static func write(from file: String, to path: String) throws -> (parquet: ParquetSummary, coverage: [CanonicalCover]) {
        let reader = try DBNReader(path: file)
        let writer = try ParquetWriter(path, schema: schema)
        var symbols = SymbolCodes(resolver: try SymbolResolver(reader.metadata, file: file))
        var batch = Batch()
        var coverage = CoverageCount()
        try reader.forEachQuoteBlock { quotes in
            for quote in quotes where quote.isDefined {
                let symbol = symbols.code(quote.instrumentID, at: quote.time)
                coverage.add(quote.time.rawValue, symbol)
                batch.append(quote, symbol: symbol)
                if batch.count == 65_536 { try batch.flush(to: writer, texts: symbols.texts) }
            }
        }
        try batch.flush(to: writer, texts: symbols.texts)
        return (try writer.finish(), coverage.sorted(symbols.texts))
    }

    /// A column in which a value may be missing.
    private struct Sparse<Value> {
        var values: [Value] = []
        var known: [Bool] = []
        private var isComplete = true

        /// - Parameter blank: stands in the place of a missing value.
        @inline(__always) mutating func append(_ value: Value, _ isKnown: Bool, blank: Value) {
            values.append(isKnown ? value : blank)
            known.append(isKnown)
            isComplete = isComplete && isKnown
        }

        /// nil where every value is known.
        var validity: [Bool]? { isComplete ? nil : known }

        mutating func removeAll() {
            values.removeAll(keepingCapacity: true)
            known.removeAll(keepingCapacity: true)
            isComplete = true
        }
    }

    private struct Batch {
        private var event = Sparse<Int64>()
        private var received: [Int64] = []
        private var symbol: [Int32] = []
        private var action = Sparse<UInt8>()
        private var side: [UInt8] = []
        private var price = Sparse<Int64>()
        private var size: [UInt32] = []
        private var bid = Sparse<Int64>()
        private var ask = Sparse<Int64>()
        private var bidSize: [UInt32] = []
        private var askSize: [UInt32] = []
        private var bidCount: [UInt32] = []
        private var askCount: [UInt32] = []
        private var instrument: [UInt32] = []
        private var publisher: [UInt16] = []
        private var flags: [UInt8] = []
        private var sequence: [UInt32] = []

        var count: Int { received.count }

        mutating func append(_ quote: RawQuote, symbol code: Int32) {
            event.append(Int64(bitPattern: quote.tsEvent), quote.tsEvent <= UInt64(Int64.max), blank: 0)
            received.append(quote.time.rawValue)
            symbol.append(code)
            action.append(quote.action, quote.hasAction, blank: UInt8(ascii: "N"))
            side.append((AggressorSide(rawValue: quote.side) ?? .unknown).rawValue)
            price.append(quote.price, quote.price != RawQuote.noPrice, blank: 0)
            size.append(quote.size)
            bid.append(quote.bidPrice, quote.bidPrice != RawQuote.noPrice, blank: 0)
            ask.append(quote.askPrice, quote.askPrice != RawQuote.noPrice, blank: 0)
            bidSize.append(quote.bidSize)
            askSize.append(quote.askSize)
            bidCount.append(quote.bidCount)
            askCount.append(quote.askCount)
            instrument.append(quote.instrumentID)
            publisher.append(quote.publisherID)
            flags.append(quote.flags)
            sequence.append(quote.sequence)
        }

        mutating func flush(to writer: ParquetWriter, texts: [String]) throws {
            guard count > 0 else { return }
            try writer.append(
                [
                    .int64(event.values), .int64(received), .coded(symbol, texts: texts), .character(action.values),
                    .character(side), .int64(price.values), .uint32(size), .int64(bid.values), .int64(ask.values),
                    .uint32(bidSize), .uint32(askSize), .uint32(bidCount), .uint32(askCount), .uint32(instrument),
                    .uint16(publisher), .uint8(flags), .uint32(sequence),
                ],
                validity: [
                    event.validity, nil, nil, action.validity, nil, price.validity, nil, bid.validity, ask.validity, nil, nil,
                    nil, nil, nil, nil, nil, nil,
                ])
            removeAll()
        }

        private mutating func removeAll() {
            event.removeAll()
            action.removeAll()
            price.removeAll()
            bid.removeAll()
            ask.removeAll()
            received.removeAll(keepingCapacity: true)
            symbol.removeAll(keepingCapacity: true)
            side.removeAll(keepingCapacity: true)
            size.removeAll(keepingCapacity: true)
            bidSize.removeAll(keepingCapacity: true)
            askSize.removeAll(keepingCapacity: true)
            bidCount.removeAll(keepingCapacity: true)
            askCount.removeAll(keepingCapacity: true)
            instrument.removeAll(keepingCapacity: true)
            publisher.removeAll(keepingCapacity: true)
            flags.removeAll(keepingCapacity: true)
            sequence.removeAll(keepingCapacity: true)
        }
    }
}
