/// One text per JSON document: keys sorted by their UTF-8 bytes, shortest round-trip numbers, no spaces
/// (or two-space indentation).
///
/// A whole double below 2^53 is written with `.0`, so that integers and doubles stay apart on the way back.
/// NaN and the infinities have no JSON form; writing one is an error.
public enum CanonicalJSON {
    public struct NotFinite: Error, CustomStringConvertible {
        public let path: String
        public var description: String { "JSON cannot hold a number that is not finite (at \(path))" }
    }

    /// - Throws: `NotFinite` naming the path of the offending number.
    public static func text(_ value: JSONValue, pretty: Bool = false) throws -> String {
        var out: [UInt8] = []
        try write(value, path: "$", indent: pretty ? 0 : nil, into: &out)
        if pretty { out.append(UInt8(ascii: "\n")) }
        return String(decoding: out, as: UTF8.self)
    }

    private static func write(_ value: JSONValue, path: String, indent: Int?, into out: inout [UInt8]) throws {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .int(let number): out += String(number).utf8
        case .double(let number):
            guard number.isFinite else { throw NotFinite(path: path) }
            out += number.description.utf8
        case .string(let text): writeString(text, into: &out)
        case .array(let items):
            try writeItems(items.count, "[", "]", indent, &out) { index, inner, out in
                try write(items[index], path: "\(path)[\(index)]", indent: inner, into: &out)
            }
        case .object(let members):
            let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try writeItems(keys.count, "{", "}", indent, &out) { index, inner, out in
                writeString(keys[index], into: &out)
                out += (inner == nil ? ":" : ": ").utf8
                try write(members[keys[index]] ?? .null, path: "\(path).\(keys[index])", indent: inner, into: &out)
            }
        }
    }

    private static func writeItems(
        _ count: Int, _ open: String, _ close: String, _ indent: Int?, _ out: inout [UInt8],
        item: (Int, Int?, inout [UInt8]) throws -> Void
    ) rethrows {
        out += open.utf8
        let inner = indent.map { $0 + 2 }
        for index in 0..<count {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            newline(inner, &out)
            try item(index, inner, &out)
        }
        if count > 0 { newline(indent, &out) }
        out += close.utf8
    }

    private static func newline(_ indent: Int?, _ out: inout [UInt8]) {
        guard let indent else { return }
        out.append(UInt8(ascii: "\n"))
        out += repeatElement(UInt8(ascii: " "), count: indent)
    }

    private static func writeString(_ text: String, into out: inout [UInt8]) {
        let hex = Array("0123456789abcdef".utf8)
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): out += "\\\"".utf8
            case UInt8(ascii: "\\"): out += "\\\\".utf8
            case 0x0A: out += "\\n".utf8
            case 0x0D: out += "\\r".utf8
            case 0x09: out += "\\t".utf8
            case 0..<0x20: out += "\\u00".utf8 + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
