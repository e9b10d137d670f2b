import Market
import OrderFlow
import Primitives

/// A sink that keeps every row as one comparable value, and how often each table was handed over.
final class CollectedRows: FlowSink {
    struct BarRow: Hashable {
        var start: Int64
        var end: Int64
        var symbol: String
        var open: Double
        var high: Double
        var low: Double
        var close: Double
        var buy: Int64
        var sell: Int64
        var unknown: Int64
        var volume: Int64
        var count: Int64
    }
    struct FootprintRow: Hashable {
        var start: Int64
        var symbol: String
        var price: Double
        var buy: Int64
        var sell: Int64
        var unknown: Int64
        var count: Int64
    }
    struct DeltaRow: Hashable {
        var start: Int64
        var symbol: String
        var buy: Int64
        var sell: Int64
        var delta: Int64
        var cvd: Int64
        var cvdSession: Int64
    }
    struct BigRow: Hashable {
        var time: Int64
        var symbol: String
        var price: Double
        var size: Int64
        var side: UInt8
        var rule: Int
        var threshold: Double
    }

    var bars: [BarInterval: [BarRow]] = [:]
    var footprint: [FootprintRow] = []
    var cvd: [DeltaRow] = []
    var big: [BigRow] = []
    var drains = 0
    /// The aggregator's symbols; set once it is done, and until then rows carry the index as text.
    private var names: [String] = []

    func take(_ columns: BarColumns, interval: BarInterval) throws {
        drains += 1
        for i in 0..<columns.count {
            bars[interval, default: []].append(
                BarRow(
                    start: columns.start[i], end: columns.end[i], symbol: "\(columns.symbol[i])", open: columns.open[i],
                    high: columns.high[i], low: columns.low[i], close: columns.close[i], buy: columns.buyVolume[i],
                    sell: columns.sellVolume[i], unknown: columns.unknownVolume[i], volume: columns.volume[i],
                    count: columns.tradeCount[i]))
        }
    }

    func take(_ columns: FootprintColumns) throws {
        drains += 1
        for i in 0..<columns.count {
            footprint.append(
                FootprintRow(
                    start: columns.start[i], symbol: "\(columns.symbol[i])", price: columns.price[i], buy: columns.buyVolume[i],
                    sell: columns.sellVolume[i], unknown: columns.unknownVolume[i], count: columns.tradeCount[i]))
        }
    }

    func take(_ columns: CVDColumns) throws {
        drains += 1
        for i in 0..<columns.count {
            cvd.append(
                DeltaRow(
                    start: columns.start[i], symbol: "\(columns.symbol[i])", buy: columns.buyVolume[i],
                    sell: columns.sellVolume[i],
                    delta: columns.delta[i], cvd: columns.cvd[i], cvdSession: columns.cvdSession[i]))
        }
    }

    func take(_ columns: BigTradeColumns) throws {
        drains += 1
        for i in 0..<columns.count {
            big.append(
                BigRow(
                    time: columns.time[i], symbol: "\(columns.symbol[i])", price: columns.price[i], size: columns.size[i],
                    side: columns.side[i], rule: Int(columns.rule[i]), threshold: columns.threshold[i]))
        }
    }

    /// Replaces symbol indices by names.
    fileprivate func name(_ symbols: [String]) {
        func rename(_ text: inout String) { text = Int(text).map { symbols[$0] } ?? text }
        bars = bars.mapValues { rows in
            rows.map { row in
                var row = row
                rename(&row.symbol)
                return row
            }
        }
        for i in footprint.indices { rename(&footprint[i].symbol) }
        for i in cvd.indices { rename(&cvd[i].symbol) }
        for i in big.indices { rename(&big[i].symbol) }
    }

    /// Runs a whole stream, cut into blocks of the given sizes (the last one repeats).
    static func run(
        _ trades: [RawTrade], _ configuration: FlowConfiguration, calendar: any SessionCalendar,
        instruments: [FlowInstrument] = [],
        blocks: [Int] = [Int.max]
    ) throws -> (rows: CollectedRows, statistics: FlowStatistics) {
        let rows = CollectedRows()
        let aggregator = try FlowAggregator(
            configuration: configuration, calendar: calendar, instruments: instruments, sink: rows)
        var position = 0
        var turn = 0
        while position < trades.count {
            let size = min(blocks[min(turn, blocks.count - 1)], trades.count - position)
            try trades[position..<(position + size)].withUnsafeBufferPointer { try aggregator.add($0) }
            position += size
            turn += 1
        }
        try aggregator.finish()
        rows.name(aggregator.symbols)
        return (rows, aggregator.statistics)
    }
}
