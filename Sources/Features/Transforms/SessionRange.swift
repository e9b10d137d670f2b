// What happened since the open of the session, and in the sessions before. A row with a missing input is passed over: it says
// NaN and changes nothing.
extension TransformCatalogue {
    static let sessionRange: [TransformDefinition] =
        sessionTransforms + openingTransforms + previousSessionTransforms + seasonalityTransforms
}
