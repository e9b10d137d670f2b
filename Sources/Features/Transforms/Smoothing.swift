extension TransformCatalogue {
    static let smoothing: [TransformDefinition] = []
}
