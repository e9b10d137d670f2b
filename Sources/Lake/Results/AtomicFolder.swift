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
        try Folder.remove(new)
        try Folder.remove(old)
        Temporaries.add(new)
        defer { Temporaries.remove(new) }
        try AtomicFile.createFolder(new)
        do {
            if try fill(new) { return try Folder.remove(new) }
            try flush(new)
            if rename(new, path) != 0 {
                guard errno == ENOTEMPTY || errno == EEXIST else { throw FileError.write(path, errno) }
                guard rename(path, old) == 0, rename(new, path) == 0 else { throw FileError.write(path, errno) }
            }
            try flush(parent)
        } catch {
            try? Folder.remove(new)
            throw error
        }
        try Folder.remove(old)
    }

    /// Fills a folder that nobody has yet, under a temporary name of this process's own, and gives it its name. Where another
    /// process was faster its folder stays: the name tells the content.
    /// - Returns: what `fill` returns.
    static func writeOnce<Result>(_ path: String, _ fill: (String) throws -> Result) throws -> Result {
        let parent = FolderPath.parent(of: path)
        let new = "\(parent)/\(AtomicFile.partialPrefix)\(getpid())-\(FolderPath.name(of: path))"
        try Folder.remove(new)
        Temporaries.add(new)
        defer { Temporaries.remove(new) }
        try AtomicFile.createFolder(new)
        do {
            let result = try fill(new)
            try flush(new)
            if rename(new, path) != 0 {
                guard errno == ENOTEMPTY || errno == EEXIST else { throw FileError.write(path, errno) }
                try Folder.remove(new)
            }
            try flush(parent)
            return result
        } catch {
            try? Folder.remove(new)
            throw error
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
