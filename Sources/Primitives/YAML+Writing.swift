extension YAML {
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
                let text = scalarText(key)
                out += inline && index == 0 ? "" : padding
                // libyaml reads a key of more than 1,024 characters only in the long form.
                out += text.utf8.count < 1000 ? text + ":" : "? " + text + "\n" + padding + ":"
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
        case .double(let number): numberText(number)
        case .string(let text): scalarText(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// YAML 1.1 readers take a number for a text where it has an exponent but no point.
    private static func numberText(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        let text = number.description
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    private static func scalarText(_ text: String) -> String {
        let first = text.utf8.first ?? 0
        let isLetter = (65...90).contains(first) || (97...122).contains(first)
        let safeStart = isLetter || first == UInt8(ascii: "_") || first == UInt8(ascii: "/")
        let safe =
            safeStart
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_-./+".utf8.contains($0)
            }
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        if safe, !words.contains(text.lowercased()), plain(text) == .string(text) { return text }
        return quoted(text)
    }

    /// Double-quoted, with everything escaped that a reader would fold or refuse.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: out += "\\\""
            case 0x5C: out += "\\\\"
            case 0x0A: out += "\\n"
            case 0x0D: out += "\\r"
            case 0x09: out += "\\t"
            case 0x20..<0x7F, 0xA0..<0x2028, 0x202A..<0xD800, 0xE000..<0xFEFF, 0xFF00..<0xFFFE, 0x10000...:
                out.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return out + "\""
    }
}
