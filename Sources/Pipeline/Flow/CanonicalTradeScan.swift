import Lake
import Market
import OrderFlow
import Primitives

/// Reads canonical trades files in a given order, as the aggregator takes them.
struct CanonicalTradeScan: TradeSource {
    let instruments: [FlowInstrument]
    private let connection: Connection
    private let files: [String]
    private let isStable: Bool

    /// - Parameter files: in the order in which their trades follow one another.
    init(files: [String]) throws {
        self.files = files
        connection = try Database(.memory, settings: Database.Settings(threads: 1)).connect()
        var pairs: [(id: UInt32, symbol: String)] = []
        for file in files {
            let rows = try connection.query(
                "select distinct instrument_id::bigint, symbol from read_parquet(?) order by 1, 2", [.text(file)])
            for row in rows.rows {
                guard case .int(let id) = row[0], case .text(let symbol) = row[1] else { continue }
                if !pairs.contains(where: { $0.id == UInt32(id) && $0.symbol == symbol }) { pairs.append((UInt32(id), symbol)) }
            }
        }
        // Ids are numbered anew where one of them stood for several symbols.
        isStable = Set(pairs.map(\.id)).count == pairs.count
        if isStable {
            instruments = pairs.map { FlowInstrument(id: $0.id, symbol: $0.symbol) }
        } else {
            instruments = Set(pairs.map(\.symbol)).sorted().enumerated().map {
                FlowInstrument(id: UInt32($0.offset), symbol: $0.element)
            }
        }
    }

    func forEachTradeBlock(_ body: (UnsafeBufferPointer<RawTrade>) throws -> Void) throws {
        let codes = Dictionary(uniqueKeysWithValues: instruments.map { ($0.symbol, $0.id) })
        // As many rows as a chunk has at most.
        let block = UnsafeMutableBufferPointer<RawTrade>.allocate(capacity: 2_048)
        defer { block.deallocate() }
        let columns = "instrument_id, epoch_ns(ts_event), price_e9, size, side" + (isStable ? "" : ", symbol")
        for file in files {
            try connection.forEachChunk("select \(columns) from read_parquet(?)", [.text(file)]) { chunk in
                let count = chunk.rowCount
                let ids = chunk.values(0, as: UInt32.self)
                let times = chunk.values(1, as: Int64.self)
                let prices = chunk.values(2, as: Int64.self)
                let sizes = chunk.values(3, as: UInt32.self)
                // A text of up to twelve bytes stands inline: four bytes of length, then the bytes.
                let sides = chunk.values(4, as: InlineText.self)
                for row in 0..<count {
                    block[row] = RawTrade(
                        instrumentID: ids[row], tsEvent: UInt64(bitPattern: times[row]), price: prices[row], size: sizes[row],
                        side: sides[row].first)
                }
                if !isStable {
                    for row in 0..<count { block[row].instrumentID = codes[chunk.text(column: 5, row: row)] ?? 0 }
                }
                try body(UnsafeBufferPointer(rebasing: block[..<count]))
            }
        }
    }

    /// DuckDB's string slot.
    private struct InlineText: BitwiseCopyable {
        let length: UInt32
        let first: UInt8
        let rest: (UInt8, UInt8, UInt8)
        let tail: UInt64
    }
}
