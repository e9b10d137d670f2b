import Market
import OrderFlow
import Primitives

/// The slow and readable definition of every table: dictionaries, sorting, one trade at a time, all in memory.
struct ReferenceAggregator {
    struct Key: Hashable {
        var start: Int64
        var symbol: String
    }

    let configuration: FlowConfiguration
    let calendar: any SessionCalendar
    let symbolOf: [UInt32: String]

    /// Kept trades with their position in the stream, in (time, position) order.
    func kept(_ trades: [RawTrade]) throws -> [(trade: RawTrade, index: Int, segment: SessionSegment)] {
        var kept: [(trade: RawTrade, index: Int, segment: SessionSegment)] = []
        for (index, trade) in trades.enumerated() {
            let segment = try calendar.segment(at: trade.time)
            if configuration.session == .full || segment.isRegular { kept.append((trade, index, segment)) }
        }
        return kept.sorted { ($0.trade.tsEvent, $0.index) < ($1.trade.tsEvent, $1.index) }
    }

    func bucket(_ time: Int64, _ segment: SessionSegment, _ interval: BarInterval) -> (start: Int64, end: Int64) {
        if interval.isDay {
            let session = segment.session
            return configuration.session == .rth
                ? (session.regularOpen.rawValue, session.regularClose.rawValue)
                : (session.fullOpen.rawValue, session.fullClose.rawValue)
        }
        let start = time - time % interval.nanos
        return (start, start + interval.nanos)
    }

    func bars(_ trades: [RawTrade], _ interval: BarInterval) throws -> [CollectedRows.BarRow] {
        var rows: [Key: CollectedRows.BarRow] = [:]
        for (trade, _, segment) in try kept(trades) {
            let (start, end) = bucket(trade.time.rawValue, segment, interval)
            let key = Key(start: start, symbol: symbolOf[trade.instrumentID] ?? "\(trade.instrumentID)")
            let price = Double(trade.price) / 1e9
            var row =
                rows[key]
                ?? CollectedRows.BarRow(
                    start: start, end: end, symbol: key.symbol, open: price, high: price, low: price, close: price, buy: 0,
                    sell: 0,
                    unknown: 0, volume: 0, count: 0)
            row.high = max(row.high, price)
            row.low = min(row.low, price)
            row.close = price
            row.volume += Int64(trade.size)
            row.count += 1
            switch trade.aggressor {
            case .buy: row.buy += Int64(trade.size)
            case .sell: row.sell += Int64(trade.size)
            case .unknown: row.unknown += Int64(trade.size)
            }
            rows[key] = row
        }
        return rows.values.sorted { ($0.start, $0.symbol) < ($1.start, $1.symbol) }
    }

    func footprint(_ trades: [RawTrade], _ interval: BarInterval) throws -> [CollectedRows.FootprintRow] {
        struct PriceKey: Hashable {
            var key: Key
            var price: Int64
        }
        var rows: [PriceKey: CollectedRows.FootprintRow] = [:]
        for (trade, _, segment) in try kept(trades) {
            let start = bucket(trade.time.rawValue, segment, interval).start
            let symbol = symbolOf[trade.instrumentID] ?? "\(trade.instrumentID)"
            let key = PriceKey(key: Key(start: start, symbol: symbol), price: trade.price)
            var row =
                rows[key]
                ?? CollectedRows.FootprintRow(
                    start: start, symbol: symbol, price: Double(trade.price) / 1e9, buy: 0, sell: 0, unknown: 0, count: 0)
            row.count += 1
            switch trade.aggressor {
            case .buy: row.buy += Int64(trade.size)
            case .sell: row.sell += Int64(trade.size)
            case .unknown: row.unknown += Int64(trade.size)
            }
            rows[key] = row
        }
        return rows.values.sorted { ($0.start, $0.symbol, $0.price) < ($1.start, $1.symbol, $1.price) }
    }

    func cvd(_ trades: [RawTrade], _ interval: BarInterval) throws -> [CollectedRows.DeltaRow] {
        var rows: [Key: CollectedRows.DeltaRow] = [:]
        var order: [Key] = []
        var total: [String: Int64] = [:]
        var session: [String: Int64] = [:]
        var date: [String: CivilDate] = [:]
        for (trade, _, segment) in try kept(trades) {
            let symbol = symbolOf[trade.instrumentID] ?? "\(trade.instrumentID)"
            let key = Key(start: bucket(trade.time.rawValue, segment, interval).start, symbol: symbol)
            if date[symbol] != segment.tradeDate {
                date[symbol] = segment.tradeDate
                session[symbol] = 0
            }
            let delta = Int64(trade.size) * trade.aggressor.deltaSign
            total[symbol, default: 0] += delta
            session[symbol, default: 0] += delta
            if rows[key] == nil {
                order.append(key)
                rows[key] = CollectedRows.DeltaRow(
                    start: key.start, symbol: symbol, buy: 0, sell: 0, delta: 0, cvd: 0, cvdSession: 0)
            }
            if trade.aggressor == .buy { rows[key]?.buy += Int64(trade.size) }
            if trade.aggressor == .sell { rows[key]?.sell += Int64(trade.size) }
            rows[key]?.delta += delta
            rows[key]?.cvd = total[symbol] ?? 0
            rows[key]?.cvdSession = session[symbol] ?? 0
        }
        return order.compactMap { rows[$0] }.sorted { ($0.start, $0.symbol) < ($1.start, $1.symbol) }
    }

    /// Windows run in file order; rows come out in (time, symbol, price, file order, rule) order.
    func bigTrades(_ trades: [RawTrade]) throws -> [CollectedRows.BigRow] {
        var past: [String: [UInt32]] = [:]
        var found: [(row: CollectedRows.BigRow, index: Int)] = []
        for (trade, index, _) in try kept(trades).sorted(by: { $0.index < $1.index }) {
            let symbol = symbolOf[trade.instrumentID] ?? "\(trade.instrumentID)"
            for (rule, kind) in configuration.bigTradeRules.enumerated() {
                guard let threshold = threshold(kind, trade.size, past[symbol] ?? []) else { continue }
                let row = CollectedRows.BigRow(
                    time: trade.time.rawValue, symbol: symbol, price: Double(trade.price) / 1e9, size: Int64(trade.size),
                    side: trade.side, rule: rule, threshold: threshold)
                found.append((row, index))
            }
            past[symbol, default: []].append(trade.size)
        }
        return found.sorted {
            ($0.row.time, $0.row.symbol, $0.row.price, $0.index, $0.row.rule)
                < ($1.row.time, $1.row.symbol, $1.row.price, $1.index, $1.row.rule)
        }.map(\.row)
    }

    private func threshold(_ rule: BigTradeRule, _ size: UInt32, _ past: [UInt32]) -> Double? {
        switch rule {
        case .fixed(let minimum):
            return size >= minimum ? Double(minimum) : nil
        case .percentile(let fraction, let window):
            guard past.count >= window else { return nil }
            let sorted = past.suffix(window).sorted()
            let rank = max(1, Int((fraction * Double(window) - 1e-9).rounded(.up)))
            return size > sorted[rank - 1] ? Double(sorted[rank - 1]) : nil
        case .zScore(let score, let window):
            guard past.count >= window else { return nil }
            let values = past.suffix(window).map(Double.init)
            let mean = values.reduce(0, +) / Double(window)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(window)
            guard variance > 0 else { return nil }
            let threshold = mean + score * variance.squareRoot()
            return Double(size) >= threshold ? threshold : nil
        }
    }
}
