import Contracts
import Features
import Pipeline
import Primitives
import Statistics

// The features' values as other programs and tables see them.

extension TransformDefinition {
    var readsText: String {
        let columns = columnRoles.joined(separator: ", ")
        let count = columnCounts
        return columns + (count.upperBound > columnRoles.count ? " ... (\(count.lowerBound) to \(count.upperBound))" : "")
    }

    var parametersText: String { parameters.plainText }

    /// nil where a parameter has no default or the data decide.
    var defaultWarmUp: Int? { (try? TransformParameters(self, [:])).flatMap { warmUp($0) } }

    /// Whether the data decide how long the warm-up is.
    var hasOpenWarmUp: Bool {
        // Any value will do for what has no default.
        let given = parameters.filter { $0.isRequired && $0.defaultValue == nil }.map { spec -> (String, JSONValue) in
            let value = spec.range.map { max($0.lowerBound, min(1, $0.upperBound)) } ?? 1
            return (spec.name, spec.kind == .integer ? .int(Int64(value.rounded(.up))) : .double(value))
        }
        return (try? TransformParameters(self, Dictionary(uniqueKeysWithValues: given))).map { warmUp($0) == nil } ?? false
    }

    /// - Parameter combines: whether it only makes features of features.
    func json(combines: Bool) -> JSONValue {
        [
            "name": .string(name), "combines_features": .bool(combines), "family": .string(family.rawValue),
            "formula": .string(formula), "source": .string(source),
            "units": .string(units), "version": .int(Int64(version)),
            "inputs": .array(
                inputs.map { role in
                    switch role {
                    case .column(let name): ["column": .string(name)]
                    case .clock(let clock): ["calendar": .string(clock.rawValue)]
                    }
                }),
            "columns": [.int(Int64(columnCounts.lowerBound)), .int(Int64(columnCounts.upperBound))],
            "warm_up": defaultWarmUp.map { .int(Int64($0)) } ?? .null, "warm_up_depends_on_data": .bool(hasOpenWarmUp),
            "parameters": .array(parameters.map(\.json)),
        ]
    }
}

extension ParameterSpec {
    /// `window  rows of the window; default 20; window must be >= 2`.
    var explanation: String {
        let fallback = defaultValue.map { "default \($0.plainText)" } ?? (isRequired ? "required" : "optional")
        return "\(name)  \(comment); \(fallback)" + (range.map { "; \($0.words(of: name))" } ?? "")
    }

    var json: JSONValue {
        [
            "name": .string(name), "required": .bool(isRequired), "default": defaultValue ?? .null, "comment": .string(comment),
        ]
    }
}

extension [ParameterSpec] {
    /// `window=20 fast`.
    var plainText: String { map { $0.name + ($0.defaultValue.map { "=\($0.plainText)" } ?? "") }.joined(separator: " ") }
}

extension JSONValue {
    /// Short text for a table.
    var plainText: String {
        switch self {
        case .string(let text): text
        default: (try? CanonicalJSON.text(self)) ?? ""
        }
    }
}

extension [String: JSONValue] {
    /// `window=20 fast=5`.
    var plainText: String { sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.plainText)" }.joined(separator: " ") }
}

extension FeatureSpec {
    var inputsText: String {
        switch inputs {
        case .columns(let columns, let source):
            "\(source)" + (instrumentScope.map { "[\($0)]" } ?? "") + "!"
                + (columns.isEmpty ? "*" : columns.map(\.description).joined(separator: ", "))
        case .features(let ids): ids.joined(separator: ", ")
        }
    }

    var json: JSONValue {
        [
            "feature_id": .string(id), "name": .string(name), "transform": .string(transform), "parameters": .object(parameters),
            "inputs": .string(inputsText), "lag_rows": lagRows.map { .int(Int64($0)) } ?? .null,
            "availability_lag_days": availabilityLagDays.map { .int(Int64($0)) } ?? .null,
            "missing_policy": .string(missingPolicy.description), "max_age": maxAge.map { .string($0.description) } ?? .null,
            "tags": .array(tags.map { .string($0) }),
        ]
    }
}

