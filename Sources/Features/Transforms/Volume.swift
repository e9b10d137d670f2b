extension TransformCatalogue {
    static let volume: [TransformDefinition] = []
}
