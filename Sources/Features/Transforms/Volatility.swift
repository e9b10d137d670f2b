extension TransformCatalogue {
    static let volatility: [TransformDefinition] = []
}
