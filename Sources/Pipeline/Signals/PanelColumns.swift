import Contracts
import Lake
import Primitives

/// Which columns of a file are read.
struct PanelColumns {
    /// The time first, then the asset where there is such a column, then the values.
    let requests: [(name: String, kind: ScanKind)]
    /// Nil where the file has one asset and no column that names it.
    let assetColumn: String?

    /// Index of a value column in the scan.
    func index(_ value: Int) -> Int { value + (assetColumn == nil ? 1 : 2) }

    /// The names under which ML4T looks for the asset, in its order.
    static let assetNames = ["symbol", "asset", "product", "ticker"]

    init(_ source: ScanSource, _ feed: EngineConfiguration.Feed, _ values: [(name: String, key: String, kind: ScanKind)]) throws {
        let names = Set(source.columnNames)
        func require(_ name: String, _ key: String) throws {
            guard !names.contains(name) else { return }
            let meant = Suggestion.closest(to: name, among: source.columnNames).map { "; did you mean \"\($0)\"?" } ?? ""
            throw ApusError(
                "data.column", "the file lacks a column" + meant,
                context: [
                    "file": source.path, "column": name, "key": key,
                    "columns": source.columnNames.joined(separator: ", "),
                ])
        }
        try require(feed.timestampCol, "feed.timestamp_col")
        if let named = feed.entityCol {
            try require(named, "feed.entity_col")
            assetColumn = named
        } else {
            assetColumn = Self.assetNames.first(where: names.contains)
        }
        for value in values { try require(value.name, value.key) }
        var requests: [(name: String, kind: ScanKind)] = [(feed.timestampCol, .time)]
        if let assetColumn { requests.append((assetColumn, .text)) }
        self.requests = requests + values.map { ($0.name, $0.kind) }
    }
}

/// The value columns of a price file, in the order of `PriceColumn`.
enum PriceColumn: Int, CaseIterable {
    case open, high, low, close, volume, price, vwap, bid, ask, mid, bidSize, askSize

    /// May a bar lack the value?
    var isOptional: Bool { rawValue >= Self.vwap.rawValue }

    /// The column that the feed names and the key that names it; nil where none is read.
    func name(in feed: EngineConfiguration.Feed, of names: [String]) -> (name: String, key: String)? {
        switch self {
        case .open: (feed.openCol, "feed.open_col")
        case .high: (feed.highCol, "feed.high_col")
        case .low: (feed.lowCol, "feed.low_col")
        case .close: (feed.closeCol, "feed.close_col")
        // As in ML4T a file may have no volume; a name that is not the usual one was meant.
        case .volume:
            feed.volumeCol == "volume" && !names.contains("volume") ? nil : (feed.volumeCol, "feed.volume_col")
        case .price: feed.priceCol == feed.closeCol ? nil : (feed.priceCol, "feed.price_col")
        case .vwap: feed.vwapCol.map { ($0, "feed.vwap_col") }
        case .bid: feed.bidCol.map { ($0, "feed.bid_col") }
        case .ask: feed.askCol.map { ($0, "feed.ask_col") }
        case .mid: feed.midCol.map { ($0, "feed.mid_col") }
        case .bidSize: feed.bidSizeCol.map { ($0, "feed.bid_size_col") }
        case .askSize: feed.askSizeCol.map { ($0, "feed.ask_size_col") }
        }
    }
}
