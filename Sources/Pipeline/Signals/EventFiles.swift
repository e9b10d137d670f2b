public import Backtesting
public import Contracts
import Lake
import Market
import Primitives

extension EventFeed {
    /// Opens the files of finer bars, trades and quotes that the configuration names; nil where it names none. They are read
    /// block by block while the backtest runs.
    /// - Parameters:
    ///   - assets: of the prices; rows of other assets are passed over.
    ///   - asset: the name of the only asset of a file of bars without an asset column.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.type`, `data.column`, `data.asset`, `data.empty`.
    public static func open(_ configuration: EngineConfiguration, assets: [String], asset: String) throws -> EventFeed? {
        let section = configuration.apus
        if let path = section.finerBars {
            let file = try FinerBarFile(path, feed: configuration.feed, assets: assets, asset: asset)
            return EventFeed(file.content, instruments: assets.count, place: file.place) { try file.next() }
        }
        guard section.trades != nil || section.quotes != nil else { return nil }
        let quotes = try section.quotes.map { try TickFile($0, .quote, assets: assets) }
        let trades = try section.trades.map { try TickFile($0, .trade, assets: assets) }
        let content = Content.ticks(trades: trades != nil, quotes: quotes != nil)
        return EventFeed(content, instruments: assets.count) {
            // A trade of the same instant met this quote.
            guard let quote = try quotes?.upcoming() else { return try trades?.next() }
            guard let trade = try trades?.upcoming(), trade.time < quote.time else { return try quotes?.next() }
            return try trades?.next()
        }
    }
}

/// Finer bars as events, one after the other.
private final class FinerBarFile {
    let content: EventFeed.Content
    private let path: String
    private let feed: EngineConfiguration.Feed
    private let reader: PanelReader
    /// The backtest's position of each asset of the file; nil for one that it does not have.
    private let instruments: [Int?]
    private var events: [MarketEvent] = []
    private var position = 0

    init(_ path: String, feed: EngineConfiguration.Feed, assets: [String], asset: String) throws {
        (self.path, self.feed) = (path, feed)
        reader = try PanelReader(prices: path, signals: nil, feed: feed, strategy: SignalStrategySpec(), asset: asset)
        let known = Dictionary(zip(assets, assets.indices), uniquingKeysWith: { first, _ in first })
        instruments = reader.assets.map { known[$0] }
        guard instruments.contains(where: { $0 != nil }) else {
            throw ApusError("data.asset", "the file has none of the assets", context: ["file": path])
        }
        var content = EventFeed.Content()
        content.hasVWAP = feed.vwapCol != nil
        content.hasMid = feed.midCol != nil
        content.hasBid = feed.bidCol != nil
        content.hasAsk = feed.askCol != nil
        content.hasBidSize = feed.bidSizeCol != nil
        content.hasAskSize = feed.askSizeCol != nil
        self.content = content
    }

    func next() throws -> MarketEvent? {
        if position == events.count {
            position = 0
            events.removeAll(keepingCapacity: true)
            while events.isEmpty {
                guard try reader.next({ bars, _ in append(bars) }) else { return nil }
            }
        }
        defer { position += 1 }
        return events[position]
    }

    /// Where the file has a bar that something is wrong with. Reads it once more, up to there.
    func place(_ event: MarketEvent) throws -> [(key: String, value: String)] {
        let source = try ScanSource(path)
        let columns = try PanelColumns(source, feed, [])
        let scan = try source.scan(columns.requests)
        let asset = instruments.firstIndex(of: event.instrument).map { reader.assets[$0] } ?? ""
        while try scan.next() {
            for row in 0..<scan.count where scan.times(0)[row] == event.time.rawValue {
                if columns.assetColumn == nil || scan.labels(1)[Int(scan.ordinals(1)[row])] == asset {
                    return [("file", path), ("row", "\(scan.row + row)"), ("asset", asset)]
                }
            }
        }
        return [("file", path), ("asset", asset)]
    }

    private func append(_ bars: BarPanel) {
        var cell = 0
        for time in bars.times {
            for instrument in instruments {
                if let instrument, bars.close[cell].isFinite { events.append(event(bars, cell, time, instrument)) }
                cell += 1
            }
        }
    }

    private func event(_ bars: BarPanel, _ cell: Int, _ time: UnixNanos, _ instrument: Int) -> MarketEvent {
        var event = MarketEvent(.bar, time: time, instrument: instrument)
        event.open = bars.open[cell]
        event.high = bars.high[cell]
        event.low = bars.low[cell]
        event.close = bars.close[cell]
        event.volume = bars.volume[cell]
        event.price = bars.price?[cell] ?? event.close
        event.vwap = bars.vwap?[cell] ?? .nan
        event.bid = bars.bid?[cell] ?? .nan
        event.ask = bars.ask?[cell] ?? .nan
        event.mid = bars.mid?[cell] ?? .nan
        event.bidSize = bars.bidSize?[cell] ?? .nan
        event.askSize = bars.askSize?[cell] ?? .nan
        return event
    }
}

