public import Primitives

/// A feature as it was last built: what it is made of, and where its column lies.
public struct FeatureRecord: RegistryRecord {
    public var featureID: String
    /// Names the folder in the feature cache; changes with anything that the column means.
    public var specHash: String
    /// Transforms with versions and parameters.
    public var recipe: JSONValue
    /// Sources with their availability, or the spec hashes of the features it is made of.
    public var dependencies: JSONValue
    public var inputsDigest: String
    public var asOf: String
    public var rows: Int64
    /// Relative to the workspace.
    public var path: String
    /// SHA-256 of the column's file.
    public var digest: String

    public init(
        featureID: String, specHash: String, recipe: JSONValue, dependencies: JSONValue, inputsDigest: String, asOf: String,
        rows: Int64, path: String, digest: String
    ) {
        self.featureID = featureID
        self.specHash = specHash
        self.recipe = recipe
        self.dependencies = dependencies
        self.inputsDigest = inputsDigest
        self.asOf = asOf
        self.rows = rows
        self.path = path
        self.digest = digest
    }
}

extension FeatureRecord {
    public static let table = "features"
    public static let columns = [
        RegistryColumn("feature_id", "VARCHAR", key: true), RegistryColumn("spec_hash", "VARCHAR"),
        RegistryColumn("recipe", "VARCHAR"), RegistryColumn("dependencies", "VARCHAR"),
        RegistryColumn("inputs_digest", "VARCHAR"), RegistryColumn("as_of", "VARCHAR"), RegistryColumn("rows", "BIGINT"),
        RegistryColumn("path", "VARCHAR"), RegistryColumn("digest", "VARCHAR"),
    ]

    public func values() throws -> [SQLValue] {
        [
            .text(featureID), .text(specHash), try .json(recipe), try .json(dependencies), .text(inputsDigest), .text(asOf),
            .int(rows), .text(path), .text(digest),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            featureID: try row.text("feature_id"), specHash: try row.text("spec_hash"), recipe: try row.json("recipe"),
            dependencies: try row.json("dependencies"), inputsDigest: try row.text("inputs_digest"), asOf: try row.text("as_of"),
            rows: try row.int("rows"), path: try row.text("path"), digest: try row.text("digest"))
    }
}
