import Contracts
public import Features
public import Primitives

/// Where a feature's value at a time comes from.
public struct FeatureExplanation: Sendable {
    /// The row of one input that was in force.
    public struct Input: Sendable {
        public let name: String
        /// nil before the input's first known row.
        public let row: Feature.Reading?
        /// How many rows the input had by then.
        public let rowsKnown: Int
        /// Where the row stands in a raw file; nil where its rows are not those of one.
        public var place: Place?
    }

    /// A row of a file.
    public struct Place: Hashable, Sendable {
        /// As manifests store it: relative to the workspace.
        public let path: String
        /// From 1, headers not counted.
        public let row: Int
    }

    /// A file that the value rests on.
    public struct Source: Sendable {
        public let role: String
        /// As manifests store it: relative to the workspace.
        public let path: String
        public let sha256: String
    }

    public let id: String
    public let time: UnixNanos
    /// nil where no row was known.
    public let reading: Feature.Reading?
    public let transform: String
    public let formula: String
    public let units: String
    public let parameters: [String: JSONValue]
    public let specHash: String
    public let inputs: [Input]
    /// The features it is made of, each explained at the time its value was taken.
    public let parents: [FeatureExplanation]
    /// The files that were read, and the raw ones they were made from.
    public let sources: [Source]

    init(_ built: BuiltFeature, at time: UnixNanos, _ workspace: Workspace) throws {
        let resolved = built.resolved
        id = built.id
        self.time = time
        reading = try built.feature.reading(decisionTime: time, label: time)
        transform = resolved.recipe.transform.name
        formula = resolved.recipe.transform.formula
        units = resolved.recipe.transform.units
        parameters = resolved.recipe.parameters.values
        specHash = built.specHash
        let instant = reading?.availableAt
        inputs = resolved.series.enumerated().map { index, series in
            guard let instant else { return Input(name: series.name, row: nil, rowsKnown: 0) }
            let row = series.rowsKnown(at: [instant])[0]
            return Input(
                name: series.name,
                row: row < 0
                    ? nil
                    : Feature.Reading(
                        label: series.labels[row], availableAt: series.availableAt[row], value: series.values[row]),
                rowsKnown: row + 1,
                place: row < 0 || index >= resolved.rawRows.count
                    ? nil : resolved.rawRows[index].map { Place(path: $0.file, row: $0.before + row + 1) })
        }
        parents = try resolved.parents.map { try FeatureExplanation($0, at: instant ?? time, workspace) }
        sources = try resolved.files.flatMap { file in
            [Source(role: file.role, path: file.path, sha256: file.digest.hex)] + (try Self.rawFiles(of: file, workspace))
        }
    }

    /// A derived table's manifest names the raw files behind it; a dataset's file is raw itself.
    private static func rawFiles(of file: InputFile, _ workspace: Workspace) throws -> [Source] {
        let parts = workspace.absolute(file.path).split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let manifest = parts.joined(separator: "/") + "/manifest.json"
        guard file.path.hasSuffix(".parquet"), FileBytes.exists(manifest),
            let inputs = try JSONParser.parse(FileBytes.readText(manifest))["inputs"]?.arrayValue
        else { return [] }
        return inputs.map {
            Source(
                role: "raw", path: $0["raw"]?.stringValue ?? "", sha256: $0["sha256"]?.stringValue ?? "")
        }
    }
}
