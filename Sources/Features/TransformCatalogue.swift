/// Every transform that the program knows.
public enum TransformCatalogue {
    /// By family, in the order in which lists show them. Names are unique.
    public static let all: [TransformDefinition] =
        basics + trend + momentum + bands + volume + volatility + normalisation + moments + smoothing + regime + relations
        + microstructure + funding + calendar + sessionRange

    public static let names: [String] = all.map(\.name)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static func named(_ name: String) -> TransformDefinition? { byName[name] }
}
