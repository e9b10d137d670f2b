internal import Glibc
import Primitives

/// Bytes in order from a file on disk or from memory.
final class InputFile {
    let name: String
    /// Bytes handed out so far.
    private(set) var offset: Int64 = 0
    private let descriptor: Int32
    private let memory: [UInt8]

    /// - Throws: `ApusError` `file.read`.
    init(path: String) throws {
        name = path
        memory = []
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.read(path, errno) }
        // From here on deinit closes the descriptor, also where this initializer throws.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.read(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError.read(path, EISDIR) }
        posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        memory = bytes
        descriptor = -1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads at most `target.count` bytes; 0 at the end.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if target.isEmpty { return 0 }
        guard descriptor >= 0 else {
            let count = min(memory.count - Int(offset), target.count)
            memory.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)...].prefix(count))) }
            offset += Int64(count)
            return count
        }
        while true {
            let count = Glibc.read(descriptor, target.baseAddress, target.count)
            if count >= 0 {
                offset += Int64(count)
                return count
            }
            guard errno == EINTR else { throw FileError.read(name, errno) }
        }
    }
}
