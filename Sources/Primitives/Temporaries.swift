/// The unfinished files and folders of this process, so that a program which is asked to end can take them with it.
public enum Temporaries {
    private static let live = Locked<Set<String>>([])

    /// Call before the file or folder is created.
    public static func add(_ path: String) { live.withLock { _ = $0.insert(path) } }

    /// Call when it has its final name or is deleted.
    public static func remove(_ path: String) { live.withLock { _ = $0.remove(path) } }

    /// Deletes them all and then calls `end`, which must not return. Until then nobody can begin another.
    ///
    /// For a thread that waits for signals, not for a signal handler: it takes a lock and allocates.
    public static func clear(andThen end: () -> Never) -> Never {
        live.withLock { paths in
            for path in paths.sorted() { try? Folder.remove(path) }
            end()
        }
    }
}
