import Contracts
import Lake
import Primitives
import TestKit
import Testing

@Suite struct ParquetReaderTests {
    /// Types, nulls and values come back, NaN by its bits.
    @Test(arguments: [0, 1, 777, 5001] as [Int])
    func readsWhatTheWriterWrote(rows: Int) throws {
        let folder = try TemporaryFolder("parquet")
        for seed in 0..<3 {
            var tables = RandomTables(seed: UInt64(rows * 7 + seed))
            let table = tables.table(rows: rows)
            let path = folder.file("t\(seed).parquet")
            try ParquetWriter.write(table, to: path, options: .init(rowGroupRows: 1500))
            #expect(try ParquetReader.schema(path) == table.schema)
            let back = try ParquetReader.table(path)
            #expect(back.schema == table.schema)
            for (got, want) in zip(back.columns, table.columns) {
                #expect(got.hasSameContent(as: want), "seed \(seed), column \(want.spec)")
            }
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func readsFilesOfOtherPrograms() throws {
        let folder = try TemporaryFolder("parquet")
        _ = try Oracle.run(script: "lake_foreign.py", arguments: [folder.path])
        let time = try #require(UnixNanos(iso8601: "2023-12-25T23:00:00.123456Z")).microseconds
        let day = try #require(CivilDate("2024-02-29")).daysSinceEpoch
        let valid = [true, false, true]
        let common = [
            Column(ColumnSpec("b", .bool, nullable: true), .bools([true, false, false]), validity: valid),
            Column(ColumnSpec("i", .int64, nullable: true), .ints([1, 0, -3]), validity: valid),
            Column(ColumnSpec("f", .double, nullable: true), .doubles([1.5, .nan, -0.25]), validity: valid),
            Column(ColumnSpec("s", .string, nullable: true), .strings(["a", "", "日本"]), validity: valid),
            Column(ColumnSpec("d", .date, nullable: true), .ints([-1, 0, Int64(day)]), validity: valid),
            Column(ColumnSpec("us", .timestampMicros(utc: false), nullable: true), .ints([time, 0, time]), validity: valid),
            Column(ColumnSpec("u8", .uint8, nullable: true), .ints([0, 0, 255]), validity: valid),
        ]
        let names = common.map(\.spec.name)
        let zoned = ColumnSpec("ms", .timestampMicros(utc: true), nullable: true)
        let extra = [
            Column(zoned, .ints([time - 456, 0, time - 123_456]), validity: valid),
            Column(ColumnSpec("word", .string, nullable: true), .strings(["x", "", "x"]), validity: valid),
        ]
        for (got, want) in zip(try ParquetReader.table(folder.file("polars.parquet"), columns: names).columns, common) {
            #expect(got.spec == want.spec && got.hasSameContent(as: want))
        }
        let arrow = try ParquetReader.table(folder.file("pyarrow.parquet"))
        // Format version 1 has no unsigned integers of its own; pyarrow annotates them.
        #expect(arrow.columns.count == common.count + extra.count)
        for (got, want) in zip(arrow.columns, common + extra) {
            #expect(got.spec == want.spec && got.hasSameContent(as: want), "\(want.spec)")
        }
        let duck = try ParquetReader.table(folder.file("duckdb.parquet"), columns: ["name", "half"])
        #expect(duck.rowCount == 5000)
        #expect(duck.columns[0].strings[4999] == "n4999" && duck.columns[1].doubles[4999] == 2499.5)
        #expect(duck.columns[1].validity?[4998] == false)
        for name in ["nested.parquet", "decimal.parquet"] {
            let error = #expect(throws: ApusError.self) { try ParquetReader.table(folder.file(name)) }
            #expect(error?.code == "parquet.type" && error?.context.first?.value == folder.file(name))
        }
    }

    @Test func streamsFilesInTheOrderGiven() throws {
        let folder = try TemporaryFolder("parquet")
        var wanted: [Int64] = []
        var paths: [String] = []
        for part in [2, 0, 1] as [Int64] {
            let values = (0..<120_000).map { Int64($0) * 7 % 1000 + part * 1_000_000 }
            wanted += values
            paths.append(folder.file("p\(part).parquet"))
            let table = Table([
                Column(ColumnSpec("skip", .string), .strings(values.map { _ in "s" })),
                Column(ColumnSpec("v", .int64), .ints(values)),
            ])
            try ParquetWriter.write(table, to: paths[paths.count - 1])
        }
        var got: [Int64] = []
        try ParquetReader.forEachChunk(paths, columns: ["v"]) { chunk in
            #expect(chunk.rowCount <= 2048)
            got.append(contentsOf: chunk.values(0, as: Int64.self))
        }
        #expect(got == wanted)
    }

    @Test func anErrorOfTheBodyComesThrough() throws {
        struct Enough: Error {}
        let folder = try TemporaryFolder("parquet")
        let path = folder.file("t.parquet")
        try ParquetWriter.write(Table([Column(ColumnSpec("v", .int64), .ints(Array(0..<10_000)))]), to: path)
        var chunks = 0
        #expect(throws: Enough.self) {
            try ParquetReader.forEachChunk([path, path]) { _ in
                chunks += 1
                throw Enough()
            }
        }
        #expect(chunks == 1)
    }

    @Test func mistakesNameFileAndColumn() throws {
        let folder = try TemporaryFolder("parquet")
        let path = folder.file("t.parquet")
        try ParquetWriter.write(Table([Column(ColumnSpec("v", .int64), .ints([1]))]), to: path)
        let missing = #expect(throws: ApusError.self) { try ParquetReader.table(path, columns: ["w"]) }
        #expect(missing?.description == "the file lacks a column (file: \(path), column: w)")
        let absent = #expect(throws: ApusError.self) { try ParquetReader.table(folder.file("none.parquet")) }
        #expect(absent?.code == "parquet.read")
        let other = folder.file("u.parquet")
        try ParquetWriter.write(Table([Column(ColumnSpec("v", .double), .doubles([1]))]), to: other)
        let mixed = #expect(throws: ApusError.self) { try ParquetReader.forEachChunk([path, other]) { _ in } }
        #expect(mixed?.code == "parquet.schema")
    }

    /// A damaged file is an error that names it, at every truncation; never a crash.
    @Test func everyTruncationIsAnError() throws {
        let folder = try TemporaryFolder("parquet")
        let path = folder.file("whole.parquet")
        var tables = RandomTables(seed: 4)
        try ParquetWriter.write(tables.table(rows: 40, types: [.string, .double]), to: path)
        let bytes = try FileBytes.read(path)
        let cut = folder.file("cut.parquet")
        for length in stride(from: 0, to: bytes.count, by: 7) {
            try AtomicFile.write(Array(bytes[..<length]), to: cut)
            let error = #expect(throws: ApusError.self, "length \(length)") { try ParquetReader.table(cut) }
            #expect(
                error?.code == "parquet.read" && error?.context.first?.value == cut,
                "length \(length): \(String(describing: error))")
        }
        try AtomicFile.write([UInt8]("PAR1 this is no Parquet file PAR1".utf8), to: cut)
        #expect(throws: ApusError.self) { try ParquetReader.table(cut) }
        // The next good file reads as before.
        #expect(try ParquetReader.table(path).rowCount == 40)
    }

