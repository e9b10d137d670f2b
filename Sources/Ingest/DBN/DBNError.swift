import Primitives

/// Errors of the DBN reader. The offset counts bytes of the DBN stream, after decompression.
enum DBNError {
    static func make(
        _ code: String, _ message: String, file: String, offset: Int64, record: Int64? = nil, compressedOffset: Int64? = nil
    ) -> ApusError {
        switch (record, compressedOffset) {
        case (nil, nil): ApusError(code, message, context: ["file": file, "offset": String(offset)])
        case (let record?, nil):
            ApusError(code, message, context: ["file": file, "offset": String(offset), "record at": String(record)])
        case (nil, let compressed?):
            ApusError(code, message, context: ["file": file, "offset": String(offset), "compressed offset": String(compressed)])
        case (let record?, let compressed?):
            ApusError(
                code, message,
                context: [
                    "file": file, "offset": String(offset), "record at": String(record),
                    "compressed offset": String(compressed),
                ])
        }
    }

    static let legacy = "DBZ is Databento's legacy format; convert it with Databento's command line tool dbn, which writes DBN"
}