extension FeatureLeak {
    var json: JSONValue {
        [
            "test": .string(test.rawValue), "time": .string(time.description), "row": .string(label.description),
            "claimed_known_at": .string(claimedAt.description), "value": .number(value), "recomputed": .number(recomputed),
            "rows": .int(Int64(rows)), "inputs": .array(inputs.map { .string($0) }),
        ]
    }
}

extension AuditVerdict {
    var word: String { leaks.isEmpty ? isUntested ? "untested" : "no leak" : "LEAKS" }
}

extension FeatureAuditOutcome {
    var json: JSONValue {
        [
            "feature_id": .string(id), "verdict": .string(verdict.word), "leaks": .array(leaks.map(\.json)),
            "rows_compared": .int(Int64(verdict.comparedRows)), "rows_with_value": .int(Int64(verdict.valueRows)),
            "times_compared": .int(Int64(verdict.times)),
            "rows": .int(Int64(health.rows)), "declared_warm_up": health.declaredWarmUp.map { .int(Int64($0)) } ?? .null,
            "declared_warm_up_sessions": .int(Int64(health.declaredSessions)),
            "warm_up": .int(Int64(health.countedWarmUp)), "missing_share": .double(health.missingShare),
            "start_dependence": .double(health.startDependence), "lag_sensitivity": .double(health.lagSensitivity),
            "dickey_fuller": .number(health.stationarity?.statistic),
            "dickey_fuller_p_value": .number(health.stationarity?.pValue),
            "revised": revision?.json ?? .null, "published_late": lateness?.json ?? .null,
        ]
    }
}

extension FeatureSensitivity {
    fileprivate var json: JSONValue {
        ["values": .int(Int64(values)), "changed_share": .double(changedShare), "mean_change": .double(meanChange)]
    }
}

extension FeatureExplanation {
    var json: JSONValue {
        [
            "feature_id": .string(id), "time": .string(time.description), "reading": reading?.json ?? .null,
            "too_old": tooOld?.json ?? .null,
            "transform": .string(transform), "formula": .string(formula), "units": .string(units),
            "parameters": .object(parameters), "max_age": maxAge.map { .string($0.description) } ?? .null,
            "spec_hash": .string(specHash), "decision_bar": decisionBar.map { .string($0.description) } ?? .null,
            "inputs": .array(
                inputs.map {
                    [
                        "name": .string($0.name), "row": $0.row?.json ?? .null, "rows_known": .int(Int64($0.rowsKnown)),
                        "too_old": .bool($0.isTooOld),
                        "file": $0.place.map { .string($0.path) } ?? .null,
                        "file_row": $0.place.map { .int(Int64($0.row)) } ?? .null,
                    ]
                }),
            "features": .array(parents.map(\.json)),
            "files": .array(
                sources.map { ["role": .string($0.role), "path": .string($0.path), "sha256": .string($0.sha256)] }),
        ]
    }
}

extension Feature.Reading {
    fileprivate var json: JSONValue {
        [
            "label": .string(label.description), "available_at": .string(availableAt.description), "value": .number(value),
        ]
    }
}

extension JSONValue {
    /// A number where there is a finite one.
    static func number(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .double($0) : nil } ?? .null }
}

extension FeatureHealth {
    /// The counted warm-up, and the declared one where it is another.
    var warmUpText: String {
        let sessions = declaredSessions == 0 ? "" : " and \(declaredSessions) session\(declaredSessions == 1 ? "" : "s")"
        guard let declaredWarmUp else { return "\(countedWarmUp), by the data\(sessions)" }
        return sessions.isEmpty && declaredWarmUp == countedWarmUp
            ? "\(countedWarmUp)" : "\(countedWarmUp), declared \(declaredWarmUp)\(sessions)"
    }
}
