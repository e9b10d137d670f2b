public import Features
public import Primitives

/// A workbook as configuration.
public enum ConfigurationFile {
    /// Reads and checks a workbook.
    /// - Parameter transforms: what features may name.
    /// - Returns: its snapshot (see `Snapshot`) and every problem, ordered by sheet, row and column. Where there are problems
    ///   the snapshot holds what could be read and must not be used.
    /// - Throws: `ApusError` `file.read` or `xlsx.*` where the file is no readable workbook.
    public static func load(_ path: String, transforms: TransformLibrary = .builtIn) throws
        -> (snapshot: JSONValue, problems: [WorkbookProblem])
    {
        let (workbook, problems) = ConfigurationCheck.run(try XLSXReader.read(path), transforms: transforms)
        return (workbook.json, problems)
    }
}
