extension TransformCatalogue {
    static let sessionRange: [TransformDefinition] = []
}
