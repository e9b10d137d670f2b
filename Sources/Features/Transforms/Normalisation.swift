extension TransformCatalogue {
    static let normalisation: [TransformDefinition] = []
}
