import Primitives

/// Reads .xlsx and .xlsm files as Excel, LibreOffice, openpyxl and libxlsxwriter write them (ECMA-376).
public enum XLSXReader {
    /// - Throws: `ApusError` with a code `xlsx.*` or `file.read`, naming file, entry and, for XML, the line.
    public static func read(_ path: String) throws -> Spreadsheet {
        let package = try ZipPackage(path)
        return try read(file: path) { try package.read($0) }
    }

    /// Reads a package whose entries come from `entry`.
    static func read(file: String, entry: (String) throws -> [UInt8]?) throws -> Spreadsheet {
        func scan<Handler: XMLScanHandler>(_ name: String, _ handler: Handler) throws -> Handler? {
            guard let bytes = try entry(name) else { return nil }
            try XMLScan.run(bytes, file: file, entry: name, handler: handler)
            return handler
        }
        func missing(_ name: String) -> ApusError {
            ApusError("xlsx.part", "the file is not a workbook: a part is missing", context: ["file": file, "entry": name])
        }

        let root = try scan("_rels/.rels", RelationshipsScan())?.targets ?? []
        let workbookEntry =
            root.first { $0.type == "officeDocument" }.map { RelationshipsScan.entry($0.target, relativeTo: "") }
            ?? "xl/workbook.xml"
        guard let workbook = try scan(workbookEntry, WorkbookScan()) else { throw missing(workbookEntry) }
        let folder = workbookEntry.split(separator: "/").dropLast().joined(separator: "/")
        let name = workbookEntry.split(separator: "/").last.map(String.init) ?? ""
        let relationsEntry = (folder.isEmpty ? "" : folder + "/") + "_rels/\(name).rels"
        guard let relations = try scan(relationsEntry, RelationshipsScan())?.targets else { throw missing(relationsEntry) }
        func part(ofType type: String) -> String? {
            relations.first { $0.type == type }.map { RelationshipsScan.entry($0.target, relativeTo: folder) }
        }

        let strings = try part(ofType: "sharedStrings").flatMap { try scan($0, SharedStringsScan())?.strings } ?? []
        let styles =
            try part(ofType: "styles").flatMap { try scan($0, StylesScan())?.styles }
            ?? CellStyles(numberFormats: [], custom: [:])
        var sheets: [SpreadsheetSheet] = []
        for sheet in workbook.sheets {
            guard let target = relations.first(where: { $0.id == sheet.relationship }) else {
                throw missing("sheet \(sheet.name)")
            }
            guard target.type == "worksheet" else { continue }
            let sheetEntry = RelationshipsScan.entry(target.target, relativeTo: folder)
            let handler = SheetScan(sharedStrings: strings, styles: styles, uses1904: workbook.uses1904)
            guard let grid = try scan(sheetEntry, handler) else { throw missing(sheetEntry) }
            sheets.append(
                SpreadsheetSheet(name: sheet.name, isHidden: sheet.isHidden, rows: grid.rows, mergedRanges: grid.mergedRanges))
        }
        return Spreadsheet(file: file, sheets: sheets)
    }
}
