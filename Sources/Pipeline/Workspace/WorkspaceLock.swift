import Contracts
import Glibc
import Primitives

/// The right to write in the folders of a workspace: one process at a time. It ends with the process, however that ends.
///
/// Every folder that is swept has a lock of its own, so that profiles and workspaces which share one exclude each other.
public final class WorkspaceLock {
    private var locks: [FileLock] = []

    /// Takes the locks and removes what interrupted writers left behind.
    /// - Parameter seconds: how long to wait for another process that holds one.
    /// - Throws: `ApusError` `workspace.locked`, `file.write`.
    public init(_ workspace: Workspace, waiting seconds: Int = 0) throws {
        let paths = workspace.configuration.paths
        let folders = [paths.dataRoot, paths.raw, paths.canonical, paths.runs, Self.parent(of: paths.database)]
        for folder in folders + [paths.derived] { try AtomicFile.createFolder(folder) }
        // In one order for everybody, each folder once whatever its names.
        for folder in Set(folders.map(FileBytes.resolved)).sorted() {
            let lock = try FileLock(folder + "/.lock")
            guard lock.take(waiting: seconds) else {
                throw ApusError("workspace.locked", "another apus is working in this folder", context: ["file": lock.path])
            }
            locks.append(lock)
        }
        let kept = FileBytes.resolved(paths.exports)
        for folder in Set([paths.raw, paths.canonical, paths.derived, paths.runs].map(FileBytes.resolved)).sorted() {
            Self.sweep(folder, except: kept)
        }
        Self.clear(FileBytes.resolved(Self.parent(of: paths.database)))
    }

    /// Deletes unfinished files and folders below `folder`. Nobody else writes there while the lock is held; `except` is where
    /// writers without the lock put snapshots.
    private static func sweep(_ folder: String, except kept: String) {
        guard folder != kept else { return }
        clear(folder)
        for name in Folder.names(in: folder) where Folder.isFolder(folder + "/" + name) {
            sweep(folder + "/" + name, except: kept)
        }
    }

    /// Deletes what is unfinished directly in `folder`.
    private static func clear(_ folder: String) {
        for name in Folder.names(in: folder) where name.hasPrefix(AtomicFile.partialPrefix) {
            try? Folder.remove(folder + "/" + name)
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
