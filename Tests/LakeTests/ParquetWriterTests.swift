import Contracts
import Lake
import Primitives
import TestKit
import Testing

@Suite struct ParquetWriterTests {
    /// All types, small and ragged row groups.
    @Test(.enabled(if: Oracle.isInstalled)) func fourReadersSeeWhatWasWritten() throws {
        let folder = try TemporaryFolder("parquet")
        var cases: [String] = []
        for rows in [0, 1, 2, 7, 8, 9, 63, 64, 65, 1000, 3001] {
            for seed in 0..<3 {
                var tables = RandomTables(seed: UInt64(rows * 31 + seed))
                cases.append("rows\(rows)-seed\(rows * 31 + seed)")
                try write(tables.table(rows: rows), to: folder.file(cases[cases.count - 1]), rowGroupRows: 1000)
            }
        }
        try compare(folder, cases)
    }

    /// The row groups of the result contract.
    @Test(.enabled(if: Oracle.isInstalled)) func rowGroupsHoldExactlyAHundredThousandRows() throws {
        let folder = try TemporaryFolder("parquet")
        let types: [ColumnType] = [.timestampNanos(utc: true), .int64, .uint32, .double, .string, .bool]
        var cases: [String] = []
        for rows in [99_999, 100_000, 100_001, 250_000] {
            var tables = RandomTables(seed: UInt64(rows))
            cases.append("rows\(rows)")
            try write(tables.table(rows: rows, types: types), to: folder.file(cases[cases.count - 1]), rowGroupRows: 100_000)
        }
        try compare(folder, cases)
    }

    /// A row group of several pages: more rows than a page takes, or long texts, with nulls between.
    @Test(.enabled(if: Oracle.isInstalled)) func aChunkMayHaveManyPages() throws {
        let folder = try TemporaryFolder("parquet")
        var tables = RandomTables(seed: 77)
        let types: [ColumnType] = [.int64, .string, .bool]
        try write(tables.table(rows: 140_000, types: types), to: folder.file("rows"), rowGroupRows: 1_000_000)
        let texts = (0..<3000).map { String(repeating: "\($0)-é", count: $0 % 7 == 0 ? 0 : 3000) }
        let validity = (0..<3000).map { $0 % 11 != 5 }
        let long = Table([
            Column(ColumnSpec("long", .string), .strings(texts)),
            Column(
                ColumnSpec("some", .string, nullable: true), .strings(zip(texts, validity).map { $1 ? $0 : "" }),
                validity: validity),
        ])
        try write(long, to: folder.file("long"), rowGroupRows: 100_000)
        try compare(folder, ["rows", "long"])
    }

    private func write(_ table: Table, to folder: String, rowGroupRows: Int) throws {
        let path = folder + "/table.parquet"
        let summary = try ParquetWriter.write(table, to: path, options: .init(rowGroupRows: rowGroupRows))
        #expect(summary.rows == table.rowCount)
        #expect(try Digest.ofFile(path) == summary.digest)
        #expect(try FileBytes.read(path).count == summary.bytes)
        try RawDump.write(table, to: folder, rowGroupRows: rowGroupRows)
    }

    private func compare(_ folder: TemporaryFolder, _ cases: [String]) throws {
        let answer = try Oracle.run(script: "lake_parquet.py", arguments: cases.map { folder.file($0) })
        #expect(answer.split(separator: "\n").count == cases.count)
    }

    /// However rows are cut into batches, and whatever the process wrote before, the bytes are the same.
    @Test func bytesDependOnRowsAlone() throws {
        let folder = try TemporaryFolder("parquet")
        for seed in 0..<4 as Range<UInt64> {
            var tables = RandomTables(seed: seed)
            let table = tables.table(rows: 5000)
            let options = ParquetWriter.Options(rowGroupRows: 1200)
            let whole = try ParquetWriter.write(table, to: folder.file("whole"), options: options)
            let writer = try ParquetWriter(folder.file("cut"), schema: table.schema, options: options)
            var start = 0
            while start < table.rowCount {
                let end = min(table.rowCount, start + 1 + Int(tables.generator.next() % 900))
                try writer.append(table.rows(start..<end))
                start = end
            }
            #expect(try writer.finish().digest == whole.digest, "seed \(seed)")
        }
    }

