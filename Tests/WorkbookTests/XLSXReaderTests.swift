import Primitives
import TestKit
import Testing

@testable import Workbook

/// Workbooks as other programs save them.
struct XLSXReaderTests {
    static let libreOffice = PackageRoot.appending("Tests/WorkbookTests/Fixtures/libreoffice.xlsx")
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("xlsx") }

    @Test func theSameContentHasTheSameDigestInLibreOffice() throws {
        let stored = try Snapshot.read(PackageRoot.appending("Tests/WorkbookTests/Fixtures/libreoffice.snapshot.json"))
        let (snapshot, problems) = try ConfigurationFile.load(Self.libreOffice)
        #expect(problems == [])
        #expect(try Digest.of(snapshot) == Digest.of(stored))
    }

    @Test(.enabled(if: Oracle.isInstalled)) func theSameContentHasTheSameDigestWhateverProgramSavedIt() throws {
        let digest = try Digest.of(try ConfigurationFile.load(Self.libreOffice).snapshot)
        _ = try Oracle.run(script: "workbook_variants.py", arguments: [Self.libreOffice, folder.path])
        for name in ["openpyxl.xlsx", "openpyxl_1904.xlsx", "streamed.xlsx", "excel.xlsx"] {
            let (snapshot, problems) = try ConfigurationFile.load(folder.file(name))
            #expect(problems == [], "\(name)")
            #expect(try Digest.of(snapshot) == digest, "\(name)")
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func everyCellKindIsReadAsTheFormatSays() throws {
        let printed = try Oracle.run(script: "workbook_variants.py", arguments: [Self.libreOffice, folder.path])
        let expected = try #require(try JSONParser.parse(printed).objectValue)
        let sheet = try #require(try XLSXReader.read(folder.file("types.xlsx"))["S"])
        var found: [String: JSONValue] = [:]
        for row in sheet.rows {
            for cell in row.cells {
                found[CellAddress(row: row.number, column: cell.column).description] = Self.described(cell.value)
            }
        }
        #expect(found.keys.sorted() == expected.keys.sorted())
        for key in expected.keys.sorted() { #expect(found[key] == expected[key], "\(key)") }
        #expect(sheet.mergedRanges.map(\.description) == ["B1:C2"])
    }

    private static func described(_ value: SpreadsheetValue) -> JSONValue {
        switch value {
        case .text(let text): ["text", .string(text)]
        case .number(let number): ["number", .double(number)]
        case .bool(let flag): ["bool", .bool(flag)]
        case .dateTime(let date):
            date.instant.map { ["date", .string($0.description)] } ?? ["nodate", .string(date.serial.description)]
        case .error(let word): ["error", .string(word)]
        case .formulaWithoutValue(let formula): ["formula", .string(formula)]
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func cellsAgreeWithOpenpyxl() throws {
        let template = folder.file("template.xlsx")
        try WorkbookTemplate.write(to: template)
        for path in [template, Self.libreOffice] {
            let printed = try Oracle.run(script: "workbook_cells.py", arguments: [path])
            let expected = try #require(try JSONParser.parse(printed).arrayValue)
            var found: [JSONValue] = []
            for sheet in try XLSXReader.read(path).sheets {
                for row in sheet.rows {
                    for cell in row.cells {
                        var parts = Self.described(cell.value).arrayValue ?? []
                        if case .dateTime(let date) = cell.value, let instant = date.instant {
                            parts[1] = .string(instant.description.replacing("Z", with: ".000Z"))
                        }
                        let address = CellAddress(row: row.number, column: cell.column).description
                        found.append(.array([.string(sheet.name), .string(address)] + parts))
                    }
                }
            }
            #expect(found == expected, "\(path)")
            #expect(found.count > 400)
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func whatIsNoWorkbookIsRefusedByNameAndPlace() throws {
        let printed = try Oracle.run(script: "workbook_refused.py", arguments: [folder.path])
        let expected = try #require(try JSONParser.parse(printed).objectValue)
        #expect(expected.count == 20)
        for name in expected.keys.sorted() {
            let error = #expect(throws: ApusError.self, "\(name)") { _ = try XLSXReader.read(folder.file(name)) }
            let words = expected[name]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(error?.code == words.first, "\(name)")
            #expect(error?.description.contains(words.last ?? "?") == true, "\(name): \(error.map { "\($0)" } ?? "")")
            #expect(error?.context.first { $0.key == "file" }?.value == folder.file(name), "\(name)")
        }
        let missing = #expect(throws: ApusError.self) { _ = try XLSXReader.read(folder.file("absent.xlsx")) }
        #expect(missing?.code == "file.read")
    }

    @Test func addressesReadAndWriteBothWays() {
        for (text, row, column) in [
            ("A1", 1, 1), ("Z9", 9, 26), ("AA10", 10, 27), ("XFD1048576", 1_048_576, 16_384), ("BZ3", 3, 78),
        ] {
            #expect(CellAddress(text) == CellAddress(row: row, column: column))
            #expect(CellAddress(row: row, column: column).description == text)
        }
        for text in ["", "A", "1", "A0", "1A", "XFE1", "A1048577", "A1B", "Ä1", "A-1"] {
            #expect(CellAddress(text) == nil, "\(text)")
        }
    }
}
