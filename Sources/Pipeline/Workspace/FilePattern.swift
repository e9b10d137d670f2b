import Glibc
import Primitives

/// Files that a DATASETS row names: one path, or a folder with a pattern in its last part (`*` stands for any characters).
enum FilePattern {
    /// - Returns: matching paths in order of their names' bytes.
    static func expand(_ pattern: String) -> [String] {
        guard pattern.contains("*") else { return FileBytes.exists(pattern) ? [pattern] : [] }
        let slash = pattern.lastIndex(of: "/")
        let folder = slash.map { String(pattern[..<$0]) } ?? "."
        let name = slash.map { String(pattern[pattern.index(after: $0)...]) } ?? pattern
        return Folder.names(in: folder).filter { fnmatch(name, $0, FNM_PERIOD) == 0 }.map { folder + "/" + $0 }
    }

    /// Copies a file so that it appears whole under its new name.
    /// - Returns: the digest of what was copied.
    @discardableResult
    static func copy(_ source: String, to target: String) throws -> Digest {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.read(source, errno) }
        defer { close(descriptor) }
        let file = try AtomicFile(target)
        var hasher = DigestHasher()
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw FileError.read(source, errno) }
            if count == 0 { break }
            try block.withUnsafeBytes {
                let part = UnsafeRawBufferPointer(rebasing: $0[0..<count])
                hasher.update(part)
                try file.write(part)
            }
        }
        try file.commit()
        chmod(target, 0o444)
        return hasher.finish()
    }

    static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
