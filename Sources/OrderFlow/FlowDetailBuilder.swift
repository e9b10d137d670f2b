public import Market
import Primitives

/// One pass over trades in file order that makes a row of details for every bar: how its delta ran, how large its trades were,
/// where its volume lies by price.
///
/// Buckets, session filter and the grace for late trades are those of `FlowAggregator`, so that the rows have the keys of its
/// bars. Running sums follow the stream's order within the bucket. The result does not depend on how the stream is cut into
/// blocks; memory grows with the symbols, and with prices and sizes inside a bucket, not with the stream.
public final class FlowDetailBuilder {
    public let configuration: FlowDetailConfiguration
    private let calendar: any SessionCalendar
    private let sink: any FlowDetailSink
    private var table: SymbolTable
    private var states: [State] = []
    private var rules: [RuleState] = []
    private var places: [Place] = []
    private var all: [UnsafeMutablePointer<DetailBucket>] = []
    private var free: [UnsafeMutablePointer<DetailBucket>] = []
    private var rows: [FlowDetailRow] = []
    private var ladder = PriceLadder()
    private var found: [Int] = []
    private var watermark = Int64.min
    private var records = 0
    /// The time at which the oldest place is final.
    private var due = Int64.max

    private struct State {
        var bounds = CellBounds()
        var bucket: UnsafeMutablePointer<DetailBucket>?
        var tickSize: Int64?
    }

    /// One bucket key with the buckets of the symbols; in ascending order.
    private struct Place {
        let key: Int64
        let start: Int64
        let end: Int64
        var buckets: [Int: UnsafeMutablePointer<DetailBucket>] = [:]
    }

    /// - Throws: `OrderFlowError.invalidRule`, `.invalidRowsPerDrain`.
    public init(
        configuration: FlowDetailConfiguration, calendar: any SessionCalendar, instruments: [FlowInstrument] = [],
        sink: any FlowDetailSink
    ) throws {
        guard configuration.rowsPerDrain >= 1 else { throw OrderFlowError.invalidRowsPerDrain(configuration.rowsPerDrain) }
        for rule in configuration.bigTradeRules where !rule.isValid { throw OrderFlowError.invalidRule(rule.description) }
        self.configuration = configuration
        self.calendar = calendar
        self.sink = sink
        table = SymbolTable(instruments)
    }

    deinit {
        for bucket in all {
            bucket.pointee.deallocate()
            bucket.deallocate()
        }
        for rule in rules { rule.deallocate() }
    }

    /// Takes the next trades of the stream.
    /// - Throws: `OrderFlowError.lateTrade`, `CalendarError.outsideCoverage`, and what the sink throws.
    public func add(_ trades: UnsafeBufferPointer<RawTrade>) throws {
        guard let base = trades.baseAddress else { return }
        var position = 0
        while position < trades.count {
            guard isTrade(base + position) else {
                position += 1
                continue
            }
            let time = base[position].time.rawValue
            if max(time, watermark) >= due { try emit(upTo: max(time, watermark)) }
            let symbol = table.index(base[position].instrumentID)
            while symbol >= states.count { addState() }
            if time < states[symbol].bounds.start || time >= states[symbol].bounds.end {
                try enter(symbol, time, index: records + position)
            }
            position = takeRun(base, from: position, to: trades.count, symbol)
        }
        records += trades.count
    }

    /// Hands out every open bucket.
    /// - Throws: what the sink throws.
    public func finish() throws {
        try emit(upTo: .max)
        if !rows.isEmpty { try drain() }
    }

