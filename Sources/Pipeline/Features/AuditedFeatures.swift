import Contracts
import Features
import Primitives

/// Features as one computation from the data on, through all features that they are made of: what an audit repeats on other data.
struct AuditedFeatures {
    private let features: [BuiltFeature]
    /// The columns of data, each once.
    let inputs: [AuditInput]
    /// Where in `inputs` a column of data stands.
    private let places: [String: Int]

    init(_ features: [BuiltFeature]) throws {
        var inputs: [AuditInput] = []
        var places: [String: Int] = [:]
        func visit(_ feature: BuiltFeature) throws {
            let resolved = feature.resolved
            guard resolved.parents.isEmpty else { return try resolved.parents.forEach(visit) }
            for (index, series) in resolved.series.enumerated() {
                let key = try resolved.sourceKey(index)
                guard places[key] == nil else { continue }
                places[key] = inputs.count
                inputs.append(
                    AuditInput(
                        name: series.name,
                        rows: FeatureRows(
                            labels: series.labels, availableAt: series.availableAt, columns: [series.values]),
                        isCalendar: resolved.recipe.transform.isClock(index)))
            }
        }
        try features.forEach(visit)
        self.features = features
        self.inputs = inputs
        self.places = places
    }

    /// What an audit compares: the features of one computation, each parent computed once.
    var subject: AuditSubject {
        AuditSubject(ids: features.map(\.id), inputs: inputs) { inputs in
            let series = inputs.map {
                Series(
                    name: $0.name, labels: $0.rows.labels, values: $0.rows.columns[0], availableAt: $0.rows.availableAt)
            }
            var done: [String: Series] = [:]
            return try features.map { try column($0, series, &done) }
        }
    }

    private func column(_ feature: BuiltFeature, _ data: [Series], _ done: inout [String: Series]) throws -> Series {
        if let known = done[feature.id] { return known }
        let resolved = feature.resolved
        let sources: [Series]
        if resolved.parents.isEmpty {
            sources = try resolved.series.indices.compactMap { places[try resolved.sourceKey($0)].map { data[$0] } }
        } else {
            sources = try resolved.parents.map {
                try $0.delayed(try column($0, data, &done), sessions: resolved.spec.availabilityLagDays ?? 0)
            }
        }
        let result = try resolved.recipe.column(try resolved.recipe.rows(sources))
        done[feature.id] = result
        return result
    }

    /// Features that are made of common ones, or of each other, are audited together: what they share is computed once then.
    static func groups(_ features: [BuiltFeature]) -> [[BuiltFeature]] {
        var groups: [(members: [BuiltFeature], ids: Set<String>)] = []
        for feature in features {
            let ids = feature.lineage
            var merged = (members: [BuiltFeature](), ids: ids)
            for group in groups where !group.ids.isDisjoint(with: ids) {
                merged.members += group.members
                merged.ids.formUnion(group.ids)
            }
            merged.members.append(feature)
            groups.removeAll { !$0.ids.isDisjoint(with: ids) }
            groups.append(merged)
        }
        return groups.map(\.members)
    }
}

extension BuiltFeature {
    /// Its id and those of all features that it is made of.
    var lineage: Set<String> { resolved.parents.reduce(into: [id]) { $0.formUnion($1.lineage) } }
}

extension FeatureStore.Resolved {
    /// Tells a column of data from any other: source with rule and lag, and name.
    fileprivate func sourceKey(_ index: Int) throws -> String {
        try CanonicalJSON.text(identity.arrayValue?[index] ?? .null)
    }
}

extension TransformDefinition {
    fileprivate func isClock(_ index: Int) -> Bool {
        guard index < inputs.count, case .clock = inputs[index] else { return false }
        return true
    }
}