/// Trades or quotes as events, in the order of the file, which is that of time.
private final class TickFile {
    /// What a column may be called: our name first, then Databento's.
    private static let names: [MarketEvent.Kind: [[String]]] = [
        .trade: [["timestamp", "ts_event"], ["price"], ["size"]],
        .quote: [
            ["timestamp", "ts_event"], ["bid", "bid_px_00"], ["ask", "ask_px_00"], ["bid_size", "bid_sz_00"],
            ["ask_size", "ask_sz_00"],
        ],
    ]

    private let path: String
    private let kind: MarketEvent.Kind
    private let scan: ColumnScan
    private let assets: AssetMap?
    private let columns: [String]
    private let first: Int
    private var row = 0
    private var count = 0
    private var last = Int64.min
    private var pending: MarketEvent?
    private var hasEnded = false
    /// No row so far was of an asset of the prices.
    private var isForeign = true

    init(_ path: String, _ kind: MarketEvent.Kind, assets: [String]) throws {
        let source = try ScanSource(path)
        let names = Set(source.columnNames)
        columns = try (Self.names[kind] ?? []).map { candidates in
            if let name = candidates.first(where: names.contains) { return name }
            throw ApusError(
                "data.column", "the file lacks a column",
                context: ["file": path, "column": candidates[0], "columns": source.columnNames.joined(separator: ", ")])
        }
        let assetColumn = PanelColumns.assetNames.first(where: names.contains)
        guard assetColumn != nil || assets.count == 1 else {
            throw ApusError(
                "data.column", "the file names no asset and the prices have several",
                context: ["file": path, "columns": source.columnNames.joined(separator: ", ")])
        }
        first = assetColumn == nil ? 1 : 2
        var requests: [(name: String, kind: ScanKind)] = [(columns[0], .time)]
        if let assetColumn { requests.append((assetColumn, .text)) }
        scan = try source.scan(requests + columns.dropFirst().map { ($0, .number) })
        self.assets = assetColumn.map { _ in AssetMap(assets) }
        self.path = path
        self.kind = kind
    }

    /// The next event, which stays the next.
    func upcoming() throws -> MarketEvent? {
        if pending == nil { pending = try read() }
        return pending
    }

    func next() throws -> MarketEvent? {
        defer { pending = nil }
        return try upcoming()
    }

    private func read() throws -> MarketEvent? {
        while true {
            if row == count {
                guard !hasEnded, try scan.next() else {
                    hasEnded = true
                    guard !isForeign else {
                        throw ApusError("data.asset", "the file has none of the assets", context: ["file": path])
                    }
                    return nil
                }
                (row, count) = (0, scan.count)
                assets?.extend(scan)
            }
            defer { row += 1 }
            let time = scan.times(0)[row]
            guard time != ColumnScan.nullTime else { throw error("data.timestamp", "the timestamp is null", columns[0]) }
            guard time >= last else { throw error("data.order", "the rows are not sorted by timestamp", columns[0]) }
            last = time
            let event = try event(UnixNanos(time))
            isForeign = event == nil && isForeign
            if let event { return event }
        }
    }

    /// Nil for an asset that the prices do not have.
    private func event(_ time: UnixNanos) throws -> MarketEvent? {
        var instrument = 0
        if let assets {
            let label = scan.ordinals(1)[row]
            guard label != UInt64(ColumnScan.nullText) else { throw error("data.asset", "the asset is null", nil) }
            instrument = Int(assets[label])
        }
        if kind == .trade {
            let price = try number(1, isNullable: false)
            let size = try number(2, isNullable: false)
            guard size >= 0 else { throw error("data.size", "the size is negative", columns[2]) }
            return instrument < 0 ? nil : .trade(time: time, instrument: instrument, price: price, size: size)
        }
        let values = try (1...4).map { try number($0, isNullable: true) }
        for side in 2...3 where values[side] < 0 { throw error("data.size", "the size is negative", columns[side + 1]) }
        if instrument < 0 { return nil }
        guard !(values[0] > values[1]) else {
            throw error("data.quote", "the bid \(values[0]) is above the ask \(values[1])", columns[1])
        }
        return .quote(
            time: time, instrument: instrument, bid: values[0], ask: values[1], bidSize: values[2], askSize: values[3])
    }

    private func number(_ column: Int, isNullable: Bool) throws -> Double {
        let value = scan.numbers(first + column - 1)[row]
        if value.isFinite || (isNullable && value.isNaN) { return value }
        let isNull = value.bitPattern == ColumnScan.nullNumber.bitPattern
        throw error("data.price", isNull ? "the value is null" : "the value is not finite", columns[column])
    }

    private func error(_ code: String, _ message: String, _ column: String?) -> ApusError {
        let time = scan.times(0)[row]
        let stamp = time == ColumnScan.nullTime ? "null" : UnixNanos(time).description
        let row = "\(scan.row + row)"
        guard let column else { return ApusError(code, message, context: ["file": path, "row": row, "timestamp": stamp]) }
        return ApusError(code, message, context: ["file": path, "row": row, "timestamp": stamp, "column": column])
    }
}
