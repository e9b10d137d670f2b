import Contracts
import Primitives
import Workbook

/// `apus init`: a workspace with its folders and a workbook whose sample rows run.
public enum WorkspaceTemplate {
    private static let folders = [
        "config/exports", "spec/concepts", "spec/features", "spec/events", "spec/strategies", "inbox", "data",
    ]

    /// - Returns: the workbook's path.
    /// - Throws: `ApusError` `workspace.exists` where the folder already has a workbook, `file.write`.
    public static func create(_ root: String) throws -> String {
        let workbook = root + "/" + Workspace.workbookPath
        guard !FileBytes.exists(workbook) else {
            throw ApusError("workspace.exists", "this folder is a workspace already", context: ["workbook": workbook])
        }
        for folder in folders { try AtomicFile.createFolder(root + "/" + folder) }
        try AtomicFile.write(ComposedExample.file, to: root + "/" + ComposedExample.path)
        try WorkbookTemplate.write(to: workbook, sample: ComposedExample.sample)
        return workbook
    }
}
