/// Every label that the program knows.
public enum LabelCatalogue {
    /// By family, in the order in which lists show them. Names are unique.
    public static let all: [LabelDefinition] = returns + barriers + excursions + trends + percentiles + crossSections

    public static let names: [String] = all.map(\.name)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static func named(_ name: String) -> LabelDefinition? { byName[name] }
}
