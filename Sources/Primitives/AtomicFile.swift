internal import Glibc
internal import Synchronization

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary sibling, which is flushed to the disk, renamed over the target, and whose folder is flushed
/// too. A process that is interrupted on the way leaves the old file as it was and takes the sibling with it, see
/// `Temporaries`; one that is killed perhaps leaves the `.apus-partial-*` sibling, which `removeLeftovers(in:)` clears.
public final class AtomicFile {
    public static let partialPrefix = ".apus-partial-"
    /// Two writers of one file in one process need two temporaries.
    private static let opened = Atomic<Int>(0)

    public let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// Creates missing parent folders.
    /// - Throws: `ApusError` `file.write`.
    public init(_ path: String) throws {
        self.path = path
        let folder = Self.parent(of: path)
        try Self.createFolder(folder)
        let number = Self.opened.add(1, ordering: .relaxed).newValue
        temporaryPath = "\(folder)/\(Self.partialPrefix)\(getpid())-\(number)-\(Self.name(of: path))"
        Temporaries.add(temporaryPath)
        descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let number = errno
            Temporaries.remove(temporaryPath)
            throw FileError.write(path, number)
        }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporaryPath)
            Temporaries.remove(temporaryPath)
        }
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let block = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, block.baseAddress, block.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.write(path, errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Makes the file visible under its name. Without a commit the temporary is removed.
    public func commit() throws {
        guard fsync(descriptor) == 0 else { throw FileError.write(path, errno) }
        close(descriptor)
        descriptor = -1
        defer { Temporaries.remove(temporaryPath) }
        guard Glibc.rename(temporaryPath, path) == 0 else {
            let number = errno
            unlink(temporaryPath)
            throw FileError.write(path, number)
        }
        try Self.flushFolder(Self.parent(of: path))
    }

    /// Gives a file another name in the same file system, replacing what has that name.
    /// - Throws: `ApusError` `file.write`.
    public static func rename(_ path: String, to target: String) throws {
        guard Glibc.rename(path, target) == 0 else { throw FileError.write(target, errno) }
        try flushFolder(parent(of: target))
    }

    /// Writes a whole file.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try AtomicFile(path)
        try file.write(bytes)
        try file.commit()
    }

    public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    /// Writes only where the content differs, so that an unchanged file keeps its modification time. Returns whether it wrote.
    @discardableResult
    public static func writeIfChanged(_ bytes: [UInt8], to path: String) throws -> Bool {
        if (try? FileBytes.read(path)) == bytes { return false }
        try write(bytes, to: path)
        return true
    }

    /// Deletes what interrupted writers left directly in `folder`.
    public static func removeLeftovers(in folder: String) {
        for name in Folder.names(in: folder) where name.hasPrefix(partialPrefix) { unlink(folder + "/" + name) }
    }

    /// Creates the folder and its parents.
    public static func createFolder(_ path: String) throws {
        if path.isEmpty { return }
        if mkdir(path, 0o755) != 0 {
            if errno == EEXIST { return }
            guard errno == ENOENT, parent(of: path) != path else { throw FileError.write(path, errno) }
            try createFolder(parent(of: path))
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileError.write(path, errno) }
        }
        // The new folder's own name is on the disk before anything in it is.
        try flushFolder(parent(of: path))
    }

    static func flushFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.write(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError.write(path, errno) }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
