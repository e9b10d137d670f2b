internal import Glibc

/// Whole-file reads.
public enum FileBytes {
    /// - Throws: `ApusError` `file.read`.
    public static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.read(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.read(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError.read(path, EISDIR) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw FileError.read(path, errno) }
            if count == 0 { return bytes }
            bytes += block[0..<count]
        }
    }

    /// - Throws: `ApusError` `file.read`, or `file.utf8` where the bytes are not UTF-8.
    public static func readText(_ path: String) throws -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw ApusError("file.utf8", "the file is not UTF-8 text", context: ["file": path])
        }
        return text
    }

    /// What tells a file from the one that it becomes when somebody writes or replaces it.
    public struct State: Hashable, Sendable {
        private let device: UInt
        private let inode: UInt
        private let size: Int
        private let seconds: Int
        private let nanoseconds: Int

        /// - Throws: `ApusError` `file.read`.
        public init(_ path: String) throws {
            var status = stat()
            guard stat(path, &status) == 0 else { throw FileError.read(path, errno) }
            (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    /// The path without links; as it is where nothing exists there.
    public static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Refuses an output that would replace what it is made from: an input itself, also under another name of its path, or a
    /// folder that holds one.
    /// - Throws: `ApusError` `input.overwrite` naming both.
    public static func protect(_ inputs: [String], from output: String) throws {
        let target = resolved(output)
        for input in inputs {
            let source = resolved(input)
            let isItself = source == target
            guard isItself || source.hasPrefix(target + "/") else { continue }
            throw ApusError(
                "input.overwrite",
                isItself ? "the output would replace its own input" : "the output would replace a folder that holds its input",
                context: ["output": output, "input": input])
        }
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
