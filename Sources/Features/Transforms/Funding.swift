extension TransformCatalogue {
    static let funding: [TransformDefinition] = []
}
