import Primitives
import Testing

@testable import Pipeline

@Suite struct DelimitedTextTests {
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
    }

    @Test func damageIsRefusedWithItsLine() {
        #expect(code("") == "csv.empty")
        #expect(code("a,a\n1,2", line: "1") == "csv.header")
        #expect(code("a,b\n1,2\n1", line: "3") == "csv.fields")
        #expect(code("a,b\n1,2,3", line: "2") == "csv.fields")
        #expect(code("a\n1\n\"x", line: "3") == "csv.quote")
        #expect(code("a\nx\"y\"", line: "2") == "csv.quote")
        #expect(code("a\n\"x\"y", line: "2") == "csv.quote")
        let broken = #expect(throws: ApusError.self) { try DelimitedText(bytes: Array("a\n1\n".utf8) + [0xFF, 0x0A], file: "x") }
        #expect(broken?.code == "csv.utf8" && broken?.context.last?.value == "3")
    }
}
