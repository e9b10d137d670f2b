/// The error that leaves a module's edge: what went wrong, where, and why.
///
/// Pure modules throw small enumerations of their own; adapters and commands throw this.
public struct ApusError: Error, Sendable {
    /// A stable, machine-readable word such as `dbn.truncated`; the part before the dot names the area.
    public let code: String
    /// One sentence for a person, without the place.
    public let message: String
    /// Where: file, offset, sheet, cell, key ... in the order a person would read them.
    public let context: [(key: String, value: String)]
    public let underlying: (any Error)?

    public init(
        _ code: String, _ message: String, context: KeyValuePairs<String, String> = [:], underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.context = context.map { ($0.key, $0.value) }
        self.underlying = underlying
    }

    /// The same error with a place in front of those it names.
    public func adding(_ key: String, _ value: String) -> ApusError { ApusError(self, placed: [(key, value)] + context) }

    private init(_ error: ApusError, placed context: [(key: String, value: String)]) {
        (code, message, underlying) = (error.code, error.message, error.underlying)
        self.context = context
    }
}

extension ApusError: CustomStringConvertible {
    public var description: String {
        var text = message
        if !context.isEmpty {
            text += " (" + context.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + ")"
        }
        if let underlying { text += ": \(underlying)" }
        return text
    }
}
