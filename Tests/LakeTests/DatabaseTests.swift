import Lake
import Primitives
import TestKit
import Testing

@Suite struct DatabaseTests {
    @Test func valuesOfEveryTypeGoInAndComeOut() throws {
        let connection = try Database(.memory).connect()
        let values: [SQLValue] = [
            .null, .bool(true), .int(Int64.min), .double(-0.5), .text("é🐦\u{0}x"), .text(""), .bytes([0, 255]), .bytes([]),
            .date(CivilDate(daysSinceEpoch: -1)), .timestamp(UnixNanos(1_703_545_200_123_456_789)),
        ]
        let places = values.map { _ in "?" }.joined(separator: ", ")
        #expect(try connection.query("select \(places)", values).rows == [values])
        let result = try connection.query(
            "select 1::tinyint a, 2::usmallint b, 3.25 c, sum(i) d, 1.5::float e, "
                + "9223372036854775808::ubigint f from range(4) t(i)"
        )
        #expect(result.columns == ["a", "b", "c", "d", "e", "f"])
        #expect(result.rows == [[.int(1), .int(2), .double(3.25), .int(6), .double(1.5), .double(9_223_372_036_854_775_808)]])
    }

    @Test func timestampsOfEveryUnitAreInstants() throws {
        let connection = try Database(.memory).connect()
        let text = "'2023-12-25 23:00:00'"
        let types = ["timestamp_s", "timestamp_ms", "timestamp", "timestamp_ns", "timestamptz"]
        let row = try connection.query("select " + types.map { "\(text)::\($0)" }.joined(separator: ", ")).rows[0]
        let wanted = try #require(UnixNanos(iso8601: "2023-12-25T23:00:00Z"))
        #expect(row == types.map { _ in .timestamp(wanted) })
        let error = #expect(throws: ApusError.self) { try connection.query("select 'infinity'::timestamp") }
        #expect(error?.code == "lake.type")
    }

    @Test func errorsCarryReasonAndStatement() throws {
        let connection = try Database(.memory).connect()
        for sql in ["select * from nowhere", "selec 1", "select 1/'x'::int"] {
            let error = #expect(throws: ApusError.self) { try connection.query(sql) }
            #expect(error?.code == "lake.sql")
            #expect(error?.context.first { $0.key == "sql" }?.value == sql)
            #expect(error?.context.first { $0.key == "reason" }?.value.contains("Error") == true)
        }
        #expect(throws: ApusError.self) { try connection.query("select ?", []) }
        let nested = #expect(throws: ApusError.self) { try connection.query("select [1, 2] as l") }
        #expect(nested?.code == "lake.type")
    }

    /// An error that occurs after rows have been streamed does not look like the end of the rows.
    @Test func aStreamThatFailsThrows() throws {
        let connection = try Database(.memory, settings: .init(threads: 1)).connect()
        var rows = 0
        let sql = "select case when i = 900000 then error('late') else i end from range(1000000) t(i)"
        let error = #expect(throws: ApusError.self) { try connection.forEachChunk(sql) { rows += $0.rowCount } }
        #expect(error?.description.contains("late") == true)
        #expect(rows < 1_000_000)
    }

    @Test func streamsInOrderWithNullsAndTexts() throws {
        let connection = try Database(.memory).connect()
        var next: Int64 = 0
        let sql = "select i, case when i % 3 = 0 then null else 'text number ' || i end, (i % 7)::int from range(100000) t(i)"
        try connection.forEachChunk(sql) { chunk in
            let numbers = chunk.values(0, as: Int64.self)
            let small = chunk.values(2, as: Int32.self)
            for row in 0..<chunk.rowCount {
                let isRight =
                    numbers[row] == next && Int64(small[row]) == next % 7 && chunk.isNull(column: 1, row: row) == (next % 3 == 0)
                if !isRight || (next % 3 != 0 && chunk.text(column: 1, row: row) != "text number \(next)") {
                    Issue.record("row \(next)")
                }
                next += 1
            }
        }
        #expect(next == 100_000)
    }

    @Test func aStatementRunsManyTimes() throws {
        let connection = try Database(.memory).connect()
        try connection.execute("create table t (a bigint, b varchar); insert into t values (0, 'zero')")
        let insert = try connection.prepare("insert into t values (?, ?)")
        for number in 1...5 as ClosedRange<Int64> { try insert.execute([.int(number), .text("n\(number)")]) }
        #expect(try connection.query("select sum(a), max(b) from t").rows == [[.int(15), .text("zero")]])
    }

    @Test func aTransactionIsAllOrNothing() throws {
        struct Stop: Error {}
        let connection = try Database(.memory).connect()
        try connection.execute("create table t (a bigint)")
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.execute("insert into t values (1)")
                try connection.transaction { try connection.execute("insert into t values (2)") }
                throw Stop()
            }
        }
        #expect(try connection.query("select count(*) from t").value == .int(0))
        #expect(
            try connection.transaction {
                try connection.execute("insert into t values (?)", [.int(1)]); return 7
            } == 7)
        #expect(try connection.query("select count(*) from t").value == .int(1))
    }

    @Test func settingsHoldAndNothingIsFetched() throws {
        let connection = try Database(.memory, settings: .init(threads: 1, memoryLimitMiB: 100)).connect()
        func setting(_ name: String) throws -> String? {
            try connection.query("select current_setting('\(name)')::varchar").value?.text
        }
        #expect(try setting("threads") == "1")
        #expect(try setting("memory_limit") == "100.0 MiB")
        #expect(try setting("autoinstall_known_extensions") == "false")
        #expect(try setting("autoload_known_extensions") == "false")
        #expect(try setting("TimeZone") == "UTC")
    }

    @Test func readOnlyRefusesWritesAndChangesNothing() throws {
        let folder = try TemporaryFolder("duckdb")
        let path = folder.file("a.duckdb")
        do { try Database(.file(path)).connect().execute("create table t as select 1 a") }
        let before = try Digest.ofFile(path)
        do {
            let connection = try Database(.readOnly(path)).connect()
            #expect(try connection.query("select a from t").value == .int(1))
            #expect(throws: ApusError.self) { try connection.execute("insert into t values (2)") }
        }
        #expect(try Digest.ofFile(path) == before)
        #expect(folder.names() == ["a.duckdb"])
        let missing = #expect(throws: ApusError.self) { try Database(.readOnly(folder.file("none"))) }
        #expect(missing?.code == "lake.open")
        try AtomicFile.write("this is no database", to: folder.file("b"))
        #expect(throws: ApusError.self) { try Database(.file(folder.file("b"))) }
    }
}
