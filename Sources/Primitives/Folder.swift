internal import Glibc

/// What lies in folders.
public enum Folder {
    /// The names directly inside, hidden ones too, in the order of their bytes; none where the folder does not exist.
    public static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// A link to a folder is none.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Bytes of all files below a folder; links count nothing.
    public static func size(_ path: String) -> Int64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        guard status.st_mode & S_IFMT == S_IFDIR else { return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0 }
        return names(in: path).reduce(0) { $0 + size(path + "/" + $1) }
    }

    /// Deletes a file or a folder with its content; what does not exist is fine. Links are not followed.
    /// - Throws: `ApusError` `file.write`.
    public static func remove(_ path: String) throws {
        if isFolder(path) {
            for name in names(in: path) { try remove(path + "/" + name) }
            guard rmdir(path) == 0 || errno == ENOENT else { throw FileError.write(path, errno) }
        } else if unlink(path) != 0, errno != ENOENT {
            throw FileError.write(path, errno)
        }
    }
}
