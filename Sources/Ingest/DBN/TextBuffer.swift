import Primitives

/// Text under construction in one reused block of memory, handed on whenever enough has come together.
final class TextBuffer {
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    private var lineStart = 0

    init() {
        capacity = 128 << 10
        bytes = .allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    /// Runs `body`, then hands on the rest; where `body` fails, the lines it completed are handed on before the error goes on.
    func deliver(_ write: (UnsafeRawBufferPointer) throws -> Void, _ body: () throws -> Void) throws {
        lineStart = count
        do {
            try body()
        } catch {
            count = lineStart
            try flush(write)
            throw error
        }
        try flush(write)
    }

    /// A line is complete. Hands on what has come together once it is enough.
    func endLine(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        lineStart = count
        if count > 64 << 10 { try flush(write) }
    }

    private func flush(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        let length = count
        // Empty first: a failing `write` is not asked again.
        (count, lineStart) = (0, 0)
        if length > 0 { try write(UnsafeRawBufferPointer(start: bytes, count: length)) }
    }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity * 2, count + more))
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
        capacity = max(capacity * 2, count + more)
    }

    func append(_ byte: UInt8) {
        reserve(1)
        bytes[count] = byte
        count += 1
    }

    func append(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress, !text.isEmpty else { return }
        reserve(text.count)
        UnsafeMutableRawPointer(bytes + count).copyMemory(from: base, byteCount: text.count)
        count += text.count
    }

    func append(_ text: [UInt8]) { text.withUnsafeBytes { append($0) } }

    func append(_ number: UInt64) {
        reserve(20)
        var rest = number
        var digits = 1
        var limit: UInt64 = 10
        while rest >= limit, digits < 20 {
            digits += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        var position = count + digits
        count = position
        repeat {
            position -= 1
            bytes[position] = UInt8(truncatingIfNeeded: rest % 10) + 48
            rest /= 10
        } while rest > 0
    }

    func append(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(number.magnitude)
    }

    /// Exactly `width` digits, zeros in front.
    private func append(padded number: UInt64, width: Int) {
        reserve(width)
        var rest = number
        var position = count + width
        count = position
        for _ in 0..<width {
            position -= 1
            bytes[position] = UInt8(truncatingIfNeeded: rest % 10) + 48
            rest /= 10
        }
    }

    /// A price in 1e-9 units with its nine decimals.
    func append(price: Int64) {
        if price < 0 { append(UInt8(ascii: "-")) }
        append(price.magnitude / 1_000_000_000)
        append(UInt8(ascii: "."))
        append(padded: price.magnitude % 1_000_000_000, width: 9)
    }

    /// An instant as `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`; unsigned nanoseconds reach the year 2554.
    func append(time nanos: UInt64) {
        let seconds = nanos / 1_000_000_000
        let date = CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: seconds / 86_400)).components
        append(padded: UInt64(truncatingIfNeeded: date.year), width: 4)
        append(UInt8(ascii: "-"))
        append(padded: UInt64(truncatingIfNeeded: date.month), width: 2)
        append(UInt8(ascii: "-"))
        append(padded: UInt64(truncatingIfNeeded: date.day), width: 2)
        append(UInt8(ascii: "T"))
        append(padded: seconds / 3600 % 24, width: 2)
        append(UInt8(ascii: ":"))
        append(padded: seconds / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(padded: seconds % 60, width: 2)
        append(UInt8(ascii: "."))
        append(padded: nanos % 1_000_000_000, width: 9)
        append(UInt8(ascii: "Z"))
    }
}
