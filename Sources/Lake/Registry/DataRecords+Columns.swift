import Primitives

extension DatasetRecord {
    public static let table = "datasets"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("market", "VARCHAR"),
        RegistryColumn("symbol", "VARCHAR"),
        RegistryColumn("table_name", "VARCHAR"), RegistryColumn("source", "VARCHAR"), RegistryColumn("is_revisable", "BOOLEAN"),
        RegistryColumn("details", "VARCHAR"),
    ]

    public func values() throws -> [SQLValue] {
        [.text(datasetID), .text(market), .text(symbol), .text(tableName), .text(source), .bool(isRevisable), try .json(details)]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), market: try row.text("market"), symbol: try row.text("symbol"),
            tableName: try row.text("table_name"), source: try row.text("source"), isRevisable: try row.bool("is_revisable"),
            details: try row.json("details"))
    }
}

extension FileRecord {
    public static let table = "files"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("source_name", "VARCHAR"),
        RegistryColumn("raw_path", "VARCHAR"), RegistryColumn("canonical_path", "VARCHAR", nullable: true),
        RegistryColumn("canonical_sha256", "VARCHAR", nullable: true), RegistryColumn("canonical_key", "VARCHAR", nullable: true),
        RegistryColumn("sha256", "VARCHAR", key: true), RegistryColumn("bytes", "BIGINT"), RegistryColumn("rows", "BIGINT"),
        RegistryColumn("first_ts", "TIMESTAMP_NS", nullable: true), RegistryColumn("last_ts", "TIMESTAMP_NS", nullable: true),
        RegistryColumn("schema", "VARCHAR"), RegistryColumn("ingest_time", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [
            .text(datasetID), .text(sourceName), .text(rawPath), SQLValue(canonicalPath), SQLValue(canonicalSHA256),
            SQLValue(canonicalKey), .text(sha256), .int(bytes), .int(rows), SQLValue(firstTime), SQLValue(lastTime),
            .text(schema), .timestamp(ingestTime),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), sourceName: try row.text("source_name"), rawPath: try row.text("raw_path"),
            canonicalPath: try row.optionalText("canonical_path"), canonicalSHA256: try row.optionalText("canonical_sha256"),
            canonicalKey: try row.optionalText("canonical_key"), sha256: try row.text("sha256"), bytes: try row.int("bytes"),
            rows: try row.int("rows"), firstTime: try row.optionalTime("first_ts"), lastTime: try row.optionalTime("last_ts"),
            schema: try row.text("schema"), ingestTime: try row.time("ingest_time"))
    }
}

extension CoverageRecord {
    public static let table = "coverage"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("sha256", "VARCHAR", key: true),
        RegistryColumn("symbol", "VARCHAR", key: true), RegistryColumn("utc_date", "DATE", key: true),
        RegistryColumn("rows", "BIGINT"), RegistryColumn("first_ts", "TIMESTAMP_NS"), RegistryColumn("last_ts", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [
            .text(datasetID), .text(sha256), .text(symbol), .date(utcDate), .int(rows), .timestamp(firstTime),
            .timestamp(lastTime),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), sha256: try row.text("sha256"), symbol: try row.text("symbol"),
            utcDate: try row.date("utc_date"), rows: try row.int("rows"), firstTime: try row.time("first_ts"),
            lastTime: try row.time("last_ts"))
    }
}

extension VintageRecord {
    public static let table = "vintages"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("vintage", "BIGINT", key: true),
        RegistryColumn("source_name", "VARCHAR"), RegistryColumn("sha256", "VARCHAR"),
        RegistryColumn("rows", "BIGINT"), RegistryColumn("first_revision", "DATE", nullable: true),
        RegistryColumn("ingest_time", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [
            .text(datasetID), .int(vintage), .text(sourceName), .text(sha256), .int(rows),
            firstRevision.map { .date($0) } ?? .null, .timestamp(ingestTime),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), vintage: try row.int("vintage"), sourceName: try row.text("source_name"),
            sha256: try row.text("sha256"), rows: try row.int("rows"),
            firstRevision: try row.optionalDate("first_revision"), ingestTime: try row.time("ingest_time"))
    }
}
