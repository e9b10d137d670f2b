import Contracts
import Features
import Labels
import Lake
import Pipeline
import Primitives

// Labels as other programs and tables see them.

extension LabelDefinition {
    /// - Parameter spec: a name that carries parameters, where one was asked for.
    func json(_ spec: LabelSpec? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "family": .string(family.rawValue), "formula": .string(formula), "source": .string(source),
            "units": .string(units), "version": .int(Int64(version)), "cost": .string(cost),
            "inputs": .array(inputs.map { .string($0.rawValue) }), "parameters": .array(parameters.map(\.json)),
            "columns": .array(
                sides.map { side -> JSONValue in
                    [
                        "name": .string(side.name), "meaning": .string(side.meaning),
                        "type": .string(side.isInstant ? "instant" : "number"),
                    ]
                }),
        ]
        if let spec, spec.name != name {
            members["asked"] = ["name": .string(spec.name), "parameters": .object(spec.parameters)]
        }
        return .object(members)
    }
}

extension LabelRowSpec {
    var readsText: String {
        [("volatility", volatilityFeatureID), ("side", sideFeatureID), ("benchmark", benchmarkInstrumentID)]
            .compactMap { name, id in id.map { "\(name) \($0)" } }.joined(separator: ", ")
            + (memberLabelIDs.isEmpty ? "" : "compares " + memberLabelIDs.joined(separator: ", "))
    }

    var json: JSONValue {
        func text(_ id: String?) -> JSONValue { id.map { .string($0) } ?? .null }
        return [
            "label_id": .string(id), "name": .string(name), "instrument_id": .string(instrumentID), "label": .string(label),
            "parameters": .object(parameters), "volatility_feature_id": text(volatilityFeatureID),
            "side_feature_id": text(sideFeatureID), "benchmark_instrument_id": text(benchmarkInstrumentID),
            "member_label_ids": .array(memberLabelIDs.map { .string($0) }),
            "tags": .array(tags.map { .string($0) }),
        ]
    }
}

extension LabelOutcome {
    var action: String { wasBuilt ? "built" : "up to date" }

    var json: JSONValue {
        [
            "label_id": .string(id), "spec_hash": .string(specHash), "rows": .int(Int64(rows)),
            "labelled": .int(Int64(labelled)), "pending": .int(Int64(pending)), "as_of": asOf.map { .string($0) } ?? .null,
            "action": .string(action), "folder": .string(folder), "sha256": .string(digest),
        ]
    }
}

extension LabelSample {
    var json: JSONValue {
        [
            "label_id": .string(id), "rows": .int(Int64(rows)), "effective_rows": .double(effectiveRows),
            "first_decision": decisions.map { .string($0.lowerBound.description) } ?? .null,
            "last_decision": decisions.map { .string($0.upperBound.description) } ?? .null, "path": .string(file.path),
            "bytes": .int(Int64(file.bytes)), "sha256": .string(file.digest.hex),
        ]
    }
}

extension LabelAuditOutcome {
    var json: JSONValue {
        [
            "label_id": .string(id), "leaks": .array(leaks.map(\.json)), "rows": .int(Int64(rows)),
            "labelled": .int(Int64(labelled)), "pending": .int(Int64(pending)),
        ]
    }
}