    /// Takes the trades of one symbol and its bucket, at least the first.
    private func takeRun(_ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, _ symbol: Int) -> Int {
        let state = states[symbol]
        let id = base[start].instrumentID
        var newest = watermark
        var position = start
        repeat {
            newest = max(newest, base[position].time.rawValue)
            if let bucket = state.bucket { bucket.pointee.add(base + position) }
            position += 1
        } while position < limit && base[position].instrumentID == id && isTrade(base + position)
            && base[position].time.rawValue >= state.bounds.start && base[position].time.rawValue < state.bounds.end
        watermark = newest
        if let bucket = state.bucket, !configuration.bigTradeRules.isEmpty { detect(base, start..<position, symbol, bucket) }
        return position
    }

    /// A trade that several rules find counts once.
    private func detect(
        _ base: UnsafePointer<RawTrade>, _ run: Range<Int>, _ symbol: Int, _ bucket: UnsafeMutablePointer<DetailBucket>
    ) {
        let count = configuration.bigTradeRules.count
        found.removeAll(keepingCapacity: true)
        for rule in 0..<count { rules[symbol * count + rule].scan(base, run) { position, _ in found.append(position) } }
        if count > 1 { found.sort() }
        var last = -1
        for position in found where position != last {
            last = position
            bucket.pointee.row.bigTrades += 1
            bucket.pointee.row.bigVolume += Int64(base[position].size)
        }
    }

    private func addState() {
        states.append(State(tickSize: configuration.tickSizes[table.names[states.count]] ?? configuration.otherTickSize))
        rules += configuration.bigTradeRules.map { RuleState($0) }
    }

    // MARK: buckets

    private func enter(_ symbol: Int, _ time: Int64, index: Int) throws {
        var bounds = try CellBounds(around: time, calendar, configuration.session)
        states[symbol].bucket = nil
        if !bounds.isFiltered {
            let nanos = configuration.interval.nanos
            let isDay = configuration.interval.isDay
            let key = isDay ? Int64(bounds.tradeDate) : time.flooredDivision(by: nanos)
            let start = isDay ? bounds.sessionOpen : key * nanos
            let end = isDay ? bounds.sessionClose : start + nanos
            if end + configuration.interval.grace <= watermark {
                throw OrderFlowError.lateTrade(time: UnixNanos(time), watermark: UnixNanos(watermark), index: index)
            }
            if !isDay {
                bounds.start = max(bounds.start, start)
                bounds.end = min(bounds.end, end)
            }
            states[symbol].bucket = bucket(symbol, Place(key: key, start: start, end: end))
        }
        states[symbol].bounds = bounds
    }

    private func bucket(_ symbol: Int, _ place: Place) -> UnsafeMutablePointer<DetailBucket> {
        var index = places.count
        while index > 0, places[index - 1].key >= place.key { index -= 1 }
        if index == places.count || places[index].key != place.key {
            places.insert(place, at: index)
            due = places[0].end + configuration.interval.grace
        }
        if let known = places[index].buckets[symbol] { return known }
        let bucket: UnsafeMutablePointer<DetailBucket>
        if let old = free.popLast() {
            bucket = old
        } else {
            bucket = .allocate(capacity: 1)
            bucket.initialize(to: DetailBucket())
            all.append(bucket)
        }
        places[index].buckets[symbol] = bucket
        return bucket
    }

    private func emit(upTo time: Int64) throws {
        while let place = places.first, place.end + configuration.interval.grace <= time {
            for symbol in table.order {
                guard let bucket = place.buckets[symbol] else { continue }
                rows.append(
                    bucket.pointee.finished(
                        configuration, tickSize: states[symbol].tickSize, start: place.start, symbol: symbol, &ladder))
                bucket.pointee.removeAll()
                free.append(bucket)
                if states[symbol].bucket == bucket {
                    states[symbol].bucket = nil
                    states[symbol].bounds = CellBounds()
                }
            }
            places.removeFirst()
        }
        due = places.first.map { $0.end + configuration.interval.grace } ?? .max
        if rows.count >= configuration.rowsPerDrain { try drain() }
    }

    private func drain() throws {
        let full = rows
        rows = []
        try sink.take(full, symbols: table.names)
    }
}
