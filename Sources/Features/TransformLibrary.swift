public import Contracts

/// The transforms that a workspace can name: the catalogue, and those that its spec/features/*.yaml compose.
public struct TransformLibrary: Sendable {
    public static let builtIn = TransformLibrary(composed: [])

    private let composed: [String: TransformDefinition]

    /// - Parameter composed: names differ from each other and from the catalogue's.
    public init(composed: [TransformDefinition]) {
        self.composed = Dictionary(composed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func named(_ name: String) -> TransformDefinition? { TransformCatalogue.named(name) ?? composed[name] }

    /// The one that a feature's row names. For a feature made of features the combinations come first.
    public func transform(of spec: FeatureSpec) -> TransformDefinition? {
        if case .features = spec.inputs, let combination = TransformCatalogue.combination(spec.transform) { return combination }
        return named(spec.transform)
    }

    /// The catalogue, then what is composed, then what only makes features of features.
    public var all: [TransformDefinition] {
        TransformCatalogue.all + composed.values.sorted { $0.name < $1.name }
            + TransformCatalogue.combinations.filter { TransformCatalogue.named($0.name) == nil }
    }

    public var names: [String] { TransformCatalogue.names + composed.keys.sorted() }
}
