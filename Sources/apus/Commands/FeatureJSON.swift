import Contracts
import Features
import Pipeline
import Primitives

// The features' values as other programs and tables see them.

extension TransformDefinition {
    var readsText: String {
        let columns = columnRoles.joined(separator: ", ")
        let count = columnCounts
        return columns + (count.upperBound > columnRoles.count ? " ... (\(count.lowerBound) to \(count.upperBound))" : "")
    }

    var parametersText: String {
        parameters.map { $0.name + ($0.defaultValue.map { "=\($0.plainText)" } ?? "") }.joined(separator: " ")
    }

    /// nil where a parameter has no default.
    var defaultWarmUp: Int? { (try? TransformParameters(self, [:])).map { warmUp($0) } }

    var json: JSONValue {
        [
            "name": .string(name), "family": .string(family.rawValue), "formula": .string(formula), "source": .string(source),
            "units": .string(units), "version": .int(Int64(version)),
            "inputs": .array(
                inputs.map { role in
                    switch role {
                    case .column(let name): ["column": .string(name)]
                    case .clock(let clock): ["calendar": .string(clock.rawValue)]
                    }
                }),
            "columns": [.int(Int64(columnCounts.lowerBound)), .int(Int64(columnCounts.upperBound))],
            "warm_up": defaultWarmUp.map { .int(Int64($0)) } ?? .null,
            "parameters": .array(
                parameters.map {
                    [
                        "name": .string($0.name), "required": .bool($0.isRequired), "default": $0.defaultValue ?? .null,
                        "comment": .string($0.comment),
                    ]
                }),
        ]
    }
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
            "missing_policy": .string(missingPolicy.description), "tags": .array(tags.map { .string($0) }),
        ]
    }
}

extension FeatureAuditOutcome {
    var json: JSONValue {
        [
            "feature_id": .string(id),
            "leaks": .array(
                leaks.map {
                    [
                        "test": .string($0.test.rawValue), "time": .string($0.time.description),
                        "row": .string($0.label.description), "claimed_known_at": .string($0.claimedAt.description),
                        "value": .number($0.value), "recomputed": .number($0.recomputed), "rows": .int(Int64($0.rows)),
                        "inputs": .array($0.inputs.map { .string($0) }),
                    ]
                }),
            "rows": .int(Int64(health.rows)), "declared_warm_up": .int(Int64(health.declaredWarmUp)),
            "warm_up": .int(Int64(health.countedWarmUp)), "missing_share": .double(health.missingShare),
            "start_dependence": .double(health.startDependence), "lag_sensitivity": .double(health.lagSensitivity),
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
            "transform": .string(transform), "formula": .string(formula), "units": .string(units),
            "parameters": .object(parameters), "spec_hash": .string(specHash),
            "inputs": .array(
                inputs.map {
                    ["name": .string($0.name), "row": $0.row?.json ?? .null, "rows_known": .int(Int64($0.rowsKnown))]
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
