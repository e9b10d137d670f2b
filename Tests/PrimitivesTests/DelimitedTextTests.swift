import Primitives
import TestKit
import Testing

struct DelimitedTextTests {
    private func parse(_ text: String) throws -> DelimitedText { try DelimitedText(bytes: Array(text.utf8), file: "x.csv") }

    private func code(_ text: String, line: String? = nil) -> String? {
        do {
            _ = try parse(text)
            return nil
        } catch let error as ApusError {
            if let line { #expect(error.context.first { $0.key == "line" }?.value == line, "\(error)") }
            return error.code
        } catch { return "\(error)" }
    }

    @Test func quotesCommasAndLineEndsFollowTheRFC() throws {
        let text = try parse("\u{FEFF}a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n\r\n,\n\"\",last")
        #expect(text.header == ["a", "b"])
        #expect(text.rows.map(\.fields) == [["1", "x, \"y\"\r\nz"], ["", ""], ["", "last"]])
        #expect(text.rows.map(\.line) == [2, 5, 6])
        #expect(try parse("a\n1").rows.map(\.fields) == [["1"]])
        #expect(try parse("a\n\"\"\"\"\n\"\"\n\"\"\"\"\"x\"\n").rows.map(\.fields) == [["\""], [""], ["\"\"x"]])
        #expect(try parse("a,b\n1,\n").rows.map(\.fields) == [["1", ""]])
        #expect(try parse("a,b\n1,").rows.map(\.fields) == [["1", ""]])
        #expect(try parse("a").rows.isEmpty)
    }

    @Test func aCarriageReturnEndsALineToo() throws {
        let text = try parse("\r\r\na,b\r1,\"x\ry\"\r \t\r2,z\r\r\n3,")
        #expect(text.header == ["a", "b"])
        #expect(text.rows.map(\.fields) == [["1", "x\ry"], ["2", "z"], ["3", ""]])
        #expect(text.rows.map(\.line) == [4, 7, 9])
    }

    @Test(arguments: [
        ("a;b\n1,5;2\n", ["a", "b"]), ("a\tb\n1,5\t2;\n", ["a", "b"]), ("\n\"a,x\";b\n1;2\n", ["a,x", "b"]),
        ("a;b,c\n1,2\n", ["a;b", "c"]), ("a;b\tc\n1\n", ["a;b\tc"]), ("a\n1;\n", ["a"]), ("\"a;b\"\n1\n", ["a;b"]),
    ]) func theHeaderTellsTheDelimiter(text: String, header: [String]) throws {
        let text = try parse(text)
        #expect(text.header == header && text.rows.count == 1)
    }

    @Test func damageIsRefusedWithItsLine() {
        #expect(code("") == "csv.empty")
        #expect(code("\n \n\t\n") == "csv.empty")
        #expect(code("a,a\n1,2", line: "1") == "csv.header")
        #expect(code("title,,\n1,2,3") == nil)
        #expect(code("\na,b,b\n1,2", line: "2") == "csv.header")
        #expect(code("a,b\n1,2\n1", line: "3") == "csv.fields")
        #expect(code("a,b\n1,2,3", line: "2") == "csv.fields")
        #expect(code("a\n1\n\"x\n\n", line: "3") == "csv.quote")
        #expect(code("a\nx\"y\"", line: "2") == "csv.quote")
        #expect(code("a\n\"x\"y", line: "2") == "csv.quote")
        #expect(code("a,b\n\"x\n\",\"\n\ny\"z", line: "5") == "csv.quote")
        for broken in [[0xFF, 0x0A], [0x22, 0xC3, 0x22, 0x0A]] as [[UInt8]] {
            let error = #expect(throws: ApusError.self) { try DelimitedText(bytes: Array("a\n1\n".utf8) + broken, file: "x") }
            #expect(error?.code == "csv.utf8" && error?.context.last?.value == "3")
        }
        let wide = #expect(throws: ApusError.self) { try DelimitedText(bytes: [0xFF, 0xFE, 0x61, 0, 0x0A, 0], file: "x") }
        #expect(wide?.code == "csv.utf8" && wide?.message.contains("UTF-16") == true)
    }

    /// Whatever window of the file is held, rows, lines and errors are those of the whole.
    @Test func everyWindowGivesTheSameRows() throws {
        let parts = ["a", "12.5", ",", ",", "\"", "\"\"", "\"x,\"", "\n", "\r\n", "\r", " ", "é", ";", "\u{FEFF}", "0123456789"]
        var generator = SeededGenerator(seed: 20)
        var outcomes: Set<String> = []
        for _ in 0..<2_000 {
            var text = generator.next() % 4 == 0 ? "" : ["x,y\n", "x;y\r\n", "\u{FEFF}x\n"][Int(generator.next() % 3)]
            for _ in 0..<generator.next() % 12 { text += parts[Int(generator.next() % UInt64(parts.count))] }
            let whole = Self.outcome(text, window: 4_096)
            for window in [1, 2, 3, 5, 8, 13] { #expect(Self.outcome(text, window: window) == whole, "\(text.debugDescription)") }
            outcomes.insert(String(whole.prefix(9)))
        }
        #expect(outcomes.isSuperset(of: ["csv.quote", "csv.field", "csv.heade", "csv.empty"]), "\(outcomes)")
    }

    private static func outcome(_ text: String, window: Int) -> String {
        do {
            var rows = try DelimitedRows(bytes: Array(text.utf8), file: "x", window: window)
            var found = "\(rows.header)"
            while try rows.next() {
                found +=
                    " \(rows.line):" + (try rows.header.indices.map { try rows.text($0).debugDescription }).joined(separator: "|")
            }
            return found
        } catch { return (error as? ApusError).map { "\($0.code) \($0)" } ?? "\(error)" }
    }

    @Test func filesAreReadAsTheirBytes() throws {
        let folder = try TemporaryFolder("csv")
        let text = "a,b\n" + (0..<20_000).map { "\($0),\"row \($0)\"\n" }.joined()
        try AtomicFile.write(text, to: folder.file("x.csv"))
        let read = try DelimitedText(file: folder.file("x.csv"))
        let expected = try parse(text).rows.map(\.fields)
        #expect(read.rows.count == 20_000 && read.rows.map(\.fields) == expected)
        let missing = #expect(throws: ApusError.self) { try DelimitedText(file: folder.file("none.csv")) }
        let directory = #expect(throws: ApusError.self) { try DelimitedText(file: folder.path) }
        #expect(missing?.code == "file.read" && directory?.code == "file.read")
    }
}
