public import Primitives

/// A series that the lake holds: one market, symbol and table.
public struct DatasetRecord: RegistryRecord {
    public var datasetID: String
    public var market: String
    public var symbol: String
    /// `trades`, `mbo`, `daily` ...
    public var tableName: String
    /// Where it comes from, such as `databento` or the name of a workbook.
    public var source: String
    /// Whether a source may change its history; both versions are kept then.
    public var isRevisable: Bool
    public var details: JSONValue

    public init(
        datasetID: String, market: String, symbol: String, tableName: String, source: String, isRevisable: Bool,
        details: JSONValue = .object([:])
    ) {
        self.datasetID = datasetID
        self.market = market
        self.symbol = symbol
        self.tableName = tableName
        self.source = source
        self.isRevisable = isRevisable
        self.details = details
    }
}

/// One ingested file.
public struct FileRecord: RegistryRecord {
    public var datasetID: String
    /// The name at the source, without its folder.
    public var sourceName: String
    /// Where the untouched copy lies, relative to DATA_ROOT.
    public var rawPath: String
    /// Where its standardised form lies, relative to DATA_ROOT; nil where there is none.
    public var canonicalPath: String?
    public var sha256: String
    public var bytes: Int64
    public var rows: Int64
    /// nil for a file without rows.
    public var firstTime: UnixNanos?
    public var lastTime: UnixNanos?
    /// `trades`, `mbo`, `ohlcv-1m`, `daily` ...
    public var schema: String
    public var ingestTime: UnixNanos

    public init(
        datasetID: String, sourceName: String, rawPath: String, canonicalPath: String?, sha256: String, bytes: Int64,
        rows: Int64, firstTime: UnixNanos?, lastTime: UnixNanos?, schema: String, ingestTime: UnixNanos
    ) {
        self.datasetID = datasetID
        self.sourceName = sourceName
        self.rawPath = rawPath
        self.canonicalPath = canonicalPath
        self.sha256 = sha256
        self.bytes = bytes
        self.rows = rows
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.schema = schema
        self.ingestTime = ingestTime
    }
}

/// What a dataset holds of one trade date.
public struct CoverageRecord: RegistryRecord {
    public var datasetID: String
    public var tradeDate: CivilDate
    public var rows: Int64
    public var firstTime: UnixNanos
    public var lastTime: UnixNanos

    public init(datasetID: String, tradeDate: CivilDate, rows: Int64, firstTime: UnixNanos, lastTime: UnixNanos) {
        self.datasetID = datasetID
        self.tradeDate = tradeDate
        self.rows = rows
        self.firstTime = firstTime
        self.lastTime = lastTime
    }
}

/// One version of a series whose history may be revised.
public struct VintageRecord: RegistryRecord {
    public var datasetID: String
    /// 1 for the first version.
    public var vintage: Int64
    public var sha256: String
    /// Relative to DATA_ROOT.
    public var canonicalPath: String
    public var rows: Int64
    /// The first date whose value differs from the vintage before; nil for the first vintage and for pure additions.
    public var firstRevision: CivilDate?
    public var ingestTime: UnixNanos

    public init(
        datasetID: String, vintage: Int64, sha256: String, canonicalPath: String, rows: Int64, firstRevision: CivilDate?,
        ingestTime: UnixNanos
    ) {
        self.datasetID = datasetID
        self.vintage = vintage
        self.sha256 = sha256
        self.canonicalPath = canonicalPath
        self.rows = rows
        self.firstRevision = firstRevision
        self.ingestTime = ingestTime
    }
}
