import Contracts

/// What the footer says about one column of one row group.
struct ParquetChunk {
    var encodings: [ParquetEncoding]
    var rows: Int
    var uncompressedBytes = 0
    var compressedBytes = 0
    var dictionaryOffset: Int?
    var dataOffset = 0
    var statistics: ParquetStatistics
}

/// Bounds in PLAIN form without a length; nil where there is no value to bound or a bound would be long.
struct ParquetStatistics {
    var nulls = 0
    var bounds: (minimum: [UInt8], maximum: [UInt8])?
}

struct ParquetRowGroup {
    var rows: Int
    var chunks: [ParquetChunk]
}

/// The file's closing metadata (parquet.thrift, FileMetaData).
struct ParquetFooter {
    let schema: [ColumnSpec]
    var rowGroups: [ParquetRowGroup] = []
    var metadata: [(key: String, value: String)] = []

    static let magic: [UInt8] = Array("PAR1".utf8)

    /// The footer, its length and the closing magic.
    func encode(into out: RawBuffer<UInt8>) {
        let start = out.count
        CompactThrift(out).structure { file in
            file.field(1, int32: 2)
            file.field(2, structures: schema.count + 1) { index, element in
                index == 0 ? root(&element) : leaf(schema[index - 1], &element)
            }
            file.field(3, int64: Int64(rowGroups.reduce(0) { $0 + $1.rows }))
            file.field(4, structures: rowGroups.count) { rowGroup(rowGroups[$0], &$1) }
            if !metadata.isEmpty {
                file.field(5, structures: metadata.count) { index, pair in
                    pair.field(1, text: metadata[index].key)
                    pair.field(2, text: metadata[index].value)
                }
            }
            file.field(6, text: "apus")
            // Without a column order readers may not trust min_value and max_value.
            file.field(7, structures: schema.count) { _, order in order.field(1) { _ in } }
        }
        out.appendLittleEndian(UInt32(out.count - start))
        out.append(Self.magic)
    }

    private func root(_ element: inout CompactThrift) {
        element.field(4, text: "schema")
        element.field(5, int32: Int32(schema.count))
    }

    private func leaf(_ column: ColumnSpec, _ element: inout CompactThrift) {
        element.field(1, int32: column.type.physical.rawValue)
        element.field(3, int32: column.nullable ? 1 : 0)
        element.field(4, text: column.name)
        column.type.annotate(&element)
    }

    private func rowGroup(_ group: ParquetRowGroup, _ out: inout CompactThrift) {
        out.field(1, structures: group.chunks.count) { index, chunk in
            // Offset of separate column metadata: there is none.
            chunk.field(2, int64: 0)
            chunk.field(3) { metadata(group.chunks[index], schema[index], &$0) }
        }
        out.field(2, int64: Int64(group.chunks.reduce(0) { $0 + $1.uncompressedBytes }))
        out.field(3, int64: Int64(group.rows))
        if let first = group.chunks.first { out.field(5, int64: Int64(first.dictionaryOffset ?? first.dataOffset)) }
        out.field(6, int64: Int64(group.chunks.reduce(0) { $0 + $1.compressedBytes }))
    }

    private func metadata(_ chunk: ParquetChunk, _ column: ColumnSpec, _ out: inout CompactThrift) {
        out.field(1, int32: column.type.physical.rawValue)
        out.field(2, int32s: chunk.encodings.map(\.rawValue))
        out.field(3, texts: [column.name])
        out.field(4, int32: 6)  // zstd
        out.field(5, int64: Int64(chunk.rows))
        out.field(6, int64: Int64(chunk.uncompressedBytes))
        out.field(7, int64: Int64(chunk.compressedBytes))
        out.field(9, int64: Int64(chunk.dataOffset))
        if let offset = chunk.dictionaryOffset { out.field(11, int64: Int64(offset)) }
        out.field(12) { statistics in
            statistics.field(3, int64: Int64(chunk.statistics.nulls))
            guard let bounds = chunk.statistics.bounds else { return }
            statistics.field(5, binary: bounds.maximum)
            statistics.field(6, binary: bounds.minimum)
            statistics.field(7, bool: true)
            statistics.field(8, bool: true)
        }
    }
}
