extension TransformCatalogue {
    static let bands: [TransformDefinition] = []
}
