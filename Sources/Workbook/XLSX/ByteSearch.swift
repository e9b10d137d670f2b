internal import Glibc

/// Where bytes stand in bytes.
enum ByteSearch {
    static func first(_ byte: UInt8, in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard start < bytes.count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base + start, Int32(byte), buffer.count - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    static func first(_ text: String, in bytes: [UInt8], from start: Int) -> Int? {
        first(Array(text.utf8), in: bytes, from: start)
    }

    static func first(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let head = pattern.first else { return nil }
        var position = start
        while let found = first(head, in: bytes, from: position) {
            if bytes[found...].starts(with: pattern) { return found }
            position = found + 1
        }
        return nil
    }
}
