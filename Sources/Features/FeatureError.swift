public import Primitives

/// What can be wrong with a feature.
public enum FeatureError: Error, Equatable, CustomStringConvertible {
    /// A decision asked for a value that nobody knew yet.
    case notAvailable(feature: String, decisionTime: UnixNanos, availableTime: UnixNanos)
    case missingValue(feature: String, label: UnixNanos)
    case unknownTransform(feature: String, transform: String)
    case badParameter(feature: String, parameter: String, reason: String)
    case wrongInputs(feature: String, transform: String, wants: String, given: Int)
    case labelsNotIncreasing(series: String, label: UnixNanos)

    public var description: String {
        switch self {
        case .notAvailable(let feature, let decision, let available):
            "feature \(feature) was asked for at decision time \(decision) but became available at \(available); "
                + "raise its lag_days or leave lag_days empty to use the latest available value"
        case .missingValue(let feature, let label): "feature \(feature) has no value at \(label) and its missing_policy is error"
        case .unknownTransform(let feature, let transform): "feature \(feature) names the unknown transform \"\(transform)\""
        case .badParameter(let feature, let parameter, let reason): "feature \(feature): parameter \(parameter) \(reason)"
        case .wrongInputs(let feature, let transform, let wants, let given):
            "feature \(feature): \(transform) reads \(wants), \(given) given"
        case .labelsNotIncreasing(let series, let label): "series \(series): labels do not increase at \(label)"
        }
    }
}
