// Two series, or one among many.
extension TransformCatalogue {
    static let relations: [TransformDefinition] = pairRelations + regressionRelations + kalmanRelations + crossSections
}
