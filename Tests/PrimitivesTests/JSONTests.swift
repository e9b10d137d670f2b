import Primitives
import TestKit
import Testing

@Suite struct JSONTests {
    static let valid: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true ", .bool(true)), ("-0", .int(0)), ("0", .int(0)), ("9223372036854775807", .int(.max)),
        ("-9223372036854775808", .int(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.0", .double(1)),
        ("1e2", .double(100)), ("1E+2", .double(100)), ("-1.5e-2", .double(-0.015)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1e-400", .double(0)),
        ("\"\"", ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\uD83D\uDC26""#, "é🐦"),
        ("\"\u{7f}é\"", "\u{7f}é"),
        ("[]", []), ("[ 1 , 2 ]", [1, 2]), ("{}", [:]), ("\t{\"a\" : [ { } ]}\r\n", ["a": [[:]]]), ("{\"\":0}", ["": 0]),
    ]

    @Test(arguments: valid)
    func validDocuments(_ text: String, _ expected: JSONValue) throws { #expect(try JSONParser.parse(text) == expected) }

    static let invalid: [(String, Int)] = [
        ("", 0), (" ", 1), ("nul", 0), ("nulll", 4), ("tru e", 0), ("True", 0), ("+1", 0), ("01", 2), ("-01", 3), ("1.", 2),
        (".5", 0), ("1e", 2),
        ("1e+", 3), ("-", 1), ("0x1", 1), ("1e400", 0), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("[1,]", 3), ("[1 2]", 3),
        ("[", 1),
        ("[1", 2), ("]", 0), ("{\"a\"}", 4), ("{a:1}", 1), ("{\"a\":1,}", 7), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1,\"a\":2}", 7),
        ("{1:2}", 1),
        ("\"a", 2), ("\"\\x\"", 3), ("\"\\u12\"", 3), ("\"\\u-000\"", 3), ("\"\\u+123\"", 3), ("\"\\uD800\"", 7),
        ("\"\\uD800\\u0041\"", 13),
        ("\"\\uDC00\"", 7), ("\"\t\"", 2), ("\"\n\"", 2), ("'a'", 0), ("1 2", 2), ("// c\n1", 0), ("\u{feff}1", 0), ("\"\\", 2),
    ]

    @Test(arguments: invalid)
    func invalidDocumentsNameTheByte(_ text: String, _ offset: Int) {
        let failure = #expect(throws: JSONParser.Failure.self, "\(text)") { try JSONParser.parse(text) }
        #expect(failure?.offset == offset, "\(text): \(failure.map { "\($0)" } ?? "")")
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0xFE],
        ] {
            #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(bytes: bytes) }
        }
    }

    @Test func depthIsLimitedNotTheStack() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        _ = try JSONParser.parse(deep)
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse("[" + deep + "]") }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test func everyTruncationIsAnError() throws {
        let text = Array(#"{"a":[1.5e3,true,null,"x\u00e9\n"],"b":{"c":-12}}"#.utf8)
        _ = try JSONParser.parse(bytes: text)
        for count in 0..<text.count {
            let failure = #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(bytes: Array(text[0..<count])) }
            #expect((failure?.offset ?? .max) <= count)
        }
    }

    @Test func canonicalFormIsFixed() throws {
        let value: JSONValue = ["b": [1, 2.0, 0.1, nil], "a": ["é": "\u{1}\n\"\\/", "Z": true, "z": [:]], "": []]
        #expect(try CanonicalJSON.text(value) == #"{"":[],"a":{"Z":true,"z":{},"é":"\u0001\n\"\\/"},"b":[1,2.0,0.1,null]}"#)
        #expect(
            try CanonicalJSON.text(["a": [1, ["b": 2]], "c": [:]], pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": 2
                    }
                  ],
                  "c": {}
                }

                """)
        // By bytes, where UTF-16 order would differ.
        #expect(try CanonicalJSON.text(["\u{10000}": 1, "\u{ffff}": 2]) == "{\"\u{ffff}\":2,\"\u{10000}\":1}")
        #expect(try Digest.of(value) == Digest.of(try CanonicalJSON.text(value)))
    }

    @Test func numbersThatAreNotFiniteAreRefusedByPath() {
        for number in [Double.nan, .infinity, -.infinity] {
            let error = #expect(throws: CanonicalJSON.NotFinite.self) {
                try CanonicalJSON.text(["a": [1, ["b": .double(number)]]])
            }
            #expect(error?.path == "$.a[1].b")
        }
    }

    @Test func randomDocumentsSurviveARoundTrip() throws {
        var generator = SeededGenerator(seed: 3)
        for index in 0..<3_000 {
            let value = RandomDocuments.value(&generator)
            let text = try CanonicalJSON.text(value)
            #expect(try JSONParser.parse(text) == value, "seed 3, document \(index): \(text)")
            #expect(try JSONParser.parse(CanonicalJSON.text(value, pretty: true)) == value, "seed 3, document \(index)")
            #expect(try CanonicalJSON.text(JSONParser.parse(text)) == text)
        }
    }

    /// The same documents, canonicalised by Python's own reader and writer.
    @Test(.enabled(if: Oracle.isInstalled)) func agreesWithPython() throws {
        var generator = SeededGenerator(seed: 4)
        let texts = try (0..<1_000).map { _ in try CanonicalJSON.text(RandomDocuments.value(&generator)) }
        let output = try Oracle.run(script: "primitives.py", arguments: ["json"], input: texts.joined(separator: "\n"))
        let lines = output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        try #require(lines.count == texts.count)
        for (text, line) in zip(texts, lines) {
            // Values are compared: the two choose differently between 1e+16 and 10000000000000000.0.
            #expect(try JSONParser.parse(line) == JSONParser.parse(text), "\(text)")
        }
    }

    @Test func accessors() {
        let value: JSONValue = ["i": 3, "d": 3.0, "h": 3.5, "s": "x", "b": true, "n": nil, "a": [1]]
        #expect(value["i"]?.intValue == 3 && value["d"]?.intValue == 3 && value["h"]?.intValue == nil)
        #expect(value["i"]?.doubleValue == 3 && value["s"]?.doubleValue == nil)
        #expect(value["s"]?.stringValue == "x" && value["b"]?.boolValue == true && value["n"]?.isNull == true)
        #expect(value["a"]?.arrayValue == [1] && value["missing"] == nil && value.objectValue?.count == 7)
        #expect(JSONValue.int(1) != .double(1))
    }
}
