internal import CYAML

/// YAML 1.1 through libyaml, to and from `JSONValue`.
///
/// Reading knows mappings, sequences and plain scalars of YAML's core schema (null, booleans true/false, decimal integers,
/// floats); aliases, tags and several documents are refused. Writing sorts keys and quotes every string that would read back as
/// something else, here or in a YAML 1.1 reader such as PyYAML.
public enum YAML {
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let line: Int
        public let column: Int
        public let reason: String
        public var description: String { "\(reason) at line \(line), column \(column)" }
    }

    /// - Throws: `Failure`, lines and columns counted from 1.
    public static func parse(_ text: String) throws -> JSONValue {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw Failure(line: 0, column: 0, reason: "out of memory") }
        defer { yaml_parser_delete(&parser) }
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            var document = yaml_document_t()
            guard yaml_parser_load(&parser, &document) == 1 else { throw syntaxFailure(parser) }
            defer { yaml_document_delete(&document) }
            guard let root = yaml_document_get_root_node(&document) else { return .null }
            var converter = Converter(document: document)
            let value = try converter.value(root, depth: 0)
            var next = yaml_document_t()
            guard yaml_parser_load(&parser, &next) == 1 else { throw syntaxFailure(parser) }
            defer { yaml_document_delete(&next) }
            if let extra = yaml_document_get_root_node(&next) { throw Converter.failure(extra, "a second document") }
            return value
        }
    }

    private static func syntaxFailure(_ parser: yaml_parser_t) -> Failure {
        let reason = parser.problem.map { String(cString: $0) } ?? "malformed YAML"
        return Failure(line: Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1, reason: reason)
    }

    static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let value = Int64(text) { return .int(value) }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: break
        }
        let numeric = text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
        if numeric, text.utf8.contains(where: { (48...57).contains($0) }), let value = Double(text), value.isFinite {
            return .double(value)
        }
        return .string(text)
    }
}

/// Turns libyaml's nodes into values.
private struct Converter {
    var document: yaml_document_t
    /// An alias makes one node appear twice; expanding those would let a short text fill the memory.
    private var visited: Set<UnsafeMutablePointer<yaml_node_t>> = []

    init(document: yaml_document_t) { self.document = document }

    static func failure(_ node: UnsafeMutablePointer<yaml_node_t>, _ reason: String) -> YAML.Failure {
        YAML.Failure(line: Int(node.pointee.start_mark.line) + 1, column: Int(node.pointee.start_mark.column) + 1, reason: reason)
    }

    mutating func value(_ node: UnsafeMutablePointer<yaml_node_t>, depth: Int) throws -> JSONValue {
        guard depth < 100 else { throw Self.failure(node, "nested too deep") }
        guard visited.insert(node).inserted else {
            throw Self.failure(node, "an alias refers to this; aliases are not supported")
        }
        switch node.pointee.type {
        case YAML_SCALAR_NODE:
            try refuseTag(of: node, usual: YAML_DEFAULT_SCALAR_TAG)
            let isPlain = node.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            return isPlain ? YAML.plain(text(of: node)) : .string(text(of: node))
        case YAML_SEQUENCE_NODE:
            try refuseTag(of: node, usual: YAML_DEFAULT_SEQUENCE_TAG)
            var items: [JSONValue] = []
            var item = node.pointee.data.sequence.items.start
            while let current = item, current != node.pointee.data.sequence.items.top {
                guard let child = yaml_document_get_node(&document, current.pointee) else { break }
                items.append(try value(child, depth: depth + 1))
                item = current + 1
            }
            return .array(items)
        case YAML_MAPPING_NODE:
            try refuseTag(of: node, usual: YAML_DEFAULT_MAPPING_TAG)
            return try mapping(node, depth: depth)
        default: throw Self.failure(node, "unsupported node")
        }
    }

    private mutating func mapping(_ node: UnsafeMutablePointer<yaml_node_t>, depth: Int) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        var pair = node.pointee.data.mapping.pairs.start
        while let current = pair, current != node.pointee.data.mapping.pairs.top {
            guard let key = yaml_document_get_node(&document, current.pointee.key),
                let child = yaml_document_get_node(&document, current.pointee.value)
            else { break }
            guard key.pointee.type == YAML_SCALAR_NODE else { throw Self.failure(key, "a key must be a scalar") }
            let name = text(of: key)
            guard members.updateValue(try value(child, depth: depth + 1), forKey: name) == nil else {
                throw Self.failure(key, "duplicate key \"\(name)\"")
            }
            pair = current + 1
        }
        return .object(members)
    }

    private func text(of node: UnsafeMutablePointer<yaml_node_t>) -> String {
        let scalar = node.pointee.data.scalar
        return String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    }

    private func refuseTag(of node: UnsafeMutablePointer<yaml_node_t>, usual: String) throws {
        guard let bytes = node.pointee.tag else { return }
        let tag = String(cString: bytes)
        if tag != usual { throw Self.failure(node, "tag \(tag) is not supported") }
    }
}
