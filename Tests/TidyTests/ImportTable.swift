/// Which target may import which: the same facts from three places.
struct ImportTable: Equatable {
    struct Row: Equatable {
        let layer: Int
        let imports: Set<String>
    }

    var rows: [String: Row] = [:]

    /// Reads the rows `| layer | target | imports |` below the heading "Targets" of ARCHITECTURE.md.
    init(architecture text: String) {
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { isInside = line.hasSuffix(" Targets") }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
                String(cell).replacing("`", with: "").split(separator: " ").joined(separator: " ")
            }
            guard isInside, cells.count >= 5, let layer = Int(cells[1]) else { continue }
            let imports = cells[3].replacing(" ", with: "").split(separator: ",").map(String.init)
            rows[cells[2]] = Row(layer: layer, imports: Set(imports))
        }
    }

    /// Reads the list of modules in Package.swift; the layer is that of the comment `// layer N` above.
    init(package text: String) {
        var layer = -1
        var declaration = ""
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: /\/\/ layer (\d+)/) { layer = Int(match.1) ?? -1 }
            if declaration.isEmpty, !line.contains("Module(") { continue }
            declaration += line.split(separator: "//", maxSplits: 1)[0]
            let opened = declaration.count { $0 == "(" }
            guard opened == declaration.count(where: { $0 == ")" }) else { continue }
            read(declaration, layer: layer)
            declaration = ""
        }
    }

    private mutating func read(_ declaration: String, layer: Int) {
        guard let name = declaration.firstMatch(of: /name: "(\w+)"/) else { return }
        var imports: Set<String> = []
        for list in declaration.matches(of: /(?:dependencies|clibraries): \[([^\]]*)\]/) {
            for word in list.1.matches(of: /"(\w+)"/) { imports.insert(String(word.1)) }
        }
        rows[String(name.1)] = Row(layer: layer, imports: imports)
    }

    /// Edges that do not lead strictly downward. C libraries lie below everything.
    var upwardEdges: [String] {
        rows.sorted { $0.key < $1.key }.flatMap { name, row in
            row.imports.sorted().compactMap { imported in
                guard let target = rows[imported] else {
                    return Self.isCLibrary(imported) ? nil : "\(name) -> \(imported): unknown"
                }
                return target.layer < row.layer ? nil : "\(name) (layer \(row.layer)) -> \(imported) (layer \(target.layer))"
            }
        }
    }

    /// Everything a target reaches, directly or through others.
    func closure(of name: String) -> Set<String> {
        var reached: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            for imported in rows[next]?.imports ?? [] where reached.insert(imported).inserted { waiting.append(imported) }
        }
        return reached
    }

    static func isCLibrary(_ name: String) -> Bool {
        name.count > 1 && name.first == "C" && name.dropFirst().first?.isUppercase == true
    }

    /// Modules of the toolchain that any target may import.
    private static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationXML", "Glibc", "Swift", "Synchronization",
    ]

    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let declarationKinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]

    /// Imports in a file of `target` that the table does not list.
    func violations(in file: RepositoryFile, target: String) -> [Violation] {
        let allowed = rows[target]?.imports ?? []
        var found: [Violation] = []
        for (index, line) in file.code.lines.enumerated() where line.contains("import") {
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy({ Self.accessLevels.contains($0) })
            else {
                continue
            }
            // `import struct Market.Bar` names the kind of declaration first.
            var rest = words[(place + 1)...]
            if let first = rest.first, Self.declarationKinds.contains(first) { rest = rest.dropFirst() }
            let name = rest.first.map { String($0.prefix { $0 != "." }) } ?? ""
            if !allowed.contains(name), !Self.toolchain.contains(name) {
                found.append(
                    Violation(path: file.path, line: index + 1, what: "\(target) imports \(name), which the table does not list"))
            }
            if Self.isCLibrary(name), words[0] == "public" || words[0] == "package" {
                found.append(Violation(path: file.path, line: index + 1, what: "C library \(name) is imported publicly"))
            }
        }
        return found
    }
}
