internal import CXlsxWriter
import Contracts
public import Primitives

/// Writes a workbook with every sheet of the schema, ready to be edited. The same rows give the same bytes.
public enum WorkbookTemplate {
    /// - Parameter sample: rows by sheet and column; see `SampleWorkbook.rows`.
    /// - Throws: `ApusError` `workbook.sample` where a row does not fit the schema, `file.write`, `xlsx.write`.
    public static func write(to path: String, sample: [String: [[String: JSONValue]]] = SampleWorkbook.rows) throws {
        for sheet in sample.keys.sorted() where WorkbookSchema.sheet(sheet) == nil {
            throw ApusError("workbook.sample", "there is no sheet of this name", context: ["sheet": sheet])
        }
        // libxlsxwriter writes to a name, not to memory; the file becomes visible whole, by a rename.
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let place = path.contains("/") ? folder + "/" : ""
        let partial = place + AtomicFile.partialPrefix + "template-" + (path.split(separator: "/").last.map(String.init) ?? "")
        if !folder.isEmpty { try AtomicFile.createFolder(folder) }
        defer { PartialFile.remove(partial) }
        let writer = try TemplateWriter(partial)
        for schema in WorkbookSchema.sheets { try writer.add(schema, rows: sample[schema.name] ?? []) }
        try writer.close(showing: path)
        try AtomicFile.write(try FileBytes.read(partial), to: path)
    }
}

/// One workbook on its way to disk.
private final class TemplateWriter {
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private let header: UnsafeMutablePointer<lxw_format>?
    private let optionalHeader: UnsafeMutablePointer<lxw_format>?
    private let date: UnsafeMutablePointer<lxw_format>?
    private let strings = CStrings()
    private let path: String

    init(_ path: String) throws {
        self.path = path
        guard let workbook = workbook_new(path) else {
            throw ApusError("xlsx.write", "cannot start the workbook", context: ["file": path])
        }
        self.workbook = workbook
        header = workbook_add_format(workbook)
        optionalHeader = workbook_add_format(workbook)
        date = workbook_add_format(workbook)
        for (format, color) in [(header, 0x1F4E79), (optionalHeader, 0x5B7FA3)] {
            format_set_bold(format)
            format_set_font_color(format, 0xFFFFFF)
            format_set_bg_color(format, lxw_color_t(color))
        }
        format_set_num_format(date, "yyyy-mm-dd")
        var properties = lxw_doc_properties()
        properties.title = strings.pointer("Apus run configuration")
        properties.author = strings.pointer("apus")
        // A fixed time (2000-01-01), so that the same rows give the same bytes.
        properties.created = 946_684_800
        workbook_set_properties(workbook, &properties)
    }

    deinit { if let workbook { lxw_workbook_free(workbook) } }

    func add(_ schema: WorkbookSheet, rows: [[String: JSONValue]]) throws {
        guard let sheet = workbook_add_worksheet(workbook, schema.name) else {
            throw ApusError("xlsx.write", "cannot add a sheet", context: ["file": path, "sheet": schema.name])
        }
        worksheet_freeze_panes(sheet, 1, schema.idColumn == nil ? 0 : 1)
        worksheet_set_comments_author(sheet, "apus")
        for (index, column) in schema.columns.enumerated() {
            let number = lxw_col_t(index)
            worksheet_write_string(sheet, 0, number, column.name, column.isRequired ? header : optionalHeader)
            writeComment(sheet, number, column)
            let lengths = rows.compactMap { $0[column.name].flatMap { Self.text($0) }?.utf8.count }
            let width = min(48, max(column.name.utf8.count + 3, (lengths.max() ?? 0) + 1, 10))
            worksheet_set_column(sheet, number, number, Double(width), nil)
            addValidation(sheet, number, column, schema)
        }
        for (index, row) in rows.enumerated() {
            for key in row.keys.sorted() where schema.column(key) == nil {
                throw ApusError(
                    "workbook.sample", "there is no column of this name", context: ["sheet": schema.name, "column": key])
            }
            for (number, column) in schema.columns.enumerated() {
                guard let value = row[column.name] else { continue }
                try write(value, sheet, lxw_row_t(index + 1), lxw_col_t(number), column, schema.name)
            }
        }
    }

    func close(showing path: String) throws {
        guard let workbook else { return }
        self.workbook = nil
        let code = workbook_close(workbook)
        guard code == LXW_NO_ERROR else {
            throw ApusError(
                "xlsx.write", "cannot write the workbook", context: ["file": path, "reason": String(cString: lxw_strerror(code))])
        }
    }

    private func writeComment(_ sheet: UnsafeMutablePointer<lxw_worksheet>, _ number: lxw_col_t, _ column: WorkbookColumn) {
        let text = (column.isRequired ? "Required. " : "") + column.comment
        var options = lxw_comment_options()
        options.width = 320
        options.height = UInt16(30 + 16 * (text.utf8.count / 46 + 1))
        worksheet_write_comment_opt(sheet, 0, number, text, &options)
    }

    /// What a value looks like in its cell.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .bool(let flag): flag ? "TRUE" : "FALSE"
        case .int(let number): String(number)
        case .double(let number): number.description
        case .array(let items) where !items.contains { $0.objectValue != nil }:
            items.compactMap { text($0) }.joined(separator: ", ")
        case .array, .object: try? CanonicalJSON.text(value)
        }
    }

    private func write(
        _ value: JSONValue, _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ row: lxw_row_t, _ number: lxw_col_t,
        _ column: WorkbookColumn,
        _ name: String
    ) throws {
        let code: lxw_error
        switch value {
        case .null: return
        case .bool(let flag): code = worksheet_write_boolean(sheet, row, number, flag ? 1 : 0, nil)
        case .int(let whole): code = worksheet_write_number(sheet, row, number, Double(whole), nil)
        case .double(let real): code = worksheet_write_number(sheet, row, number, real, nil)
        case .string(let text) where column.kind == .date:
            guard let day = CivilDate(text) else {
                throw ApusError("workbook.sample", "not a date", context: ["sheet": name, "column": column.name, "value": text])
            }
            code = worksheet_write_number(sheet, row, number, Double(day.daysSinceEpoch) + 25_569, date)
        default: code = worksheet_write_string(sheet, row, number, Self.text(value) ?? "", nil)
        }
        guard code == LXW_NO_ERROR else {
            throw ApusError(
                "workbook.sample", "the value does not fit a cell",
                context: ["sheet": name, "column": column.name, "reason": String(cString: lxw_strerror(code))])
        }
    }

    /// Drop-down lists. What cannot be listed whole (derived tables, ids of two sheets) only informs: other values can be typed.
    private func addValidation(
        _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ number: lxw_col_t, _ column: WorkbookColumn, _ schema: WorkbookSheet
    ) {
        guard let list = DropDown(column, in: schema) else { return }
        var validation = lxw_data_validation()
        validation.ignore_blank = UInt8(LXW_VALIDATION_ON.rawValue)
        let kind = list.isStrict ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_INFORMATION
        validation.error_type = UInt8(kind.rawValue)
        validation.error_title = strings.pointer(String(column.name.prefix(32)))
        validation.error_message = strings.pointer(
            list.isStrict ? "Choose a value of the list." : "This value is not in the list.")
        switch list.source {
        case .words(let words):
            validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
            validation.value_list = strings.array(words)
        case .formula(let formula):
            validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST_FORMULA.rawValue)
            validation.value_formula = strings.pointer(formula)
        }
        worksheet_data_validation_range(sheet, 1, number, DropDown.lastRow, number, &validation)
    }
}
