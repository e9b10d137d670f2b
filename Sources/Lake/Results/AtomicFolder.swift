internal import Glibc
import Primitives

/// A folder that appears whole: it is filled under a temporary sibling name, flushed, and renamed.
enum AtomicFolder {
    /// Calls `fill` with the temporary folder's path, then puts the folder in place of whatever `path` was. Where `fill`
    /// returns true, what is there already is right: the temporary is dropped and nothing changes.
    ///
    /// Where a folder is replaced it is renamed away first, so a process that dies between two renames leaves no folder under
    /// the name; what it leaves begins with `AtomicFile.partialPrefix` and is cleared by the next write of the same name.
    static func write(_ path: String, unless fill: (String) throws -> Bool) throws {
        let parent = FolderPath.parent(of: path)
        let prefix = parent + "/" + AtomicFile.partialPrefix
        let name = FolderPath.name(of: path)
        let new = prefix + "new-" + name
        let old = prefix + "old-" + name
        try remove(new)
        try remove(old)
        try AtomicFile.createFolder(new)
        do {
            if try fill(new) { return try remove(new) }
            try flush(new)
            if rename(new, path) != 0 {
                guard errno == ENOTEMPTY || errno == EEXIST else { throw FileError.write(path, errno) }
                guard rename(path, old) == 0, rename(new, path) == 0 else { throw FileError.write(path, errno) }
            }
            try flush(parent)
        } catch {
            try? remove(new)
            throw error
        }
        try remove(old)
    }

    static func names(in path: String) throws -> [String] {
        guard let handle = opendir(path) else { throw FileError.read(path, errno) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Deletes a file or a folder with its content; what does not exist is fine. Links are not followed.
    static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove(path + "/" + name) }
            guard rmdir(path) == 0 else { throw FileError.write(path, errno) }
        } else if unlink(path) != 0 {
            throw FileError.write(path, errno)
        }
    }

    static func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.write(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError.write(path, errno) }
    }
}

enum FolderPath {
    static func parent(of path: String) -> String {
        let trimmed = trim(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    static func name(of path: String) -> String { trim(path).split(separator: "/").last.map(String.init) ?? path }

    static func trim(_ path: String) -> String {
        var text = path[...]
        while text.count > 1, text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
