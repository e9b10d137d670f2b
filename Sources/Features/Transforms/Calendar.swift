// What the calendar alone says of a row: known long before it.
extension TransformCatalogue {
    static let calendar: [TransformDefinition] = dateTransforms + clockTransforms
}
