internal import Glibc

/// A file that is read from its beginning to its end.
final class FileStream {
    private let path: String
    private let descriptor: CInt

    /// - Throws: `ApusError` `file.read`.
    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.read(path, errno) }
    }

    deinit { close(descriptor) }

    /// - Returns: how many bytes were read; 0 at the end of the file.
    /// - Throws: `ApusError` `file.read`.
    func read(into room: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        let count = Glibc.read(descriptor, room.baseAddress, room.count)
        guard count >= 0 else { throw FileError.read(path, errno) }
        return count
    }
}
