extension TransformCatalogue {
    static let microstructure: [TransformDefinition] = []
}
