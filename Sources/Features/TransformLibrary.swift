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

    /// The one that a feature's row names.
    public func transform(of spec: FeatureSpec) -> TransformDefinition? {
        if case .features(let ids) = spec.inputs { return combining(spec.transform, inputs: ids.count) }
        return named(spec.transform)
    }

    /// What makes one feature of several: the combination of this name that takes as many, else the transform.
    public func combining(_ name: String, inputs: Int) -> TransformDefinition? {
        let combination = TransformCatalogue.combination(name)
        if let combination, combination.columnCounts.contains(inputs) { return combination }
        return named(name) ?? combination
    }

    /// The catalogue, then what is composed: what features may name as their transform.
    public var all: [TransformDefinition] { TransformCatalogue.all + composed.values.sorted { $0.name < $1.name } }

    /// What only makes features of features.
    public var combinations: [TransformDefinition] { TransformCatalogue.combinations.filter { named($0.name) == nil } }

    public var names: [String] { TransformCatalogue.names + composed.keys.sorted() }
}
