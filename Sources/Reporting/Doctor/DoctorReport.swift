public import Primitives

public enum DoctorSeverity: String, Sendable, CaseIterable {
    /// The result cannot be real.
    case error
    /// Somebody should look at it.
    case warning
    /// Good to know.
    case note
}

/// What a check found.
public struct DoctorFinding: Hashable, Sendable {
    public let severity: DoctorSeverity
    /// One sentence with the figures that led to it.
    public let message: String
    /// The first few orders, trades or times.
    public let places: [String]
    /// All of them; 0 where it is about the whole run.
    public let count: Int
    /// What to do about it.
    public let advice: String
}

public enum DoctorVerdict: Hashable, Sendable {
    case fine
    case found(DoctorFinding)
    /// The check could not be made, and why.
    case notChecked(String)

    static func found(
        _ severity: DoctorSeverity, _ message: String, at places: [String] = [], do advice: String
    ) -> DoctorVerdict {
        .found(
            DoctorFinding(
                severity: severity, message: message, places: Array(places.prefix(DoctorThresholds.places)),
                count: places.count, advice: advice))
    }
}

/// What became of all checks, in the order of the catalogue.
public struct DoctorReport: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// Stable, such as `fills.beyond_volume`.
        public let code: String
        /// What is wrong where it speaks, in a few words.
        public let title: String
        public let verdict: DoctorVerdict
    }

    public let entries: [Entry]

    /// Errors first, then warnings, then notes; each in the order of the catalogue.
    public var findings: [(code: String, finding: DoctorFinding)] {
        DoctorSeverity.allCases.flatMap { severity in
            entries.compactMap { entry in
                if case .found(let finding) = entry.verdict, finding.severity == severity { (entry.code, finding) } else { nil }
            }
        }
    }

    /// Checks that could not be made, with the reason.
    public var notChecked: [(code: String, reason: String)] {
        entries.compactMap { entry in
            if case .notChecked(let reason) = entry.verdict { (entry.code, reason) } else { nil }
        }
    }

    public func count(_ severity: DoctorSeverity) -> Int { findings.count { $0.finding.severity == severity } }

    public var passed: Int { entries.count { $0.verdict == .fine } }

    public var json: JSONValue {
        [
            "errors": .int(Int64(count(.error))), "warnings": .int(Int64(count(.warning))), "notes": .int(Int64(count(.note))),
            "findings": .array(
                findings.map { code, finding in
                    [
                        "code": .string(code), "severity": .string(finding.severity.rawValue),
                        "message": .string(finding.message), "count": .int(Int64(finding.count)),
                        "where": .array(finding.places.map { .string($0) }), "advice": .string(finding.advice),
                    ]
                }),
            "not_checked": .array(notChecked.map { ["code": .string($0.code), "reason": .string($0.reason)] }),
            "passed": .array(entries.filter { $0.verdict == .fine }.map { .string($0.code) }),
        ]
    }
}
