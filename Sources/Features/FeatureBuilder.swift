public import Contracts
import Primitives

/// Turns an input series into a feature: missing values first, then the transform.
public enum FeatureBuilder {
    /// - Throws: `FeatureError`.
    public static func build(_ spec: FeatureSpec, input: Series) throws -> Feature {
        for index in input.labels.indices.dropFirst() where input.labels[index] <= input.labels[index - 1] {
            throw FeatureError.labelsNotIncreasing(series: input.name, label: input.labels[index])
        }
        guard let transform = TransformCatalogue.named(spec.transform) else {
            throw FeatureError.unknownTransform(feature: spec.id, transform: spec.transform)
        }
        var kernel = try transform.makeKernel(spec.parameters, feature: spec.id)
        let clean = try applyMissingPolicy(spec, input)
        let values = kernel.apply([clean.values])
        let series = Series(name: spec.id, labels: clean.labels, values: values, availableAt: clean.availableAt)
        return Feature(id: spec.id, lagRows: spec.lagRows, series: series)
    }

    private static func applyMissingPolicy(_ spec: FeatureSpec, _ input: Series) throws -> Series {
        guard let first = input.values.firstIndex(where: \.isNaN) else { return input }
        switch spec.missingPolicy {
        case .error: throw FeatureError.missingValue(feature: spec.id, label: input.labels[first])
        case .drop:
            let kept = input.values.indices.filter { !input.values[$0].isNaN }
            return Series(
                name: input.name, labels: kept.map { input.labels[$0] }, values: kept.map { input.values[$0] },
                availableAt: kept.map { input.availableAt[$0] })
        case .ffill: return fill(input) { $0 }
        case .zero: return fill(input) { _ in 0 }
        }
    }

    /// Replaces each NaN by a function of the last known value (NaN before the first).
    private static func fill(_ input: Series, _ replacement: (Double) -> Double) -> Series {
        var last = Double.nan
        let values = input.values.map { value in
            if value.isNaN { return replacement(last) }
            last = value
            return value
        }
        return Series(name: input.name, labels: input.labels, values: values, availableAt: input.availableAt)
    }
}
