public import Primitives

/// The head of a DBN file: what was asked for and how instruments were named.
public struct DBNMetadata: Hashable, Sendable {
    /// The file's DBN version, 1...3.
    public var version: UInt8
    /// Such as `GLBX.MDP3`; at most 15 bytes in a file.
    public var dataset: String
    /// Nil where the file may mix schemas.
    public var schema: DBNSchema?
    /// Start of the request; nil where undefined.
    public var start: UnixNanos?
    /// End of the request, exclusive; nil where undefined.
    public var end: UnixNanos?
    /// The most records asked for; nil for no limit.
    public var limit: UInt64?
    /// Nil where the request may mix symbologies.
    public var stypeIn: DBNSymbology?
    public var stypeOut: DBNSymbology
    /// Every record ends in 8 more bytes, the time it was sent.
    public var tsOut: Bool
    /// Bytes of a symbol in metadata and records, with the closing zero: 22 in version 1, 71 later.
    public var symbolLength: Int
    public var symbols: [String]
    /// Symbols that did not resolve on at least one day.
    public var partial: [String]
    /// Symbols that resolved on no day.
    public var notFound: [String]
    public var mappings: [DBNSymbolMapping]

    public init(
        version: UInt8 = 3, dataset: String, schema: DBNSchema?, start: UnixNanos?, end: UnixNanos? = nil, limit: UInt64? = nil,
        stypeIn: DBNSymbology? = .rawSymbol, stypeOut: DBNSymbology = .instrumentID, tsOut: Bool = false, symbolLength: Int = 71,
        symbols: [String] = [], partial: [String] = [], notFound: [String] = [], mappings: [DBNSymbolMapping] = []
    ) {
        self.version = version
        self.dataset = dataset
        self.schema = schema
        self.start = start
        self.end = end
        self.limit = limit
        self.stypeIn = stypeIn
        self.stypeOut = stypeOut
        self.tsOut = tsOut
        self.symbolLength = symbolLength
        self.symbols = symbols
        self.partial = partial
        self.notFound = notFound
        self.mappings = mappings
    }
}

/// What one requested symbol was called over time.
public struct DBNSymbolMapping: Hashable, Sendable {
    /// The symbol as it was asked for.
    public var rawSymbol: String
    public var intervals: [DBNMappingInterval]

    public init(rawSymbol: String, intervals: [DBNMappingInterval]) {
        self.rawSymbol = rawSymbol
        self.intervals = intervals
    }
}

/// A stretch of UTC dates, [start, end), in which a symbol had one name in the output symbology.
public struct DBNMappingInterval: Hashable, Sendable {
    public var start: CivilDate
    public var end: CivilDate
    /// Empty where the symbol did not resolve.
    public var symbol: String

    public init(start: CivilDate, end: CivilDate, symbol: String) {
        self.start = start
        self.end = end
        self.symbol = symbol
    }
}
