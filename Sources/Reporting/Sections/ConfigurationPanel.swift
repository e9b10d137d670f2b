import Contracts
import Primitives

/// What was run: the configuration as a tree, and the digests of everything it was made from.
enum ConfigurationPanel {
    static func html(_ model: TearSheetModel, manifest: JSONValue) -> HTML {
        let configuration = tree(model.result.configuration, depth: 0)
        let provenance = manifest.isNull ? Panel.empty("No manifest was given.") : tree(manifest, depth: 0)
        return Panel.section("Configuration", note: "config.yaml", "<div class=\"tree\">\(configuration)</div>")
            + Panel.section("Provenance", note: "run_manifest.json; hover a digest for all of it", "<div class=\"tree\">\(provenance)</div>")
    }

    private static func tree(_ value: JSONValue, depth: Int) -> HTML {
        switch value {
        case .object(let members):
            if members.isEmpty { return "<span class=\"muted\">none</span>" }
            return members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                .map { branch($0, members[$0] ?? .null, depth: depth) }.joined("\n")
        case .array(let items):
            if items.isEmpty { return "<span class=\"muted\">none</span>" }
            return items.enumerated().map { index, item in branch(name(of: item) ?? String(index + 1), item, depth: depth) }.joined("\n")
        default: return leaf(value)
        }
    }

    /// A list's entry goes by its own name where it has one.
    private static func name(of item: JSONValue) -> String? {
        for key in ["path", "name", "file", "dataset", "id", "role"] {
            if let text = item[key]?.stringValue { return text }
        }
        return nil
    }

    private static func branch(_ key: String, _ value: JSONValue, depth: Int) -> HTML {
        if let scalars = scalarList(value) {
            return "<div class=\"leaf\"><span class=\"key-name\">\(key)</span><span class=\"value\">\(scalars)</span></div>"
        }
        let children: Int
        switch value {
        case .object(let members): children = members.count
        case .array(let items): children = items.count
        default: return "<div class=\"leaf\"><span class=\"key-name\">\(key)</span><span class=\"value\">\(leaf(value))</span></div>"
        }
        let open: HTML = depth < 1 && children <= 12 ? " open=\"open\"" : ""
        return "<details\(open)><summary>\(key) <small>\(children)</small></summary><div>\(tree(value, depth: depth + 1))</div></details>"
    }

    /// A short list of scalars reads better on one line.
    private static func scalarList(_ value: JSONValue) -> HTML? {
        guard case .array(let items) = value, !items.isEmpty, items.count <= 12 else { return nil }
        for item in items {
            switch item {
            case .object, .array: return nil
            default: continue
            }
        }
        return items.map { leaf($0) }.joined(", ")
    }

    private static func leaf(_ value: JSONValue) -> HTML {
        switch value {
        case .null: return "<span class=\"muted\">null</span>"
        case .string(let text):
            if text.isEmpty { return "<span class=\"muted\">empty</span>" }
            return digest(in: text) ?? "\(text)"
        default: return "\((try? CanonicalJSON.text(value)) ?? Format.undefined)"
        }
    }

    /// A sha256 is shown by its first twelve digits; a tap shows the rest.
    private static func digest(in text: String) -> HTML? {
        let plain = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard let digest = Digest(hex: plain) else { return nil }
        return "<code class=\"digest\" tabindex=\"0\" data-tip=\"sha256 \(digest.hex)\">\(digest.short)</code>"
    }
}
