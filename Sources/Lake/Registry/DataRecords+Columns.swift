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
        RegistryColumn("sha256", "VARCHAR", key: true), RegistryColumn("bytes", "BIGINT"), RegistryColumn("rows", "BIGINT"),
        RegistryColumn("first_ts", "TIMESTAMP_NS", nullable: true), RegistryColumn("last_ts", "TIMESTAMP_NS", nullable: true),
        RegistryColumn("schema", "VARCHAR"), RegistryColumn("ingest_time", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [
            .text(datasetID), .text(sourceName), .text(rawPath), SQLValue(canonicalPath), .text(sha256), .int(bytes), .int(rows),
            SQLValue(firstTime), SQLValue(lastTime), .text(schema), .timestamp(ingestTime),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), sourceName: try row.text("source_name"), rawPath: try row.text("raw_path"),
            canonicalPath: try row.optionalText("canonical_path"), sha256: try row.text("sha256"), bytes: try row.int("bytes"),
            rows: try row.int("rows"), firstTime: try row.optionalTime("first_ts"), lastTime: try row.optionalTime("last_ts"),
            schema: try row.text("schema"), ingestTime: try row.time("ingest_time"))
    }
}

extension CoverageRecord {
    public static let table = "coverage"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("trade_date", "DATE", key: true),
        RegistryColumn("rows", "BIGINT"), RegistryColumn("first_ts", "TIMESTAMP_NS"), RegistryColumn("last_ts", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [.text(datasetID), .date(tradeDate), .int(rows), .timestamp(firstTime), .timestamp(lastTime)]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), tradeDate: try row.date("trade_date"), rows: try row.int("rows"),
            firstTime: try row.time("first_ts"), lastTime: try row.time("last_ts"))
    }
}

extension VintageRecord {
    public static let table = "vintages"
    public static let columns = [
        RegistryColumn("dataset_id", "VARCHAR", key: true), RegistryColumn("vintage", "BIGINT", key: true),
        RegistryColumn("sha256", "VARCHAR"), RegistryColumn("canonical_path", "VARCHAR"), RegistryColumn("rows", "BIGINT"),
        RegistryColumn("first_revision", "DATE", nullable: true), RegistryColumn("ingest_time", "TIMESTAMP_NS"),
    ]

    public func values() -> [SQLValue] {
        [
            .text(datasetID), .int(vintage), .text(sha256), .text(canonicalPath), .int(rows),
            firstRevision.map { .date($0) } ?? .null, .timestamp(ingestTime),
        ]
    }

    public init(_ row: RegistryRow) throws {
        self.init(
            datasetID: try row.text("dataset_id"), vintage: try row.int("vintage"), sha256: try row.text("sha256"),
            canonicalPath: try row.text("canonical_path"), rows: try row.int("rows"),
            firstRevision: try row.optionalDate("first_revision"), ingestTime: try row.time("ingest_time"))
    }
}
