extension TransformCatalogue {
    static let relations: [TransformDefinition] = []
}
