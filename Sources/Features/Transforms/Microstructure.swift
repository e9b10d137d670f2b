// Who trades, at what cost and how much is quoted.
extension TransformCatalogue {
    static let microstructure: [TransformDefinition] =
        flowTransforms + divergenceTransforms + spreadEstimators + impactTransforms + toxicityTransforms + quoteTransforms
        + profileTransforms
}
