internal import Glibc

/// Structured log lines: a person's line, or one JSON object a line. They go to standard error, and to a file where there is one.
public struct Log: Sendable {
    public enum Level: Int, Comparable, Sendable {
        case debug, info, warning, error
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
        var name: String { ["debug", "info", "warning", "error"][rawValue] }
    }

    private struct Output: Sendable {
        let minimum: Level
        let asJSON: Bool
        let sink: @Sendable (String) -> Void
    }

    private let clock: any Clock
    private var outputs: [Output]

    public init(minimum: Level = .info, clock: any Clock, asJSON: Bool, sink: (@Sendable (String) -> Void)? = nil) {
        self.clock = clock
        let standard: @Sendable (String) -> Void = { line in
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
        outputs = [Output(minimum: minimum, asJSON: asJSON, sink: sink ?? standard)]
    }

    /// The same log, which also appends every line from `minimum` on to a file, one JSON object a line.
    ///
    /// A line is one write, so lines of several processes do not mix. A full disk loses lines and stops nobody.
    /// - Throws: `ApusError` `file.write` where the file cannot be opened.
    public func appending(to path: String, minimum: Level = .debug) throws -> Log {
        let file = try LogFile(path)
        var log = self
        log.outputs.append(Output(minimum: minimum, asJSON: true) { file.append($0) })
        return log
    }

    public func debug(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.debug, message, fields) }
    public func info(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.info, message, fields) }
    public func warning(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.warning, message, fields) }
    public func error(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.error, message, fields) }

    public func emit(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
        for output in outputs where level >= output.minimum {
            output.sink(output.asJSON ? json(level, message, fields) : text(level, message, fields))
        }
    }

    private func json(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, JSONValue>) -> String {
        var members: [String: JSONValue] = [
            "time": .string(clock.now.description), "level": .string(level.name), "message": .string(message),
        ]
        for (key, value) in fields { members[key] = value }
        return (try? CanonicalJSON.text(.object(members))) ?? message
    }

    private func text(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, JSONValue>) -> String {
        let detail = fields.map { " \($0.key)=" + ((try? CanonicalJSON.text($0.value)) ?? "?") }.joined()
        return (level == .info ? "" : level.name + ": ") + message + detail
    }
}

/// A file that only grows.
private final class LogFile: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        try AtomicFile.createFolder(AtomicFile.parent(of: path))
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.write(path, errno) }
    }

    deinit { close(descriptor) }

    func append(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
