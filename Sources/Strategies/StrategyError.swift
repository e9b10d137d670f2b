/// What can be wrong with a strategy's configuration.
public enum StrategyError: Error, Equatable, CustomStringConvertible {
    case unknownTemplate(strategy: String, template: String)
    case badParameter(strategy: String, parameter: String, reason: String)
    case missingSecondaryFeature(strategy: String)

    public var description: String {
        switch self {
        case .unknownTemplate(let strategy, let template): "strategy \(strategy) names the unknown template \"\(template)\""
        case .badParameter(let strategy, let parameter, let reason): "strategy \(strategy): parameter \(parameter) \(reason)"
        case .missingSecondaryFeature(let strategy): "strategy \(strategy): its template needs a secondary_feature_id"
        }
    }
}
