extension TransformCatalogue {
    static let regime: [TransformDefinition] = []
}
