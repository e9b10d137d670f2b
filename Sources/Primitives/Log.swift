internal import Glibc

/// Structured log lines on standard error: a person's line on a terminal, one JSON object a line elsewhere.
public struct Log: Sendable {
    public enum Level: Int, Comparable, Sendable {
        case debug, info, warning, error
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
        var name: String { ["debug", "info", "warning", "error"][rawValue] }
    }

    public let minimum: Level
    private let clock: any Clock
    private let asJSON: Bool
    private let sink: @Sendable (String) -> Void

    public init(minimum: Level = .info, clock: any Clock, asJSON: Bool, sink: (@Sendable (String) -> Void)? = nil) {
        self.minimum = minimum
        self.clock = clock
        self.asJSON = asJSON
        self.sink =
            sink ?? { line in
                let bytes = Array((line + "\n").utf8)
                _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            }
    }

    public func debug(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.debug, message, fields) }
    public func info(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.info, message, fields) }
    public func warning(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.warning, message, fields) }
    public func error(_ message: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) { emit(.error, message, fields) }

    private func emit(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, JSONValue>) {
        guard level >= minimum else { return }
        if asJSON {
            var members: [String: JSONValue] = [
                "time": .string(clock.now.description), "level": .string(level.name), "message": .string(message),
            ]
            for (key, value) in fields { members[key] = value }
            sink((try? CanonicalJSON.text(.object(members))) ?? message)
        } else {
            let detail = fields.map { " \($0.key)=" + ((try? CanonicalJSON.text($0.value)) ?? "?") }.joined()
            sink((level == .info ? "" : level.name + ": ") + message + detail)
        }
    }
}
