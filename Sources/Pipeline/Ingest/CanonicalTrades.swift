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
        let coverage: [Cover]
        /// Records without time, price or size; not stored.
        let undefined: Int
    }

    struct Cover {
        let symbol: String
        let date: CivilDate
        var rows: Int
        var first: UnixNanos
        var last: UnixNanos
    }

    /// - Throws: `ApusError`.
    static func write(from file: String, to path: String) throws -> Summary {
        let reader = try DBNReader(path: file)
        let writer = try ParquetWriter(path, schema: schema)
        var symbols = SymbolCodes(resolver: try SymbolResolver(reader.metadata, file: file))
        var batch = Batch()
        var undefined = 0
        var coverage = Coverage()
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

    /// Counts rows by symbol and UTC date; each symbol's present date is at hand.
    private struct Coverage {
        private struct Day {
            let start: Int64
            var rows = 0
            var first: Int64 = .max
            var last: Int64 = .min

            init(around time: Int64) { start = time.flooredDivision(by: UnixNanos.perDay) * UnixNanos.perDay }
        }
        private struct Key: Hashable {
            let symbol: Int32
            let start: Int64
        }
        /// By symbol code.
        private var current: [Day] = []
        /// Dates that a symbol has left. One that it entered again stands here twice.
        private var left: [(symbol: Int32, day: Day)] = []

        mutating func add(_ time: Int64, _ symbol: Int32) {
            let index = Int(symbol)
            if index == current.count { current.append(Day(around: time)) }
            if time < current[index].start || time >= current[index].start + UnixNanos.perDay {
                left.append((symbol, current[index]))
                current[index] = Day(around: time)
            }
            current[index].rows += 1
            current[index].first = min(current[index].first, time)
            current[index].last = max(current[index].last, time)
        }

        func sorted(_ texts: [String]) -> [Cover] {
            var covers: [Key: Cover] = [:]
            for (symbol, day) in left + current.enumerated().map({ (Int32($0.offset), $0.element) }) {
                let key = Key(symbol: symbol, start: day.start)
                var cover =
                    covers[key]
                    ?? Cover(
                        symbol: texts[Int(symbol)], date: UnixNanos(day.start).utcDate, rows: 0, first: UnixNanos(day.first),
                        last: UnixNanos(day.last))
                cover.rows += day.rows
                cover.first = min(cover.first, UnixNanos(day.first))
                cover.last = max(cover.last, UnixNanos(day.last))
                covers[key] = cover
            }
            return covers.values.sorted { ($0.symbol, $0.date) < ($1.symbol, $1.date) }
        }
    }

    /// Symbols as small numbers; the answer for the id and day of the trade before is remembered.
    private struct SymbolCodes {
        let resolver: SymbolResolver
        var texts: [String] = []
        private var codes: [String: Int32] = [:]
        private var lastID: UInt32?
        private var lastDay: Int64 = .min
        private var lastCode: Int32 = 0

        init(resolver: SymbolResolver) { self.resolver = resolver }

        mutating func code(_ id: UInt32, at time: UnixNanos) -> Int32 {
            let day = time.rawValue.flooredDivision(by: UnixNanos.perDay)
            if id == lastID && day == lastDay { return lastCode }
            let symbol = resolver.symbol(id, at: time) ?? String(id)
            let code = codes[symbol] ?? Int32(texts.count)
            if codes.updateValue(code, forKey: symbol) == nil { texts.append(symbol) }
            (lastID, lastDay, lastCode) = (id, day, code)
            return code
        }
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
