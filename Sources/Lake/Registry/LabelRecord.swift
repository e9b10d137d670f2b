public import Primitives

/// A label as it was last built: what it is made of, and where its column lies.
public struct LabelRecord: RegistryRecord {
    public var labelID: String
    /// Names the folder in the labels' cache; changes with anything that the column means.
    public var specHash: String
    /// Definition with version and parameters.
    public var definition: JSONValue
    /// Instruments, and the features that it reads.
    public var dependencies: JSONValue
    public var inputsDigest: String
    /// When the last bar was known.
    public var asOf: String
    public var rows: Int64
    /// Rows whose outcome lies beyond the data.
    public var pending: Int64
    /// Relative to the workspace.
    public var path: String
    /// SHA-256 of the column's file.
    public var digest: String

    public init(
        labelID: String, specHash: String, definition: JSONValue, dependencies: JSONValue, inputsDigest: String, asOf: String,
        rows: Int64, pending: Int64, path: String, digest: String
    ) {
        self.labelID = labelID
        self.specHash = specHash
        self.definition = definition
        self.dependencies = dependencies
        self.inputsDigest = inputsDigest
        self.asOf = asOf
        self.rows = rows
        self.pending = pending
        self.path = path
        self.digest = digest
    }
}

extension LabelRecord {
    public static let table = "labels"
    public static let columns = [
        RegistryColumn("label_id", "VARCHAR", key: true), RegistryColumn("spec_hash", "VARCHAR"),
        RegistryColumn("definition", "VARCHAR"), RegistryColumn("dependencies", "VARCHAR"),
        RegistryColumn("inputs_digest", "VARCHAR"), RegistryColumn("as_of", "VARCHAR"), RegistryColumn("rows", "BIGINT"),
        RegistryColumn("pending", "BIGINT"), RegistryColumn("path", "VARCHAR"), RegistryColumn("digest", "VARCHAR"),
    ]

    public func values() throws -> [SQLValue] {
        [
            .text(labelID), .text(specHash), try .json(definition), try .json(dependencies), .text(inputsDigest), .text(asOf),
            .int(rows), .int(pending), .text(path), .text(digest),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            labelID: try row.text("label_id"), specHash: try row.text("spec_hash"), definition: try row.json("definition"),
            dependencies: try row.json("dependencies"), inputsDigest: try row.text("inputs_digest"), asOf: try row.text("as_of"),
            rows: try row.int("rows"), pending: try row.int("pending"), path: try row.text("path"),
            digest: try row.text("digest"))
    }
}
