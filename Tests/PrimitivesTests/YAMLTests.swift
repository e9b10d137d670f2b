import Primitives
import TestKit
import Testing

@Suite struct YAMLTests {
    @Test func aDocumentOfEveryKind() throws {
        let text = """
            # a strategy
            name: ma_cross
            enabled: true
            window: 20
            decay: -0.5
            big: 1.0e+16
            none: ~
            empty:
            quoted: "20"
            single: 'it''s'
            date: 2024-01-05
            version: 1.2.3
            list: [1, two, {three: 3}]
            block: |
              line one
              line two
            nested:
              - a
              - b: 1
                c: .inf
            """
        let expected: JSONValue = [
            "name": "ma_cross", "enabled": true, "window": 20, "decay": -0.5, "big": 1e16, "none": nil, "empty": nil,
            "quoted": "20",
            "single": "it's", "date": "2024-01-05", "version": "1.2.3", "list": [1, "two", ["three": 3]],
            "block": "line one\nline two\n", "nested": ["a", ["b": 1, "c": .double(.infinity)]],
        ]
        #expect(try YAML.parse(text) == expected)
        #expect(try YAML.parse("") == .null)
        #expect(try YAML.parse("--- 5\n...\n") == 5)
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", 2, "duplicate key"), ("a: [1\n", 2, "expected"), ("a: &x 1\nb: *x\n", 1, "alias"),
        ("a: !!int '5'\n", 1, "tag"),
        ("a: !mine 5\n", 1, "tag"), ("--- 1\n--- 2\n", 2, "second document"), ("a: 1\n---\nb: [\n", 4, ""),
        ("a:\n\t- 1\n", 2, "character"),
        ("? [1]\n: 2\n", 1, "key must be a scalar"), ("a: *nowhere\n", 1, "undefined alias"), ("a: b: c\n", 1, "mapping values"),
    ])
    func mistakesNameTheLine(_ text: String, _ line: Int, _ reason: String) {
        let failure = #expect(throws: YAML.Failure.self) { try YAML.parse(text) }
        #expect(failure?.line == line, "\(failure.map { "\($0)" } ?? text)")
        #expect(reason.isEmpty || failure?.reason.contains(reason) == true, "\(failure.map { "\($0)" } ?? text)")
    }

    /// Aliases could otherwise turn a few hundred bytes into gigabytes.
    @Test func aliasesDoNotMultiply() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(throws: YAML.Failure.self) { try YAML.parse(text) }
        #expect(throws: YAML.Failure.self) { try YAML.parse("&a [*a, *a]") }
        #expect(throws: YAML.Failure.self) { try YAML.parse(String(repeating: "[", count: 200)) }
    }

    @Test func writtenFormIsFixed() {
        let value: JSONValue = [
            "b": [1, [2, ["c": "x y"]], []], "a": ["yes": "no", "k": 1e16], "e": [:], "s": "plain", "t": "1",
        ]
        let expected = """
            a:
              k: 1.0e+16
              "yes": "no"
            b:
              - 1
              - - 2
                - c: "x y"
              - []
            e: {}
            s: plain
            t: "1"

            """
        #expect(YAML.text(value) == expected)
        #expect(YAML.text(.double(.nan)) == ".nan\n" && YAML.text(.double(-.infinity)) == "-.inf\n")
    }

    @Test func randomDocumentsSurviveARoundTrip() throws {
        var generator = SeededGenerator(seed: 5)
        for index in 0..<3_000 {
            let value = RandomDocuments.value(&generator)
            let text = YAML.text(value)
            #expect(try YAML.parse(text) == value, "seed 5, document \(index):\n\(text)")
        }
        let long: JSONValue = .object([String(repeating: "k", count: 3_000): [1, ["x": nil]], "b": 2])
        #expect(try YAML.parse(YAML.text(long)) == long)
    }

    /// PyYAML reads in our files what we wrote into them.
    @Test(.enabled(if: Oracle.isInstalled)) func pythonReadsTheSame() throws {
        var generator = SeededGenerator(seed: 6)
        let values = (0..<500).map { _ in RandomDocuments.value(&generator) }
        let output = try Oracle.run(
            script: "primitives.py", arguments: ["yaml"], input: values.map { YAML.text($0) }.joined(separator: "\0"))
        let lines = output.split(separator: "\n").map(String.init)
        try #require(lines.count == values.count)
        for (value, line) in zip(values, lines) {
            #expect(try JSONParser.parse(line) == value, "\(YAML.text(value))")
        }
    }
}
