import Contracts
import Ingest
import Market
import Primitives

/// libFuzzer's entry: whatever the bytes are, the decoder must answer with records and at most one `ApusError`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var options = DBNConverter.Options()
    options.upgrades = size % 2 == 0
    var written = 0
    attempt(bytes) { reader in
        var end = reader.recordsOffset
        try reader.forEachBlock { block in
            precondition(block.offset == end, "a gap between blocks")
            precondition(block.count * block.recordSize == block.bytes.count && block.count > 0, "not whole records")
            end += Int64(block.bytes.count)
        }
    }
    attempt(bytes) { reader in
        var lots: UInt64 = 0
        try reader.forEachTradeBlock { for trade in $0 { lots &+= UInt64(trade.size) &+ UInt64(trade.side) } }
    }
    attempt(bytes) { reader in try DBNConverter.csv(reader, options: options) { written &+= $0.count } }
    attempt(bytes) { reader in try DBNConverter.json(reader, options: size % 3 == 0 ? .raw : options) { written &+= $0.count } }
    attempt(bytes) { reader in
        // A file that names no schema is read as the one its first byte of padding picks.
        if reader.metadata.schema == nil { options.schema = DBNSchema(rawValue: UInt16(bytes.last ?? 0) % 20) }
        try DBNConverter.tables(reader, options: options) { written &+= $0.rowCount }
    }
    return 0
}

private func attempt(_ bytes: [UInt8], _ body: (DBNReader) throws -> Void) {
    do {
        try body(DBNReader(bytes: bytes, name: "fuzz"))
    } catch let error as ApusError {
        precondition(!error.description.isEmpty)
    } catch {
        fatalError("an error of another kind: \(error)")
    }
}
