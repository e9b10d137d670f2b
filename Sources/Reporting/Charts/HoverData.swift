import Primitives

/// The exact values behind a chart, for its tool tip, as a JSON block inside the page.
struct HoverData {
    let xs: [Double]
    let labels: [String]
    /// `kind` says how the script writes the number: `money`, `percent`, `ratio` or `number`, which keeps all digits.
    var series: [(name: String, kind: String, values: [Double])] = []

    var html: HTML {
        let rows: [JSONValue] = series.map { series in
            [
                "name": .string(series.name), "kind": .string(series.kind),
                "values": .array(
                    series.values.map { value in
                        if series.kind == "number" { return value.isFinite ? .double(value) : .null }
                        let scale = series.kind == "money" ? 1e2 : 1e6
                        return value.isFinite ? .double((value * scale).rounded() / scale) : .null
                    }),
            ]
        }
        let document: JSONValue = [
            "x": .array(xs.map { .double(($0 * 1e5).rounded() / 1e5) }), "labels": .array(labels.map { .string($0) }),
            "series": .array(rows),
        ]
        let text = (try? CanonicalJSON.text(document)) ?? "{}"
        return HTML(trusted: "<script type=\"application/json\" class=\"hover\">" + Self.forScript(text) + "</script>")
    }

    /// JSON that neither ends the script element nor disturbs an XML parser.
    private static func forScript(_ json: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(json.utf8.count)
        for byte in json.utf8 {
            switch byte {
            case UInt8(ascii: "<"): out += "\\u003c".utf8
            case UInt8(ascii: ">"): out += "\\u003e".utf8
            case UInt8(ascii: "&"): out += "\\u0026".utf8
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
