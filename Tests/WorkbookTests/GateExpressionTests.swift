import Contracts
import Primitives
import Testing

struct GateExpressionTests {
    private static func less(_ feature: String, _ number: Double) -> GateExpression {
        .comparison(feature: feature, .less, number)
    }

    @Test func bindsNotBeforeAndBeforeOr() throws {
        let (a, b, c) = (Self.less("a", 1), Self.less("b", 2), Self.less("c", 3))
        #expect(try GateExpression.parse("a<1 OR b<2 AND c<3") == .or(a, .and(b, c)))
        #expect(try GateExpression.parse("NOT a < 1 and b < 2") == .and(.not(a), b))
        #expect(try GateExpression.parse("(a<1 OR b<2) AND not(c<3)") == .and(.or(a, b), .not(c)))
        #expect(try GateExpression.parse("a<1 OR b<2 OR c<3") == .or(.or(a, b), c))
    }

    @Test func readsEveryOperatorAndNumber() throws {
        let operators: [(String, GateExpression.Comparison)] = [
            ("<", .less), ("<=", .lessOrEqual), (">", .greater), (">=", .greaterOrEqual), ("=", .equal), ("==", .equal),
            ("!=", .notEqual),
            ("<>", .notEqual),
        ]
        for (text, comparison) in operators {
            for space in ["", " "] {
                #expect(
                    try GateExpression.parse("vix_level\(space)\(text)\(space)-1.5e-3")
                        == .comparison(feature: "vix_level", comparison, -0.0015))
            }
        }
        #expect(try GateExpression.parse("x>+2") == .comparison(feature: "x", .greater, 2))
        #expect(
            try GateExpression.parseWithUses("b < 1 OR a > 2 OR b > 3").uses.map { "\($0.id)@\($0.column)" } == [
                "b@1", "a@10", "b@19",
            ])
        #expect(try GateExpression.parse("b < 1 OR a > 2 OR b > 3").features == ["a", "b"])
    }

    @Test(arguments: [
        ("", 1), ("a", 2), ("a <", 4), ("a < b", 5), ("1 < a", 1), ("a < 1 AND", 10), ("a < 1 b < 2", 7), ("(a < 1", 7),
        ("a < 1)", 6),
        ("a ! 1", 3), ("a < 1 & b < 2", 7), ("a < 1e999", 5), ("NOT", 4), ("a << 1", 4), ("AND < 1", 1), ("a < 0x10", 5),
        ("a < nan", 5),
        ("é < 1", 1),
    ])
    func namesThePlaceOfAMistake(_ text: String, _ column: Int) {
        #expect { try GateExpression.parse(text) } throws: { ($0 as? GateExpression.Failure)?.column == column }
    }

    @Test func depthAndLengthHaveLimits() {
        let deep = String(repeating: "(", count: 5000) + "a < 1" + String(repeating: ")", count: 5000)
        #expect(throws: GateExpression.Failure.self) { try GateExpression.parse(deep) }
        #expect(throws: GateExpression.Failure.self) {
            try GateExpression.parse(String(repeating: "NOT ", count: 5000) + "a < 1")
        }
        let long = Array(repeating: "a < 1", count: 201).joined(separator: " OR ")
        #expect(throws: GateExpression.Failure.self) { try GateExpression.parse(long) }
    }

    /// Any tree prints as a text that reads back as the same tree; damaged texts are read or refused.
    @Test func randomTreesPrintAndReadBack() throws {
        let seed: UInt64 = 5
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let tree = Self.tree(depth: 4, &random)
            let text = tree.description
            #expect(try GateExpression.parse(text) == tree, "seed \(seed), round \(round): \(text)")
            var bytes = Array(text.utf8)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 32...126, using: &random)
            do {
                _ = try GateExpression.parse(String(decoding: bytes, as: UTF8.self))
            } catch {
                #expect((1...(bytes.count + 1)).contains(error.column), "seed \(seed), round \(round)")
            }
        }
    }

    private static func tree(depth: Int, _ random: inout SeededGenerator) -> GateExpression {
        switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
        case 1: .and(tree(depth: depth - 1, &random), tree(depth: depth - 1, &random))
        case 2: .or(tree(depth: depth - 1, &random), tree(depth: depth - 1, &random))
        case 3: .not(tree(depth: depth - 1, &random))
        default:
            .comparison(
                feature: "f\(Int.random(in: 0..<5, using: &random))",
                GateExpression.Comparison.allCases[Int.random(in: 0..<6, using: &random)],
                (random.nextNormal() * 100).rounded() / 8)
        }
    }
}
