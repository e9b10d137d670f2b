extension TransformCatalogue {
    static let calendar: [TransformDefinition] = []
}
