import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// The template that a user starts from.
struct TemplateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("template") }

    @Test func aNewWorkbookHasNoProblems() throws {
        let path = folder.file("run_config.xlsx")
        try WorkbookTemplate.write(to: path)
        let (snapshot, problems) = try ConfigurationFile.load(path)
        #expect(problems == [])
        for sheet in WorkbookSchema.sheets {
            let rows = snapshot["sheets"]?[sheet.name]?.arrayValue
            #expect(rows?.count == SampleWorkbook.rows[sheet.name]?.count ?? 0, "\(sheet.name)")
        }
    }

    @Test func everySampleValueComesBackTyped() throws {
        let path = folder.file("run_config.xlsx")
        try WorkbookTemplate.write(to: path)
        let snapshot = try ConfigurationFile.load(path).snapshot
        for sheet in WorkbookSchema.sheets {
            for (index, row) in (SampleWorkbook.rows[sheet.name] ?? []).enumerated() {
                for column in sheet.columns {
                    let found = snapshot["sheets"]?[sheet.name]?.arrayValue?[index][column.name]
                    #expect(Self.isSame(row[column.name], found, column), "\(sheet.name) row \(index + 2) \(column.name)")
                }
            }
        }
    }

    /// The sample may write a number column's 1 as an integer and a one-item list as a word.
    private static func isSame(_ given: JSONValue?, _ found: JSONValue?, _ column: WorkbookColumn) -> Bool {
        guard let given else { return found == nil }
        switch column.kind {
        case .number: return given.doubleValue == found?.doubleValue
        case .textList, .references, .choiceList, .integerList, .intervalList, .tradeBarList:
            return found == given || found == .array([given])
        default: return found == given
        }
    }

    @Test func theSameRowsGiveTheSameBytes() throws {
        try WorkbookTemplate.write(to: folder.file("a.xlsx"))
        try WorkbookTemplate.write(to: folder.file("deeper/b.xlsx"))
        #expect(try FileBytes.read(folder.file("a.xlsx")) == FileBytes.read(folder.file("deeper/b.xlsx")))
        #expect(folder.names() == ["a.xlsx", "deeper"], "no temporary file stays behind")
    }

    @Test func aRowThatDoesNotFitIsRefused() throws {
        let path = folder.file("x.xlsx")
        #expect(throws: ApusError.self) { try WorkbookTemplate.write(to: path, sample: ["RUNBOK": []]) }
        #expect(throws: ApusError.self) { try WorkbookTemplate.write(to: path, sample: ["RUNBOOK": [["Step": 1]]]) }
        #expect(throws: ApusError.self) { try WorkbookTemplate.write(to: path, sample: ["TRAINING": [["train_start": "1 May"]]]) }
        #expect(folder.names() == [])
    }
}
