import Contracts
public import Features
public import Primitives

/// Where a feature's value at a time comes from.
public struct FeatureExplanation: Sendable {
    /// The row of one input that was in force.
    public struct Input: Hashable, Sendable {
        public let name: String
        /// nil before the input's first known row.
        public let row: Feature.Reading?
        /// How many rows the input had by then.
        public let rowsKnown: Int
        /// Whether the row was older than the feature's `max_age` and hence counted as missing.
        public let isTooOld: Bool
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
    /// The bar on which a decision at the time is made, where the feature's `lag_days` counts rows from it.
    public let decisionBar: UnixNanos?
    /// What a decision gets; nil where no row was known, or only one that is too old.
    public let reading: Feature.Reading?
    /// The row that is too old, where there is no other; the inputs and features below are those it was made of.
    public let tooOld: Feature.Reading?
    public let transform: String
    public let formula: String
    public let units: String
    public let parameters: [String: JSONValue]
    public let maxAge: String?
    public let specHash: String
    public let inputs: [Input]
    /// The features it is made of, each explained at the time its value was taken.
    public let parents: [FeatureExplanation]
    /// The files that were read, and the raw ones they were made from.
    public let sources: [Source]

    /// - Parameters:
    ///   - reading: the feature's row that is explained.
    ///   - tooOld: the one to explain where that is nil.
    ///   - decisionBar: see the member.
    init(
        _ built: BuiltFeature, at time: UnixNanos, reading: Feature.Reading?, tooOld: Feature.Reading? = nil,
        decisionBar: UnixNanos? = nil,
        _ workspace: Workspace
    ) throws {
        let resolved = built.resolved
        id = built.id
        self.time = time
        self.decisionBar = decisionBar
        self.reading = reading
        self.tooOld = tooOld
        let last = reading ?? tooOld
        transform = resolved.recipe.transform.name
        formula = resolved.recipe.transform.formula
        units = resolved.recipe.transform.units
        parameters = resolved.recipe.parameters.values
        maxAge = resolved.recipe.maxAge?.description
        specHash = built.specHash
        let rows = resolved.rowsJoined(to: last)
        inputs = zip(resolved.series, rows).enumerated().map { index, input in
            let (series, row) = input
            let found = row.map { series.reading($0) }
            let age = found.flatMap { found in last.map { $0.availableAt.rawValue - found.availableAt.rawValue } }
            let raw = index < resolved.rawRows.count ? resolved.rawRows[index] : nil
            return Input(
                name: series.name, row: found, rowsKnown: row.map { $0 + 1 } ?? 0,
                isTooOld: age.flatMap { age in resolved.recipe.maxAge.map { age > $0.nanos } } ?? false,
                place: row.flatMap { row in raw.map { Place(path: $0.file, row: $0.before + row + 1) } })
        }
        parents = try zip(resolved.parents, rows).map { parent, row in
            try FeatureExplanation(
                parent, at: last?.availableAt ?? time, reading: row.map { parent.column.reading($0) }, workspace)
        }
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

extension Series {
    fileprivate func reading(_ row: Int) -> Feature.Reading {
        Feature.Reading(label: labels[row], availableAt: availableAt[row], value: values[row])
    }
}

extension FeatureStore.Resolved {
    /// The row of each input that the feature's row was computed from, as the join finds them.
    fileprivate func rowsJoined(to reading: Feature.Reading?) -> [Int?] {
        guard let reading, let first = series.first, let own = first.labels.firstIndex(of: reading.label) else {
            return series.map { _ in nil }
        }
        let knownBy = first.availableAt[...own].max() ?? reading.availableAt
        let row = Series(name: first.name, labels: [reading.label], values: [reading.value], availableAt: [knownBy])
        return series.enumerated().map { index, input in
            let found = index == 0 ? own : input.rowsJoined(to: row, knownBy: [knownBy])[0]
            return found < 0 ? nil : found
        }
    }
}
