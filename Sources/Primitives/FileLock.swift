import Glibc

/// A lock that processes take on a file, alone or shared. It ends with the object, and with the process however that ends.
public final class FileLock {
    /// The file, which is there only to be locked.
    public let path: String
    private let descriptor: Int32

    /// Opens the file, or makes it; takes nothing yet.
    /// - Throws: `FileError.write`.
    public init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.write(path, errno) }
    }

    deinit { close(descriptor) }

    /// Takes the lock, or changes the kind of the one that is held.
    /// - Parameters:
    ///   - shared: with others who share it.
    ///   - seconds: how long to wait for those who hold it.
    /// - Returns: whether it was had.
    public func take(shared: Bool = false, waiting seconds: Int = 0) -> Bool {
        let wanted = (shared ? LOCK_SH : LOCK_EX) | LOCK_NB
        for attempt in 0...(20 * seconds) {
            if attempt > 0 { usleep(50_000) }
            if flock(descriptor, wanted) == 0 { return true }
        }
        return false
    }
}