    /// A flipped bit in a page never goes unnoticed: every page carries a checksum.
    @Test func aFlippedBitInAPageIsAnError() throws {
        let folder = try TemporaryFolder("parquet")
        let path = folder.file("whole.parquet")
        let values = (0..<2000).map { Double($0 * 7919 % 2000) / 3 }
        try ParquetWriter.write(Table([Column(ColumnSpec("v", .double), .doubles(values))]), to: path)
        let bytes = try FileBytes.read(path)
        var generator = SeededGenerator(seed: 11)
        let damaged = folder.file("damaged.parquet")
        // The one page follows a header of less than 40 bytes; the footer takes the last 300 bytes at most.
        for _ in 0..<60 {
            var copy = bytes
            let position = 40 + Int(generator.next() % UInt64(bytes.count - 340))
            copy[position] ^= 1 << UInt8(generator.next() % 8)
            try AtomicFile.write(copy, to: damaged)
            let error = #expect(throws: ApusError.self, "bit of byte \(position)") { try ParquetReader.table(damaged) }
            #expect(error?.code == "parquet.read")
        }
    }
}

extension Column {
    func hasSameContent(as other: Column) -> Bool {
        let here = validity ?? [Bool](repeating: true, count: values.count)
        let there = other.validity ?? [Bool](repeating: true, count: other.values.count)
        guard here == there else { return false }
        if case .doubles(let a) = values, case .doubles(let b) = other.values {
            return a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
        }
        return values == other.values
    }
}
