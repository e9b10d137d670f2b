import Ingest
import Market
import OrderFlow
import Primitives

/// Trades or quotes in file order with the instruments that their ids stand for.
protocol TickSource<Record> {
    associatedtype Record
    var instruments: [FlowInstrument] { get }
    func forEachBlock(_ body: (UnsafeBufferPointer<Record>) throws -> Void) throws
}

/// A record that DBN files hold.
protocol DBNTick {
    var instrumentID: UInt32 { get set }
    /// By which the file's symbol mappings go.
    var time: UnixNanos { get }
    static func forEachBlock(of reader: DBNReader, _ body: (UnsafeBufferPointer<Self>) throws -> Void) throws
}

extension RawTrade: DBNTick {
    static func forEachBlock(of reader: DBNReader, _ body: (UnsafeBufferPointer<RawTrade>) throws -> Void) throws {
        try reader.forEachTradeBlock(body)
    }
}

extension RawQuote: DBNTick {
    static func forEachBlock(of reader: DBNReader, _ body: (UnsafeBufferPointer<RawQuote>) throws -> Void) throws {
        try reader.forEachQuoteBlock(body)
    }
}

/// The records of a DBN file. Where an id stands for several symbols over time, they are renumbered on the way.
struct DBNSource<Record: DBNTick>: TickSource {
    let instruments: [FlowInstrument]
    private let reader: DBNReader
    private let resolver: SymbolResolver
    /// The new id of a symbol, only where an id has several symbols.
    private let renumbered: [String: UInt32]

    init(_ file: String) throws {
        reader = try DBNReader(path: file)
        resolver = try SymbolResolver(reader.metadata, file: file)
        let pairs = resolver.pairs
        if Set(pairs.map(\.instrumentID)).count == pairs.count {
            instruments = pairs.map { FlowInstrument(id: $0.instrumentID, symbol: $0.symbol) }
            renumbered = [:]
        } else {
            let symbols = Set(pairs.map(\.symbol)).sorted()
            instruments = symbols.enumerated().map { FlowInstrument(id: UInt32.max - UInt32($0.offset), symbol: $0.element) }
            renumbered = Dictionary(uniqueKeysWithValues: instruments.map { ($0.symbol, $0.id) })
        }
    }

    func forEachBlock(_ body: (UnsafeBufferPointer<Record>) throws -> Void) throws {
        guard !renumbered.isEmpty else { return try Record.forEachBlock(of: reader, body) }
        try Record.forEachBlock(of: reader) { block in
            let copy = block.map { record in
                var record = record
                if let symbol = resolver.symbol(record.instrumentID, at: record.time) {
                    record.instrumentID = renumbered[symbol] ?? record.instrumentID
                }
                return record
            }
            try copy.withUnsafeBufferPointer(body)
        }
    }
}
