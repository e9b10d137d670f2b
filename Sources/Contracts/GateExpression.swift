/// A condition over features: comparisons with numbers, joined by AND, OR and NOT.
///
/// Grammar, keywords in any case; NOT binds tightest, then AND, then OR:
///
///     expression = term { "OR" term }
///     term       = factor { "AND" factor }
///     factor     = "NOT" factor | "(" expression ")" | feature operator number
///     operator   = "<" | "<=" | ">" | ">=" | "=" | "==" | "!=" | "<>"
public indirect enum GateExpression: Hashable, Sendable {
    case comparison(feature: String, Comparison, Double)
    case and(GateExpression, GateExpression)
    case or(GateExpression, GateExpression)
    case not(GateExpression)

    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "="
        case notEqual = "!="

        /// IEEE comparison: with a NaN everything is false but `notEqual`.
        @inlinable public func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            case .equal: left == right
            case .notEqual: left != right
            }
        }
    }

    /// What is wrong with a text, and where.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let reason: String
        /// Counted in characters from 1; one past the end where the text stops too early.
        public let column: Int
        public var description: String { "\(reason) at column \(column)" }

        public init(reason: String, column: Int) {
            self.reason = reason
            self.column = column
        }
    }

    /// A feature's id and where it stands.
    public struct FeatureUse: Hashable, Sendable {
        public let id: String
        /// Counted in characters from 1.
        public let column: Int
    }

    /// - Throws: `Failure`.
    public static func parse(_ text: String) throws(Failure) -> GateExpression { try parseWithUses(text).expression }

    /// The expression and every feature it names in reading order.
    /// - Throws: `Failure`.
    public static func parseWithUses(_ text: String) throws(Failure) -> (expression: GateExpression, uses: [FeatureUse]) {
        var parser = GateParser(tokens: try GateToken.scan(text))
        let expression = try parser.expression(depth: 0)
        try parser.expectEnd()
        return (expression, parser.uses)
    }

    /// The ids of the features, each once, sorted.
    public var features: [String] {
        var names: Set<String> = []
        collect(into: &names)
        return names.sorted()
    }

    private func collect(into names: inout Set<String>) {
        switch self {
        case .comparison(let feature, _, _): names.insert(feature)
        case .and(let left, let right), .or(let left, let right):
            left.collect(into: &names)
            right.collect(into: &names)
        case .not(let inner): inner.collect(into: &names)
        }
    }
}

extension GateExpression: CustomStringConvertible {
    /// A text that parses back to the same tree, with the parentheses it needs.
    public var description: String {
        switch self {
        case .comparison(let feature, let comparison, let number): "\(feature) \(comparison.rawValue) \(number)"
        case .and(let left, let right): "\(left.wrapped(unless: left.isAnd)) AND \(right.wrapped())"
        case .or(let left, let right): "\(left) OR \(right.isOr ? "(\(right))" : "\(right)")"
        case .not(let inner): "NOT \(inner.wrapped())"
        }
    }

    private var isAnd: Bool { if case .and = self { true } else { false } }
    private var isOr: Bool { if case .or = self { true } else { false } }

    private func wrapped(unless bare: Bool = false) -> String {
        switch self {
        case .and where !bare, .or: "(\(self))"
        default: "\(self)"
        }
    }
}

struct GateToken {
    enum Kind: Equatable {
        case word(String)
        case number(Double)
        case comparison(GateExpression.Comparison)
        case open, close, and, or, not, end
    }

    let kind: Kind
    let column: Int

