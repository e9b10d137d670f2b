import Glibc
import Primitives

/// Standard output (or a test's memory): buffered, errors are thrown, a closed pipe ends the program quietly.
final class OutputWriter: Sendable {
    /// The reader of a pipe went away, as in `apus ... | head`.
    struct Closed: Error {}

    private enum Target {
        case descriptor(Int32)
        case memory
    }

    private let target: Target
    private let buffer = Locked<[UInt8]>([])

    init(descriptor: Int32) { target = .descriptor(descriptor) }

    /// Keeps everything; see `text`.
    init() { target = .memory }

    deinit { try? flush() }

    /// What was written to memory, or not yet flushed to a descriptor.
    var text: String { buffer.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Writes text and a line feed.
    func line(_ text: String = "") throws { try write(text + "\n") }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws {
        let isFull = buffer.withLock { pending in
            pending += bytes
            return pending.count >= 1 << 16
        }
        if isFull { try flush() }
    }

    /// Drops what was not flushed yet.
    func discard() { buffer.withLock { $0.removeAll() } }

    func flush() throws {
        guard case .descriptor(let descriptor) = target else { return }
        try buffer.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            var start = 0
            while start < pending.count {
                let count = pending[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE { throw Closed() }
                    throw ApusError(
                        "output.write", "cannot write to standard output", context: ["reason": String(cString: strerror(errno))])
                }
                start += count
            }
        }
    }
}
