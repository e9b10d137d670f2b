import Contracts
import Lake
import Primitives
import TestKit
import Testing

@Suite struct ColumnScanTests {
    /// One value, null, or what makes the kinds comparable.
    private enum Value: Equatable {
        case null
        case int(Int64)
        case double(UInt64)
        case text(String)
    }

    private static func kind(_ type: ColumnType) -> ScanKind {
        switch type {
        case .date, .timestampMicros, .timestampNanos: .time
        case .string: .text
        case .bool: .flag
        default: .number
        }
    }

    /// A column as DuckDB reads it.
    private static func expected(_ column: Column, _ kind: ScanKind) -> [Value] {
        (0..<column.values.count).map { row in
            if column.validity?[row] == false { return kind == .flag ? .int(0) : .null }
            switch (column.values, column.spec.type) {
            case (.bools(let values), _): return .int(values[row] ? 1 : 0)
            case (.doubles(let values), _): return .double(values[row].bitPattern)
            case (.strings(let values), _): return .text(values[row])
            case (.ints(let values), .date): return .int(values[row] * UnixNanos.perDay)
            case (.ints(let values), .timestampMicros): return .int(values[row] * UnixNanos.perMicrosecond)
            case (.ints(let values), .timestampNanos): return .int(values[row])
            case (.ints(let values), .uint64): return .double(Double(UInt64(bitPattern: values[row])).bitPattern)
            case (.ints(let values), _): return .double(Double(values[row]).bitPattern)
            }
        }
    }

    private static func scanned(_ scan: ColumnScan, _ kinds: [ScanKind]) throws -> [[Value]] {
        var found: [[Value]] = kinds.map { _ in [] }
        var row = 0
        while try scan.next() {
            #expect(scan.row == row)
            #expect(scan.count <= ColumnScan.batchSize)
            row += scan.count
            for (index, kind) in kinds.enumerated() {
                switch kind {
                case .time: found[index] += scan.times(index).map { $0 == ColumnScan.nullTime ? .null : .int($0) }
                case .flag: found[index] += scan.flags(index).map { .int(Int64($0)) }
                case .number:
                    let null = ColumnScan.nullNumber.bitPattern
                    found[index] += scan.numbers(index).map { $0.bitPattern == null ? .null : .double($0.bitPattern) }
                case .text:
                    let labels = scan.labels(index)
                    found[index] += scan.ordinals(index).map {
                        $0 == UInt64(ColumnScan.nullText) ? .null : .text(labels[Int($0)])
                    }
                }
            }
        }
        return found
    }

    private func compare(_ path: String) throws {
        let table = try ParquetReader.table(path)
        let kinds = table.schema.map { Self.kind($0.type) }
        let source = try ScanSource(path)
        #expect(source.rowCount == table.rowCount)
        #expect(source.columnNames == table.schema.map(\.name))
        let found = try Self.scanned(source.scan(zip(table.schema, kinds).map { ($0.name, $1) }), kinds)
        for (index, column) in table.columns.enumerated() {
            #expect(found[index] == Self.expected(column, kinds[index]), "\(path) \(column.spec.name)")
        }
    }

    /// Every form that pyarrow and polars write, those that DuckDB must read for us included.
    @Test(.enabled(if: Oracle.isInstalled)) func readsWhatOthersWrite() throws {
        let folder = try TemporaryFolder()
        _ = try Oracle.run(script: "lake_scan.py", arguments: [folder.path])
        let names = folder.names().filter { $0.hasSuffix(".parquet") }
        #expect(names.count == 20)
        for name in names { try compare(folder.file(name)) }
    }

    @Test func readsWhatWeWrite() throws {
        let folder = try TemporaryFolder()
        // Instants of these tables may lie outside of what nanoseconds can count.
        let types: [ColumnType] = RandomTables.types.filter { $0 == .timestampNanos(utc: true) || Self.kind($0) != .time }
        for seed in 0..<6 {
            var tables = RandomTables(seed: UInt64(seed))
            let table = tables.table(rows: [0, 1, 5_000, 20_000][seed % 4], types: types)
            let path = folder.file("\(seed).parquet")
            _ = try ParquetWriter.write(table, to: path)
            try compare(path)
        }
    }

    /// Bytes cut off or changed give an error or values, never a crash, and nothing is read out of bounds.
    @Test(.enabled(if: Oracle.isInstalled)) func survivesDamage() throws {
        let folder = try TemporaryFolder()
        _ = try Oracle.run(script: "lake_scan.py", arguments: [folder.path])
        var generator = SeededGenerator(seed: 11)
        var refused = 0
        let columns: [(String, ScanKind)] = [
            ("micros", .time), ("price", .number), ("rare", .number), ("name", .text), ("maybe", .flag),
        ]
        for name in ["arrow-snappy-1.0.parquet", "arrow-zstd-2.0.parquet", "arrow-none-1.0.parquet", "polars-zstd.parquet"] {
            let bytes = try FileBytes.read(folder.file(name))
            for attempt in 0..<12 {
                var damaged = bytes
                if attempt % 6 == 0 {
                    damaged.removeLast(Int(generator.next() % UInt64(bytes.count)))
                } else {
                    // Half of the changes lie in the footer or the pages' headers, where they do the most.
                    let reach = attempt % 2 == 0 ? bytes.count : 4_000
                    for _ in 0..<3 {
                        damaged[bytes.count - 1 - Int(generator.next() % UInt64(reach))] = UInt8(
                            truncatingIfNeeded: generator.next())
                    }
                }
                let path = folder.file("damaged.parquet")
                try AtomicFile.write(damaged, to: path)
                do {
                    let source = try ScanSource(path)
                    for (column, kind) in columns {
                        do {
                            let scan = try source.scan([(column, kind)])
                            while try scan.next() {}
                        } catch let error as ApusError { refused += error.code.hasPrefix("parquet.") ? 1 : 0 }
                    }
                } catch let error as ApusError {
                    #expect(["parquet.read", "file.read"].contains(error.code))
                    refused += 1
                }
            }
        }
        #expect(refused > 15)
    }

    @Test func errorsNameFileAndColumn() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("t.parquet")
        let column = Column(ColumnSpec("x", .string), .strings(["a"]))
        _ = try ParquetWriter.write(Table([column]), to: path)
        let missing = try #require(throws: ApusError.self) { try ColumnScan(path, [("y", .number)]) }
        #expect(missing.code == "parquet.column")
        #expect(missing.context.map(\.value) == [path, "y"])
        let wrong = try #require(throws: ApusError.self) { try ColumnScan(path, [("x", .number)]) }
        #expect(wrong.code == "parquet.type")
        #expect(wrong.context.map(\.value) == [path, "x"])
        let absent = try #require(throws: ApusError.self) { try ColumnScan(folder.file("no.parquet"), []) }
        #expect(absent.code == "parquet.read")
        try AtomicFile.write("PAR1 this is not a table PAR1", to: path)
        let garbage = try #require(throws: ApusError.self) { try ColumnScan(path, []) }
        #expect(garbage.code == "parquet.read")
    }
}
