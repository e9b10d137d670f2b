extension TransformCatalogue {
    static let moments: [TransformDefinition] = []
}
