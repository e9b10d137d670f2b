internal import Glibc
import Primitives

/// A fresh empty folder that is deleted with everything in it when the last reference goes: keep it in a constant of the test.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Parameter inMemory: for thousands of small files whose way to a disk is not what is tested.
    public init(_ label: String = "test", inMemory: Bool = false) throws {
        let disk = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let base = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : disk
        var template = Array("\(base)/apus-\(label)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard made else { throw TestKitError("cannot make a folder in \(base): \(String(cString: strerror(errno)))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The absolute path of `relative` inside the folder.
    public func file(_ relative: String) -> String { path + "/" + relative }

    deinit { Self.remove(path) }

    /// The names directly inside, sorted; hidden ones too.
    public func names(in subfolder: String = "") -> [String] {
        Folder.names(in: subfolder.isEmpty ? path : file(subfolder))
    }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            chmod(path, 0o700)
            for name in Folder.names(in: path) { remove(path + "/" + name) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}

/// What went wrong in the test support itself, or in a program it ran.
public struct TestKitError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
