import Lake
import Market
import Primitives

/// A record as canonical files hold it: one row, in file order.
protocol CanonicalRecord: BitwiseCopyable {
    /// What is selected of a file, the instrument's id first.
    static var columns: String { get }
    /// What files are put in order by.
    var time: UnixNanos { get }
    var instrumentID: UInt32 { get set }
    /// - Parameter chunk: the `columns` in their order, perhaps more behind them.
    static func decode(_ chunk: borrowing Chunk, into block: UnsafeMutableBufferPointer<Self>)
}

/// How canonical rows become records.
struct RecordForm {
    /// The ids of symbols, where the file's own ids stand for several symbols; else empty.
    let renumbered: [String: UInt32]
}

/// Reads one canonical file in blocks, at its reader's pace.
final class RecordCursor<Record: CanonicalRecord> {
    private let cursor: ChunkCursor
    private let form: RecordForm
    private let block = UnsafeMutableBufferPointer<Record>.allocate(capacity: 2_048)
    private var position = 0
    private var count = 0

    init(_ file: String, _ connection: Connection, _ form: RecordForm) throws {
        self.form = form
        let columns = Record.columns + (form.renumbered.isEmpty ? "" : ", symbol")
        cursor = try connection.prepare("select \(columns) from read_parquet(?)").cursor([.text(file)])
    }

    deinit { block.deallocate() }

    /// The records that are read but not taken; empty at the end of the file.
    /// - Throws: `ApusError` `lake.sql`.
    func ahead() throws -> UnsafeBufferPointer<Record> {
        while position == count {
            position = 0
            count = 0
            let isMore = try cursor.next { chunk in
                // A chunk has at most as many rows as the block.
                Record.decode(chunk, into: block)
                count = chunk.rowCount
                guard !form.renumbered.isEmpty else { return }
                let symbol = chunk.columns.count - 1
                for row in 0..<count { block[row].instrumentID = form.renumbered[chunk.text(column: symbol, row: row)] ?? 0 }
            }
            if !isMore { break }
        }
        return UnsafeBufferPointer(rebasing: block[position..<count])
    }

    func take(_ records: Int) { position += records }
}

extension RawTrade: CanonicalRecord {
    static let columns = "instrument_id, epoch_ns(ts_event), price_e9, size, side"

    static func decode(_ chunk: borrowing Chunk, into block: UnsafeMutableBufferPointer<RawTrade>) {
        let ids = chunk.values(0, as: UInt32.self)
        let times = chunk.values(1, as: Int64.self)
        let prices = chunk.values(2, as: Int64.self)
        let sizes = chunk.values(3, as: UInt32.self)
        let sides = chunk.values(4, as: InlineText.self)
        for row in 0..<chunk.rowCount {
            block[row] = RawTrade(
                instrumentID: ids[row], tsEvent: UInt64(bitPattern: times[row]), price: prices[row], size: sizes[row],
                side: sides[row].first)
        }
    }
}

extension RawQuote: CanonicalRecord {
    static let columns = """
        instrument_id, epoch_ns(ts_recv), price_e9, size, action, side, bid_e9, ask_e9, bid_size, ask_size
        """

    static func decode(_ chunk: borrowing Chunk, into block: UnsafeMutableBufferPointer<RawQuote>) {
        let ids = chunk.values(0, as: UInt32.self)
        let times = chunk.values(1, as: Int64.self)
        let (prices, noPrice) = (chunk.values(2, as: Int64.self), chunk.validity(2))
        let sizes = chunk.values(3, as: UInt32.self)
        let (actions, noAction) = (chunk.values(4, as: InlineText.self), chunk.validity(4))
        let sides = chunk.values(5, as: InlineText.self)
        let (bids, noBid) = (chunk.values(6, as: Int64.self), chunk.validity(6))
        let (asks, noAsk) = (chunk.values(7, as: Int64.self), chunk.validity(7))
        let bidSizes = chunk.values(8, as: UInt32.self)
        let askSizes = chunk.values(9, as: UInt32.self)
        for row in 0..<chunk.rowCount {
            block[row] = RawQuote(
                instrumentID: ids[row], tsEvent: 0, tsRecv: UInt64(bitPattern: times[row]),
                price: isNull(noPrice, row) ? RawQuote.noPrice : prices[row], size: sizes[row],
                action: isNull(noAction, row) ? 0 : actions[row].first, side: sides[row].first,
                bidPrice: isNull(noBid, row) ? RawQuote.noPrice : bids[row],
                askPrice: isNull(noAsk, row) ? RawQuote.noPrice : asks[row], bidSize: bidSizes[row], askSize: askSizes[row])
        }
    }

    @inline(__always) private static func isNull(_ validity: UnsafePointer<UInt64>?, _ row: Int) -> Bool {
        guard let validity else { return false }
        return validity[row / 64] & (1 << UInt64(row % 64)) == 0
    }
}

/// DuckDB's string slot. A text of up to twelve bytes stands inline: four bytes of length, then the bytes.
private struct InlineText: BitwiseCopyable {
    let length: UInt32
    let first: UInt8
    let rest: (UInt8, UInt8, UInt8)
    let tail: UInt64
}
