import Primitives
import TestKit
import Testing

/// Rules of the repository that a machine can hold. `ScannerTests` proves that each of them can fail.
@Suite struct TidyTests {
    @Test func architectureAndPackageAgree() throws {
        let package = ImportTable(package: try FileBytes.readText(PackageRoot.appending("Package.swift")))
        var architecture = ImportTable(architecture: try FileBytes.readText(PackageRoot.appending("ARCHITECTURE.md")))
        let program = try #require(architecture.rows["apus"], "the table has no row for apus")
        architecture.rows["apus"] = nil
        #expect(program.imports == Set(package.rows.keys), "apus wires every target")
        #expect(package.rows.count > 10)
        #expect(architecture.rows.keys.sorted() == package.rows.keys.sorted())
        for (name, row) in package.rows { #expect(architecture.rows[name] == row, "\(name)") }
        #expect(package.upwardEdges == [])
    }

    @Test func importsAreDeclared() throws {
        var table = ImportTable(package: try FileBytes.readText(PackageRoot.appending("Package.swift")))
        table.rows["apus"] = .init(layer: 7, imports: Set(table.rows.keys))
        var count = 0
        for file in try RepositoryFiles.swift(under: "Sources") {
            let target = String(file.path.split(separator: "/")[1])
            #expect(table.rows[target] != nil, "\(file.path) belongs to no target")
            report(table.violations(in: file, target: target))
            count += 1
        }
        #expect(count > 20)
    }

    /// The domain must not be able to name files, networks or brokers, however indirectly.
    @Test func domainReachesNoAdapter() throws {
        let table = ImportTable(package: try FileBytes.readText(PackageRoot.appending("Package.swift")))
        let adapters = Set(table.rows.filter { $0.value.layer >= 4 }.keys)
        for (name, row) in table.rows where row.layer <= 3 {
            #expect(table.closure(of: name).isDisjoint(with: adapters), "\(name)")
        }
        for name in ["Brokers", "Trading", "Secrets"] { #expect(!table.closure(of: "Strategies").contains(name)) }
    }

    @Test func filesAreShort() throws {
        for file in try RepositoryFiles.swift(under: "Sources") + RepositoryFiles.swift(under: "Tests") {
            let count = file.lines.count - 1
            #expect(count <= 800, "\(file.path) has \(count) lines; split it by nouns or facets")
            if count > 400 { Issue.record("\(file.path) has \(count) lines: think about splitting it", severity: .warning) }
        }
    }

    @Test func functionsAreShort() throws {
        for file in try RepositoryFiles.swift(under: "Sources") + RepositoryFiles.swift(under: "Tests") {
            for function in FunctionLengths.functions(in: file.code) where function.length > 70 {
                Issue.record("\(file.path):\(function.line): a function of \(function.length) lines; the limit is 70")
            }
        }
    }

    @Test func linesAreShort() throws {
        for file in try RepositoryFiles.swift(under: "Sources") + RepositoryFiles.swift(under: "Tests") {
            report(TextRules.longLines(in: file))
        }
    }

    @Test func sourcesCallNothingBanned() throws {
        for file in try RepositoryFiles.swift(under: "Sources") { report(BannedCalls.violations(in: file)) }
    }

    @Test func filesNameNoMachineAndNoOpenEnds() throws {
        let files = try RepositoryFiles.all.get()
        #expect(files.contains { $0.path == "Package.swift" })
        for file in files { report(TextRules.machinePaths(in: file) + TextRules.openEnds(in: file)) }
    }

    @Test func pagesHaveOneTitleAndWorkingLinks() throws {
        for file in try RepositoryFiles.all.get() where file.path.hasSuffix(".md") {
            report(TextRules.titles(in: file))
            report(TextRules.brokenLinks(in: file) { FileBytes.exists(PackageRoot.appending($0)) })
        }
    }

    @Test func scriptsAreExecutable() throws {
        for file in try RepositoryFiles.all.get() where file.text.hasPrefix("#!") {
            #expect(file.isExecutable, "\(file.path) starts with #! but cannot be executed")
        }
        for name in [
            "scripts/bootstrap", "scripts/lint", "scripts/bench", "scripts/format", "scripts/fuzz", "scripts/demo", ".ci/run",
        ] {
            #expect(try FileBytes.readText(PackageRoot.appending(name)).hasPrefix("#!"), "\(name)")
        }
    }

    private func report(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation)") }
    }
}
