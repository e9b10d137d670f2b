import Testing

/// Every rule finds a violation planted for it, and lets the like-looking innocent pass.
@Suite struct ScannerTests {
    private func file(_ text: String, _ path: String = "Sources/Market/Sample.swift") -> RepositoryFile {
        RepositoryFile(path: path, text: text)
    }

    @Test(arguments: [
        "let t = Date()", "clock_gettime(CLOCK_REALTIME, &t)", "let s = time(nil)", "gettimeofday(&t, nil)",
        "ContinuousClock().now", "let x = Int.random(in: 0..<6)", "let y = items.shuffled()", "items.randomElement()",
        "var g = SystemRandomNumberGenerator()", "arc4random()", "let u = UUID()", "try! load()", "let a = b as! Int",
        "let v = values[0]!",
        "let n = name!.count", "call()!", "var w: Window!", "fatalError(\"no\")", "print(1)", "debugPrint(x)",
        "let s = \"sum \\(values.first!)\"", "let a = 1 /* ! */ ; print(a)",
    ])
    func bannedCallIsFound(_ line: String) {
        #expect(BannedCalls.violations(in: file("func f() {\n    \(line)\n}\n")).map(\.line) == [2], "\(line)")
    }

    @Test(arguments: [
        "let t = CivilDate(2024)", "if a != b {}", "if !flag {}", "// Date() in a comment, try! too", "let s = \"Date() and x!\"",
        "let s = #\"raw \"quoted\" x! \"#", "/* nested /* print(1) */ as! */", "context.print(x)", "func print(_ x: Int) {}",
        "let x = Int.random(in: 0..<6, using: &generator)", "items.shuffled(using: &generator)", "let time = bar.time(of: x)",
        "let t = time(of: bar)",
        "return a !== b", "let u = UUIDText(x)", "let p = \"\\(a) print(1)\"",
    ])
    func innocentCallPasses(_ line: String) {
        #expect(BannedCalls.violations(in: file("\(line)\n")) == [], "\(line)")
    }

    @Test func allowancesAreNarrow() {
        #expect(BannedCalls.violations(in: file("clock_gettime(a, &b)", "Sources/Primitives/SystemClock.swift")) == [])
        #expect(BannedCalls.violations(in: file("clock_gettime(a, &b)", "Sources/apus/Apus.swift")).count == 1)
        #expect(BannedCalls.violations(in: file("print(1)", "Sources/apus/Apus.swift")) == [])
        #expect(BannedCalls.violations(in: file("let a = b!", "Sources/apus/Apus.swift")).count == 1)
    }

    @Test func longStringsAndCommentsKeepTheirLines() {
        let source = "let a = \"\"\"\n  x! \\(b!)\n  \"\"\"\n// end!\nlet c = d!\n"
        #expect(BannedCalls.violations(in: file(source)).map(\.line) == [2, 5])
    }

    @Test func functionLengthsAreCounted() {
        let body = String(repeating: "    x += 1\n", count: 69)
        #expect(FunctionLengths.functions(in: SwiftCode("func f() {\n\(body)}\n")) == [.init(line: 1, length: 71)])
        #expect(
            FunctionLengths.functions(in: SwiftCode("\n\ninit(\n    a: Int\n) throws\n{\n\(body)}\n")) == [
                .init(line: 3, length: 74)
            ])
        #expect(FunctionLengths.functions(in: SwiftCode("var total: Int {\n    1\n}\n")) == [.init(line: 1, length: 3)])
        let nested = "func f() {\n    if a { b { \"}}}\" } }\n    func g() {\n    }\n}\n"
        #expect(FunctionLengths.functions(in: SwiftCode(nested)) == [.init(line: 1, length: 5), .init(line: 3, length: 2)])
    }

    @Test func declarationsWithoutBodiesAreNotFunctions() {
        let source = """
            protocol P {
                func a() -> Int
                init(x: Int)
                func b(
                    y: Int
                ) throws
            }
            var stored = 5
            let value = Foo.init(1)
            struct S {
                func c() {}
            }
            """
        #expect(FunctionLengths.functions(in: SwiftCode(source)) == [.init(line: 11, length: 1)])
    }

    @Test func textRulesFindTheirViolations() {
        #expect(TextRules.longLines(in: file(String(repeating: "x", count: 131))).count == 1)
        #expect(TextRules.longLines(in: file(String(repeating: "x", count: 130))) == [])
        let long = String(repeating: "x ", count: 80)
        #expect(
            TextRules.longLines(in: file("let a = \"\"\"\n  \(long)\n  \"\"\"\n// \(long)\n/// \(long)\n")).map(\.line) == [4, 5])
        #expect(TextRules.machinePaths(in: file("see /wo" + "rk/main")).count == 1)
        #expect(TextRules.openEnds(in: file("ok\n// TO" + "DO: later")).map(\.line) == [2])
        #expect(TextRules.titles(in: file("# One\n\n# Two\n", "a.md")).map(\.line) == [3])
        #expect(TextRules.titles(in: file("text\n", "a.md")).count == 1)
        #expect(TextRules.titles(in: file("# One\n```\n# comment\n```\n", "a.md")) == [])
        let links = file("# T\n[a](b.md) [c](../x.md#y) [d](https://example.org)\n", "docs/a.md")
        #expect(TextRules.brokenLinks(in: links) { $0 == "docs/b.md" }.map(\.what) == ["no file x.md"])
    }

    @Test func importTableIsReadFromBothPlaces() {
        let package = ImportTable(
            package: """
                struct Module { let name: String }
                    // layer 0
                    Module(name: "Low", dependencies: [], clibraries: ["CFoo"]),
                    // layer 1
                    Module(name: "High", dependencies: [
                        "Low",
                    ]),
                """)
        let page = """
            # A

            ## Targets
            | layer | target | imports | holds |
            |---|---|---|---|
            | 1 | `High` | Low | much |
            | 0 | `Low` | CFoo | little |

            ## Planned

            """
        #expect(package == ImportTable(architecture: page + "| 2 | `Later` | Low |\n"))
        #expect(package.upwardEdges == [])
        #expect(package.closure(of: "High") == ["Low", "CFoo"])
    }

    @Test func wrongEdgesAreFound() {
        let low = "Module(name: \"B\", dependencies: [\"X\"])"
        var table = ImportTable(
            package: "// layer 1\nModule(name: \"A\", dependencies: [\"B\"])\n\(low)\n")
        #expect(table.upwardEdges == ["A (layer 1) -> B (layer 1)", "B -> X: unknown"])
        table.rows["B"] = .init(layer: 0, imports: ["CFoo"])
        #expect(table.upwardEdges == [])
        let source = "import B\npublic import CFoo\n@preconcurrency internal import Glibc\nimport struct C.D\n// import E\n"
        let found = table.violations(in: file(source, "Sources/A/a.swift"), target: "A")
        #expect(found.map(\.line) == [2, 2, 4])
    }
}
