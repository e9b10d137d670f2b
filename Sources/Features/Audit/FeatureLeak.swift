public import Primitives

/// A value that was claimed to be known and depends on what came later.
public struct FeatureLeak: Hashable, Sendable, CustomStringConvertible {
    public enum Test: String, Sendable {
        /// Recomputed on the data as it was known at the time.
        case truncated
        /// Recomputed with everything after that time changed.
        case perturbed
    }

    public let feature: String
    public let test: Test
    /// The decision time at which the past was compared.
    public let time: UnixNanos
    /// The first row that differs, and when it claims to be known.
    public let label: UnixNanos
    public let claimedAt: UnixNanos
    /// nil where the row does not exist.
    public let value: Double?
    public let recomputed: Double?
    /// How many rows differ.
    public let rows: Int
    /// The inputs whose future alone makes the difference; all of them where none does alone.
    public let inputs: [String]

    public var description: String {
        func text(_ value: Double?) -> String { value.map { $0.isNaN ? "missing" : "\($0)" } ?? "no row" }
        return "\(feature) leaks: at \(time) the row \(label), claimed known at \(claimedAt), is \(text(value)) but "
            + "\(text(recomputed)) when \(test == .truncated ? "nothing later exists" : "what comes later is different") "
            + "(\(rows) row\(rows == 1 ? "" : "s")); input: \(inputs.joined(separator: ", "))"
    }
}

/// What an audit says of one output.
public struct AuditVerdict: Hashable, Sendable {
    public let id: String
    /// At most one a test and time.
    public let leaks: [FeatureLeak]
    /// Rows with a value that were compared with at least one computation; 0 where the output has no value: nothing is proved
    /// then.
    public let comparedRows: Int
    /// Rows with a value.
    public let valueRows: Int
    /// At how many times the past was compared.
    public let times: Int

    public var isUntested: Bool { comparedRows == 0 }
}
