extension TransformCatalogue {
    static let momentum: [TransformDefinition] = []
}
