import Glibc
import Primitives
import TestKit

/// A text file of the repository.
struct RepositoryFile: Sendable {
    /// Relative to the package root.
    let path: String
    let text: String
    /// Without comments and literals; empty for files that are not Swift.
    let code: SwiftCode

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = SwiftCode(path.hasSuffix(".swift") ? text : "")
    }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Tests unoptimised, a search of the C library is a hundred times faster than one of Swift's.
    func mentions(_ word: String) -> Bool { strstr(text, word) != nil }
    var isExecutable: Bool { access(PackageRoot.appending(path), X_OK) == 0 }
}

enum RepositoryFiles {
    /// Folders that hold what was built or downloaded, or what users make.
    private static let skipped: Set<String> = [
        ".build", ".deps", ".git", ".swiftpm", "bin", "demo-workspace", "bench-results", "__pycache__", "node_modules",
    ]

    /// All files that are UTF-8 text, in the order of their paths. Symbolic links are not followed.
    static let all: Result<[RepositoryFile], any Error> = Result {
        try paths(under: "").compactMap { path in
            let bytes = try FileBytes.read(PackageRoot.appending(path))
            guard memchr(bytes, 0, bytes.count) == nil, let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return RepositoryFile(path: path, text: text)
        }
    }

    static func swift(under folder: String) throws -> [RepositoryFile] {
        try all.get().filter { $0.path.hasSuffix(".swift") && $0.path.hasPrefix(folder + "/") }
    }

    private static func paths(under folder: String) -> [String] {
        guard let handle = opendir(PackageRoot.appending(folder)) else { return [] }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        closedir(handle)
        var found: [String] = []
        for name in names.sorted() where name != "." && name != ".." && !skipped.contains(name) {
            let path = folder.isEmpty ? name : folder + "/" + name
            var status = stat()
            guard lstat(PackageRoot.appending(path), &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: found += paths(under: path)
            case S_IFREG: found.append(path)
            default: break
            }
        }
        return found
    }
}

/// Where a rule is broken.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let what: String
    var description: String { "\(path):\(line): \(what)" }
}
