import Lake
import Market
import Primitives

/// Reads one canonical trades file in blocks, at its reader's pace.
final class TradeCursor {
    /// How canonical rows become trades.
    struct Form {
        /// The ids of symbols, where the file's own ids stand for several symbols; else empty.
        let renumbered: [String: UInt32]

        var columns: String {
            "instrument_id, epoch_ns(ts_event), price_e9, size, side" + (renumbered.isEmpty ? "" : ", symbol")
        }
    }

    private let cursor: ChunkCursor
    private let form: Form
    private let block = UnsafeMutableBufferPointer<RawTrade>.allocate(capacity: TradeCursor.capacity)
    private var position = 0
    private var count = 0

    /// As many rows as a chunk has at most.
    static let capacity = 2_048

    init(_ file: String, _ connection: Connection, _ form: Form) throws {
        self.form = form
        cursor = try connection.prepare("select \(form.columns) from read_parquet(?)").cursor([.text(file)])
    }

    deinit { block.deallocate() }

    /// The trades that are read but not taken; empty at the end of the file.
    /// - Throws: `ApusError` `lake.sql`.
    func ahead() throws -> UnsafeBufferPointer<RawTrade> {
        while position == count {
            position = 0
            count = 0
            let isMore = try cursor.next { chunk in
                Self.decode(chunk, form, into: block)
                count = chunk.rowCount
            }
            if !isMore { break }
        }
        return UnsafeBufferPointer(rebasing: block[position..<count])
    }

    func take(_ trades: Int) { position += trades }

    private static func decode(_ chunk: borrowing Chunk, _ form: Form, into block: UnsafeMutableBufferPointer<RawTrade>) {
        let ids = chunk.values(0, as: UInt32.self)
        let times = chunk.values(1, as: Int64.self)
        let prices = chunk.values(2, as: Int64.self)
        let sizes = chunk.values(3, as: UInt32.self)
        // A text of up to twelve bytes stands inline: four bytes of length, then the bytes.
        let sides = chunk.values(4, as: InlineText.self)
        for row in 0..<chunk.rowCount {
            block[row] = RawTrade(
                instrumentID: ids[row], tsEvent: UInt64(bitPattern: times[row]), price: prices[row], size: sizes[row],
                side: sides[row].first)
        }
        if !form.renumbered.isEmpty {
            for row in 0..<chunk.rowCount {
                block[row].instrumentID = form.renumbered[chunk.text(column: 5, row: row)] ?? 0
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
