import Contracts
import Glibc
import Primitives

/// The right to write in the folders of a workspace: one process at a time. It ends with the process, however that ends.
///
/// Every folder that is swept has a lock of its own, so that profiles and workspaces which share one exclude each other.
public final class WorkspaceLock {
    private var descriptors: [Int32] = []

    /// Takes the locks and removes what interrupted writers left behind.
    /// - Parameter seconds: how long to wait for another process that holds one.
    /// - Throws: `ApusError` `workspace.locked`, `file.write`.
    public init(_ workspace: Workspace, waiting seconds: Int = 0) throws {
        let paths = workspace.configuration.paths
        let folders = [paths.dataRoot, paths.raw, paths.canonical, paths.runs, Self.parent(of: paths.database)]
        for folder in folders + [paths.derived] { try AtomicFile.createFolder(folder) }
        // In one order for everybody, each folder once whatever its names.
        for folder in Set(folders.map(Self.real)).sorted() {
            do { descriptors.append(try Self.lock(folder, attempts: 1 + 20 * seconds)) } catch {
                for descriptor in descriptors { close(descriptor) }
                descriptors = []
                throw error
            }
        }
        let kept = Self.real(paths.exports)
        for folder in Set([paths.raw, paths.canonical, paths.derived, paths.runs].map(Self.real)).sorted() {
            Self.sweep(folder, except: kept)
        }
        Self.clear(Self.real(Self.parent(of: paths.database)))
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    private static func lock(_ folder: String, attempts: Int) throws -> Int32 {
        let file = folder + "/.lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.write(file, errno) }
        var left = attempts - 1
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if left > 0 {
                left -= 1
                usleep(50_000)
                continue
            }
            close(descriptor)
            throw ApusError("workspace.locked", "another apus is working in this folder", context: ["file": file])
        }
        return descriptor
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

    /// Without links; a folder that does not exist stays as it is.
    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
