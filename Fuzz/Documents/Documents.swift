import Primitives

/// The readers of JSON and YAML: any bytes give a value or a typed error, and a value survives being written and read again.
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
    return 0
}
