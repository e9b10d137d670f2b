import Contracts
import Glibc
import Primitives

/// The right to write in a workspace: one process at a time. It ends with the process, however that ends.
public final class WorkspaceLock {
    private let descriptor: Int32

    /// Takes the lock and removes what interrupted writers left behind.
    /// - Throws: `ApusError` `workspace.locked`, `file.write`.
    public init(_ workspace: Workspace) throws {
        let paths = workspace.configuration.paths
        try AtomicFile.createFolder(paths.dataRoot)
        let file = paths.dataRoot + "/.lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.write(file, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ApusError("workspace.locked", "another apus is working in this workspace", context: ["file": file])
        }
        for folder in [paths.raw, paths.canonical, paths.derived, paths.runs, paths.exports] { Self.sweep(folder) }
    }

    deinit { close(descriptor) }

    /// Deletes unfinished files and folders below `folder`. Nobody else writes there while the lock is held.
    private static func sweep(_ folder: String) {
        for name in Folder.names(in: folder) {
            let path = folder + "/" + name
            let isFolder = Folder.isFolder(path)
            if name.hasPrefix(AtomicFile.partialPrefix) {
                try? Folder.remove(path)
            } else if isFolder {
                sweep(path)
            }
        }
    }
}
