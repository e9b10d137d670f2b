public import Primitives

/// What a DBN file holds, for people and scripts.
public enum DBNInfo {
    /// Reads the whole file.
    ///
    /// Members: `file`, `metadata`, `compression` (`zstd` or `none`), `zstd_frames`, `file_bytes`, `stream_bytes`, `records` (the
    /// count), `record_types` (count by type name), `first_ts_event` and `last_ts_event` in the file's order (null where no
    /// record has one).
    /// - Throws: everything `DBNReader` does.
    public static func read(_ file: String) throws -> JSONValue {
        let reader = try DBNReader(path: file)
        var counts: [String: Int64] = [:]
        var total: Int64 = 0
        var first: UnixNanos?
        var last: UnixNanos?
        try reader.forEachBlock { block in
            counts[block.type?.name ?? "unknown-\(block.rtype)", default: 0] += Int64(block.count)
            total += Int64(block.count)
            first = first ?? eventTime(block, (0..<block.count))
            last = eventTime(block, (0..<block.count).reversed()) ?? last
        }
        return .object([
            "file": .string(file), "metadata": metadata(reader.metadata),
            "compression": .string(reader.isCompressed ? "zstd" : "none"), "zstd_frames": .int(Int64(reader.stream.frames)),
            "file_bytes": .int(reader.stream.fileOffset), "stream_bytes": .int(reader.stream.offset), "records": .int(total),
            "record_types": .object(counts.mapValues { .int($0) }), "first_ts_event": text(first), "last_ts_event": text(last),
        ])
    }

    /// The first defined event time among the records, in the given order.
    private static func eventTime(_ block: DBNBlock, _ indices: some Sequence<Int>) -> UnixNanos? {
        for index in indices {
            let value = block.bytes.loadUnaligned(fromByteOffset: index * block.recordSize + 8, as: UInt64.self)
            if let nanos = Int64(exactly: value) { return UnixNanos(nanos) }
        }
        return nil
    }

    private static func text(_ time: UnixNanos?) -> JSONValue { time.map { .string($0.description) } ?? .null }

    static func metadata(_ value: DBNMetadata) -> JSONValue {
        let mappings = value.mappings.map { mapping -> JSONValue in
            let intervals = mapping.intervals.map { interval -> JSONValue in
                .object([
                    "start_date": .string(interval.start.description), "end_date": .string(interval.end.description),
                    "symbol": .string(interval.symbol),
                ])
            }
            return .object(["raw_symbol": .string(mapping.rawSymbol), "intervals": .array(intervals)])
        }
        return .object([
            "version": .int(Int64(value.version)), "dataset": .string(value.dataset),
            "schema": value.schema.map { .string($0.name) } ?? .null, "start": text(value.start), "end": text(value.end),
            "limit": value.limit.map { .int(Int64(clamping: $0)) } ?? .null,
            "stype_in": value.stypeIn.map { .string($0.name) } ?? .null, "stype_out": .string(value.stypeOut.name),
            "ts_out": .bool(value.tsOut), "symbol_cstr_len": .int(Int64(value.symbolLength)),
            "symbols": .array(value.symbols.map { .string($0) }), "partial": .array(value.partial.map { .string($0) }),
            "not_found": .array(value.notFound.map { .string($0) }), "mappings": .array(mappings),
        ])
    }
}
