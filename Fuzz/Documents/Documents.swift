import Primitives

/// The readers of JSON, YAML and csv: any bytes give a value or a typed error. A value survives being written and read again; the
/// rows of a csv text do not depend on how much of it is held at a time, and its numbers are those that `Double` reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocuments(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let value = try? JSONParser.parse(bytes: bytes) {
        guard let text = try? CanonicalJSON.text(value), (try? JSONParser.parse(text)) == value else {
            preconditionFailure("JSON does not survive a round trip: \(value)")
        }
    }
    if let value = try? YAML.parse(String(decoding: bytes, as: UTF8.self)) {
        // Texts are compared, since a NaN is not equal to itself.
        let text = YAML.text(value)
        guard (try? YAML.parse(text)).map({ YAML.text($0) }) == text else {
            preconditionFailure("YAML does not survive a round trip: \(value)")
        }
    }
    let windows = [1, count / 3, count + 1].map { rows(bytes, window: $0) }
    precondition(windows.allSatisfy { $0 == windows[0] }, "the window of a csv text changes its rows: \(windows)")
    return 0
}

private func rows(_ bytes: [UInt8], window: Int) -> String {
    do {
        var rows = try DelimitedRows(bytes: bytes, file: "fuzz", window: window)
        var found = "\(rows.header)"
        while try rows.next() {
            found += " \(rows.line)"
            for index in rows.header.indices {
                let text = try rows.text(index)
                found += " \(text.debugDescription)"
                guard let number = Double(decimal: rows[index]) else { continue }
                precondition(Double(text)?.bitPattern == number.bitPattern, "another number than Double's: \(text)")
            }
        }
        return found
    } catch { return "\(error)" }
}
