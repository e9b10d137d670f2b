extension TransformCatalogue {
    static let trend: [TransformDefinition] = []
}
