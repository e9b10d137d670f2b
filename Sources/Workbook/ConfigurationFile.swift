public import Primitives

/// A workbook as configuration.
public enum ConfigurationFile {
    /// Reads and checks a workbook.
    /// - Returns: its snapshot (see `Snapshot`) and every problem, ordered by sheet, row and column. Where there are problems
    ///   the snapshot holds what could be read and must not be used.
    /// - Throws: `ApusError` `file.read` or `xlsx.*` where the file is no readable workbook.
    public static func load(_ path: String) throws -> (snapshot: JSONValue, problems: [WorkbookProblem]) {
        let (workbook, problems) = ConfigurationCheck.run(try XLSXReader.read(path))
        return (workbook.json, problems)
    }
}
