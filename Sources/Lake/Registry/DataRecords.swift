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
    /// sha256 of the standardised form.
    public var canonicalSHA256: String?
    /// Names the standardised form: a digest of the raw content and of all that shapes its standardising.
    public var canonicalKey: String?
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
        datasetID: String, sourceName: String, rawPath: String, canonicalPath: String?, canonicalSHA256: String?,
        canonicalKey: String?, sha256: String, bytes: Int64, rows: Int64, firstTime: UnixNanos?, lastTime: UnixNanos?,
        schema: String, ingestTime: UnixNanos
    ) {
        self.datasetID = datasetID
        self.sourceName = sourceName
        self.rawPath = rawPath
        self.canonicalPath = canonicalPath
        self.canonicalSHA256 = canonicalSHA256
        self.canonicalKey = canonicalKey
        self.sha256 = sha256
        self.bytes = bytes
        self.rows = rows
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.schema = schema
        self.ingestTime = ingestTime
    }
}

/// What one file holds of one symbol on one UTC date.
public struct CoverageRecord: RegistryRecord {
    public var datasetID: String
    /// sha256 of the raw file.
    public var sha256: String
    public var symbol: String
    public var utcDate: CivilDate
    public var rows: Int64
    public var firstTime: UnixNanos
    public var lastTime: UnixNanos

    public init(
        datasetID: String, sha256: String, symbol: String, utcDate: CivilDate, rows: Int64, firstTime: UnixNanos,
        lastTime: UnixNanos
    ) {
        self.datasetID = datasetID
        self.sha256 = sha256
        self.symbol = symbol
        self.utcDate = utcDate
        self.rows = rows
        self.firstTime = firstTime
        self.lastTime = lastTime
    }
}

/// One change of a dataset whose history may be revised: which file came into force. A file that comes into force again has
/// several.
public struct VintageRecord: RegistryRecord {
    public var datasetID: String
    /// 1 for the first, one more for each change. Of a daily series the highest is in force, of trades the highest of each source
    /// name.
    public var vintage: Int64
    /// The name under which the file was offered.
    public var sourceName: String
    public var sha256: String
    public var rows: Int64
    /// The first date whose value differs from the vintage before; nil for the first vintage and for pure additions.
    public var firstRevision: CivilDate?
    public var ingestTime: UnixNanos

    public init(
        datasetID: String, vintage: Int64, sourceName: String, sha256: String, rows: Int64, firstRevision: CivilDate?,
        ingestTime: UnixNanos
    ) {
        self.datasetID = datasetID
        self.vintage = vintage
        self.sourceName = sourceName
        self.sha256 = sha256
        self.rows = rows
        self.firstRevision = firstRevision
        self.ingestTime = ingestTime
    }
}
