internal import CYAML

/// YAML 1.1 through libyaml, to and from `JSONValue`.
///
/// Reading knows mappings, sequences and plain scalars of YAML's core schema (null, booleans true/false, integers, floats); anchors, tags and
/// several documents are refused. Writing sorts keys and quotes every string that would read back as something else.
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
            guard yaml_parser_load(&parser, &document) == 1 else {
                let reason = parser.problem.map { String(cString: $0) } ?? "malformed YAML"
                throw Failure(
                    line: Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1, reason: reason)
            }
            defer { yaml_document_delete(&document) }
            guard let root = yaml_document_get_root_node(&document) else { return .null }
            let value = try convert(root, &document, depth: 0)
            var next = yaml_document_t()
            guard yaml_parser_load(&parser, &next) == 1 else { return value }
            defer { yaml_document_delete(&next) }
            if let extra = yaml_document_get_root_node(&next) { throw failure(extra, "a second document") }
            return value
        }
    }

    private static func failure(_ node: UnsafeMutablePointer<yaml_node_t>, _ reason: String) -> Failure {
        Failure(line: Int(node.pointee.start_mark.line) + 1, column: Int(node.pointee.start_mark.column) + 1, reason: reason)
    }

    private static func convert(
        _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t, depth: Int
    ) throws -> JSONValue {
        guard depth < 100 else { throw failure(node, "nested too deep") }
        switch node.pointee.type {
        case YAML_SCALAR_NODE:
            let scalar = node.pointee.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain(text) : .string(text)
        case YAML_SEQUENCE_NODE:
            var items: [JSONValue] = []
            var item = node.pointee.data.sequence.items.start
            while let current = item, current != node.pointee.data.sequence.items.top {
                guard let child = yaml_document_get_node(&document, current.pointee) else { break }
                items.append(try convert(child, &document, depth: depth + 1))
                item = current + 1
            }
            return .array(items)
        case YAML_MAPPING_NODE: return try mapping(node, &document, depth: depth)
        default: throw failure(node, "unsupported node")
        }
    }

    private static func mapping(
        _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t, depth: Int
    ) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        var pair = node.pointee.data.mapping.pairs.start
        while let current = pair, current != node.pointee.data.mapping.pairs.top {
            guard let key = yaml_document_get_node(&document, current.pointee.key),
                let value = yaml_document_get_node(&document, current.pointee.value)
            else { break }
            guard key.pointee.type == YAML_SCALAR_NODE else { throw failure(key, "a key must be a scalar") }
            let scalar = key.pointee.data.scalar
            let name = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            guard members.updateValue(try convert(value, &document, depth: depth + 1), forKey: name) == nil else {
                throw failure(key, "duplicate key \"\(name)\"")
            }
            pair = current + 1
        }
        return .object(members)
    }

    static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let value = Int64(text) { return .int(value) }
        let numeric = text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
        if numeric, text.utf8.contains(where: { (48...57).contains($0) }), let value = Double(text), value.isFinite {
            return .double(value)
        }
        return .string(text)
    }

    /// Block style, two-space indentation, keys sorted. Ends with a newline.
    public static func text(_ value: JSONValue) -> String {
        var out = ""
        write(value, indent: 0, inline: false, into: &out)
        return out
    }

    private static func write(_ value: JSONValue, indent: Int, inline: Bool, into out: inout String) {
        let padding = String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            for (index, key) in members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).enumerated() {
                out += (inline && index == 0 ? "" : padding) + scalarText(key) + ":"
                writeNested(members[key] ?? .null, indent: indent, into: &out)
            }
        case .array(let items) where !items.isEmpty:
            for (index, item) in items.enumerated() {
                out += (inline && index == 0 ? "" : padding) + "- "
                write(item, indent: indent + 2, inline: true, into: &out)
            }
        default: out += leaf(value) + "\n"
        }
    }

    private static func writeNested(_ value: JSONValue, indent: Int, into out: inout String) {
        switch value {
        case .object(let members) where !members.isEmpty:
            out += "\n"
            write(value, indent: indent + 2, inline: false, into: &out)
        case .array(let items) where !items.isEmpty:
            out += "\n"
            write(value, indent: indent + 2, inline: false, into: &out)
        default: out += " " + leaf(value) + "\n"
        }
    }

    private static func leaf(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number):
            number.isNaN ? ".nan" : (number.isInfinite ? (number < 0 ? "-.inf" : ".inf") : number.description)
        case .string(let text): scalarText(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    private static func scalarText(_ text: String) -> String {
        let first = text.utf8.first ?? 0
        let safeStart =
            (65...90).contains(first) || (97...122).contains(first) || first == UInt8(ascii: "_") || first == UInt8(ascii: "/")
        let safe =
            safeStart
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_-./+".utf8.contains($0)
            }
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        if safe, !words.contains(text.lowercased()), plain(text) == .string(text) { return text }
        return (try? CanonicalJSON.text(.string(text))) ?? "\"\""
    }
}