    @Test func batchesInTheirOwnWidthEqualWideOnes() throws {
        let folder = try TemporaryFolder("parquet")
        let schema = [
            ColumnSpec("ts", .timestampNanos(utc: true)), ColumnSpec("size", .uint32), ColumnSpec("side", .string),
            ColumnSpec("symbol", .string), ColumnSpec("flags", .uint8),
        ]
        let sizes: [UInt32] = (0..<5000).map { $0 % 17 }
        let sides: [UInt8] = (0..<5000).map { [65, 66, 78][$0 % 3] }
        let symbols: [Int32] = (0..<5000).map { Int32($0 / 100 % 3) }
        let flags: [UInt8] = (0..<5000).map { UInt8($0 % 256) }
        let times: [Int64] = (0..<5000).map { 1_700_000_000_000_000_000 + Int64($0) * 1001 }
        let names = ["ESH4", "ESM4", "ESU4"]
        let narrow = try ParquetWriter(folder.file("narrow"), schema: schema)
        try narrow.append([.int64(times), .uint32(sizes), .character(sides), .coded(symbols, texts: names), .uint8(flags)])
        let wide = schema.map { spec -> ColumnValues in
            switch spec.name {
            case "ts": .ints(times)
            case "size": .ints(sizes.map { Int64($0) })
            case "side": .strings(sides.map { String(UnicodeScalar($0)) })
            case "symbol": .strings(symbols.map { names[Int($0)] })
            default: .ints(flags.map { Int64($0) })
            }
        }
        let table = Table(zip(schema, wide).map { Column($0, $1) })
        #expect(try narrow.finish().digest == ParquetWriter.write(table, to: folder.file("wide")).digest)
    }

    @Test func whatDoesNotFitIsRefusedByColumnAndRow() throws {
        let folder = try TemporaryFolder("parquet")
        let path = folder.file("x.parquet")
        let writer = try ParquetWriter(path, schema: [ColumnSpec("a", .int8), ColumnSpec("b", .string)])
        try writer.append([.int64([1, 2]), .string(["x", "y"])])
        let error = #expect(throws: ApusError.self) { try writer.append([.int64([1, 128]), .string(["x", "y"])]) }
        #expect(error?.description.contains("128 does not fit int8") == true)
        #expect(error?.context.map(\.key) == ["file", "column", "row of the batch"])
        #expect(throws: ApusError.self) { try writer.finish() }
        #expect(!FileBytes.exists(path))

        let other = try ParquetWriter(path, schema: [ColumnSpec("a", .int8), ColumnSpec("b", .string)])
        #expect(throws: ApusError.self) { try other.append([.double([1]), .string(["x"])]) }
        #expect(throws: ApusError.self) { try ParquetWriter(path, schema: []) }
        #expect(throws: ApusError.self) { try ParquetWriter(path, schema: [ColumnSpec("a", .bool), ColumnSpec("a", .bool)]) }
    }

    @Test func aNullInARequiredColumnIsRefused() throws {
        let folder = try TemporaryFolder("parquet")
        let table = Table([Column(ColumnSpec("a", .double), .doubles([1, .nan]), validity: [true, false])])
        let error = #expect(throws: ApusError.self) { try ParquetWriter.write(table, to: folder.file("x")) }
        #expect(error?.code == "parquet.value")
        #expect(folder.names().isEmpty)
    }
}

extension Table {
    /// A part of the rows.
    func rows(_ range: Range<Int>) -> Table {
        Table(
            columns.map { column in
                let values: ColumnValues =
                    switch column.values {
                    case .bools(let items): .bools(Array(items[range]))
                    case .ints(let items): .ints(Array(items[range]))
                    case .doubles(let items): .doubles(Array(items[range]))
                    case .strings(let items): .strings(Array(items[range]))
                    }
                return Column(column.spec, values, validity: column.validity.map { Array($0[range]) })
            })
    }
}
