/// Rules for any text file.
enum TextRules {
    /// Lines of Swift beyond the limit. Text inside long string literals (style sheets, queries) may be longer.
    static func longLines(in file: RepositoryFile, limit: Int = 130) -> [Violation] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > limit, line.count > limit, !file.code.linesInLiterals.contains(index + 1) else { return nil }
            return Violation(path: file.path, line: index + 1, what: "\(line.count) characters")
        }
    }

    /// Paths of one person's or one build's machine. Spelled in pieces, so that this file does not break its own rule.
    private static let machinePaths = [
        "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/tmp/" + "bash", "C:" + "\\Users",
    ]

    static func machinePaths(in file: RepositoryFile) -> [Violation] { mentions(of: machinePaths, in: file, "path of a machine") }

    private static let openEnds = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]

    static func openEnds(in file: RepositoryFile) -> [Violation] { mentions(of: openEnds, in: file, "open end") }

    private static func mentions(of words: [String], in file: RepositoryFile, _ what: String) -> [Violation] {
        guard words.contains(where: { file.mentions($0) }) else { return [] }
        return file.lines.enumerated().flatMap { index, line in
            words.filter { line.contains($0) }.map { Violation(path: file.path, line: index + 1, what: "\(what): \($0)") }
        }
    }

    /// A page has one title, in its first line.
    static func titles(in file: RepositoryFile) -> [Violation] {
        var inFence = false
        var titles: [Int] = []
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("```") { inFence.toggle() }
            if !inFence, line.hasPrefix("# ") { titles.append(index + 1) }
        }
        if titles.first != 1 { return [Violation(path: file.path, line: 1, what: "the first line is not a title")] }
        return titles.dropFirst().map { Violation(path: file.path, line: $0, what: "a second title") }
    }

    /// Links to files of the repository lead somewhere.
    static func brokenLinks(in file: RepositoryFile, exists: (String) -> Bool) -> [Violation] {
        let folder = file.path.split(separator: "/").dropLast()
        return file.lines.enumerated().flatMap { index, line in
            line.matches(of: /\]\(([^)#\s]+)[^)]*\)/).compactMap { match -> Violation? in
                let target = String(match.1)
                if target.contains("://") || target.hasPrefix("mailto:") { return nil }
                var parts = folder
                for part in target.split(separator: "/") {
                    if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
                }
                let path = parts.joined(separator: "/")
                return exists(path) ? nil : Violation(path: file.path, line: index + 1, what: "no file \(path)")
            }
        }
    }
}