    static func scan(_ text: String) throws(GateExpression.Failure) -> [GateToken] {
        let characters = Array(text.unicodeScalars)
        var tokens: [GateToken] = []
        var index = 0
        while index < characters.count {
            let column = index + 1
            let scalar = characters[index]
            switch scalar {
            case " ", "\t", "\n", "\r", "\u{A0}":
                index += 1
            case "(", ")":
                tokens.append(GateToken(kind: scalar == "(" ? .open : .close, column: column))
                index += 1
            case "<", ">", "=", "!":
                let next = index + 1 < characters.count ? characters[index + 1] : " "
                let (comparison, length) = try operatorToken(scalar, next, column: column)
                tokens.append(GateToken(kind: .comparison(comparison), column: column))
                index += length
            default:
                guard scalar.isASCII, WorkbookIdentifier.isPart(UInt8(scalar.value)) || scalar == "+" else {
                    throw GateExpression.Failure(reason: "unexpected character \"\(scalar)\"", column: column)
                }
                var word = ""
                while index < characters.count, characters[index].isASCII,
                    WorkbookIdentifier.isPart(UInt8(characters[index].value)) || characters[index] == "+"
                {
                    word.unicodeScalars.append(characters[index])
                    index += 1
                }
                tokens.append(GateToken(kind: try wordToken(word, column: column), column: column))
            }
        }
        tokens.append(GateToken(kind: .end, column: characters.count + 1))
        return tokens
    }

    private static func operatorToken(
        _ first: Unicode.Scalar, _ second: Unicode.Scalar, column: Int
    ) throws(GateExpression.Failure) -> (GateExpression.Comparison, Int) {
        switch (first, second) {
        case ("<", "="): (.lessOrEqual, 2)
        case (">", "="): (.greaterOrEqual, 2)
        case ("<", ">"), ("!", "="): (.notEqual, 2)
        case ("=", "="): (.equal, 2)
        case ("<", _): (.less, 1)
        case (">", _): (.greater, 1)
        case ("=", _): (.equal, 1)
        default: throw GateExpression.Failure(reason: "\"!\" is no operator; write != or NOT", column: column)
        }
    }

    private static func wordToken(_ word: String, column: Int) throws(GateExpression.Failure) -> Kind {
        switch word.uppercased() {
        case "AND": return .and
        case "OR": return .or
        case "NOT": return .not
        default: break
        }
        if let first = word.utf8.first, WorkbookIdentifier.isStart(first), !word.utf8.contains(UInt8(ascii: "+")) {
            return .word(word)
        }
        guard word.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }), let number = Double(word),
            number.isFinite
        else {
            throw GateExpression.Failure(reason: "\"\(word)\" is neither a feature id nor a number", column: column)
        }
        return .number(number)
    }
}

struct GateParser {
    let tokens: [GateToken]
    var position = 0
    var uses: [GateExpression.FeatureUse] = []
    private static let deepest = 100
    private static let mostComparisons = 200

    init(tokens: [GateToken]) { self.tokens = tokens }

    private var current: GateToken { tokens[min(position, tokens.count - 1)] }

    private func failure(_ reason: String) -> GateExpression.Failure {
        GateExpression.Failure(reason: reason, column: current.column)
    }

    private mutating func take(_ kind: GateToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        position += 1
        return true
    }

    func expectEnd() throws(GateExpression.Failure) {
        guard current.kind == .end else {
            throw failure(current.kind == .close ? "a \")\" without its \"(\"" : "expected AND, OR or the end")
        }
    }

    mutating func expression(depth: Int) throws(GateExpression.Failure) -> GateExpression {
        var left = try term(depth: depth)
        while take(.or) { left = .or(left, try term(depth: depth)) }
        return left
    }

    private mutating func term(depth: Int) throws(GateExpression.Failure) -> GateExpression {
        var left = try factor(depth: depth)
        while take(.and) { left = .and(left, try factor(depth: depth)) }
        return left
    }

    private mutating func factor(depth: Int) throws(GateExpression.Failure) -> GateExpression {
        guard depth < Self.deepest else { throw failure("nested too deep") }
        if take(.not) { return .not(try factor(depth: depth + 1)) }
        if take(.open) {
            let inner = try expression(depth: depth + 1)
            guard take(.close) else { throw failure("expected \")\"") }
            return inner
        }
        guard case .word(let feature) = current.kind else { throw failure("expected a feature id, NOT or \"(\"") }
        guard uses.count < Self.mostComparisons else { throw failure("more than \(Self.mostComparisons) comparisons") }
        uses.append(GateExpression.FeatureUse(id: feature, column: current.column))
        position += 1
        guard case .comparison(let comparison) = current.kind else { throw failure("expected one of < <= > >= = !=") }
        position += 1
        guard case .number(let number) = current.kind else { throw failure("expected a number") }
        position += 1
        return .comparison(feature: feature, comparison, number)
    }
}
