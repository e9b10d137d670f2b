public import Market
import Primitives

/// One pass over quotes in file order that makes a row for every bucket of time and symbol: the book at its end, means weighted
/// by time, order flow imbalance, and what traded against which quote.
///
/// Time is the receive time, at which a quote was known. A record stamped behind an earlier one counts at that one's time, so
/// that no row changes that was handed out. Within the session's hours the standing quote is carried on, into buckets without a
/// record too; it ends with the trade date. Records outside the hours make no row; they say what stands when the hours begin.
///
/// A row is handed out when the stream has reached its bucket's end: what is open at the end of the stream is not, since it would
/// change with the next record. The result does not depend on how the stream is cut into blocks. Memory grows with the symbols,
/// not with the stream.
public final class QuoteTableBuilder {
    public let interval: BarInterval
    public let session: SessionKind
    /// The symbols that the rows' `symbol` indices mean. Ids without a given symbol get their decimal number.
    public var symbols: [String] { table.names }
    public private(set) var statistics = FlowStatistics()

    private let calendar: any SessionCalendar
    private let sink: any QuoteSink
    private let rowsPerDrain: Int
    private var table: SymbolTable
    private var states: UnsafeMutablePointer<State>
    private var count = 0
    private var capacity = 4
    private var rows: [QuoteRow] = []
    /// The highest time so far.
    private var clock = Int64.min
    /// The stretch of constant hours around the clock.
    private var segment = CellBounds()
    private var cell = Cell()
    /// Some symbol has something in the open bucket, or a quote that may come into it.
    private var hasContent = false
    private var hasStanding = false

    private struct State {
        var quote = StandingQuote()
        /// The quote is of the present trade date.
        var isStanding = false
        /// The schema tells trades from other events.
        var knowsTrades = true
        /// Up to when the bucket's means are summed.
        var summed = Int64.min
        var bucket = QuoteBucket()
    }

    /// The part of a bucket in which trade date and hours are constant.
    private struct Cell {
        var start = Int64.max
        var end = Int64.min
        /// Where the bucket begins; its label.
        var label: Int64 = 0
        /// Inside the session's hours.
        var isOpen = false
        var endsBucket = false
    }

    /// - Throws: `OrderFlowError.invalidRowsPerDrain`.
    public init(
        interval: BarInterval, session: SessionKind, calendar: any SessionCalendar, instruments: [FlowInstrument] = [],
        rowsPerDrain: Int = 20_000, sink: any QuoteSink
    ) throws {
        guard rowsPerDrain >= 1 else { throw OrderFlowError.invalidRowsPerDrain(rowsPerDrain) }
        self.interval = interval
        self.session = session
        self.calendar = calendar
        self.sink = sink
        self.rowsPerDrain = rowsPerDrain
        table = SymbolTable(instruments)
        states = .allocate(capacity: capacity)
        reserve()
    }

    deinit { states.deallocate() }

    /// Takes the next records of the stream.
    /// - Throws: `OrderFlowError.lateQuote`, `CalendarError.outsideCoverage`, and what the sink throws. The builder must not be
    ///   used after an error.
    public func add(_ quotes: UnsafeBufferPointer<RawQuote>) throws {
        guard let base = quotes.baseAddress else { return }
        var aggregated: Int64 = 0
        let first = statistics.records
        statistics.records += Int64(quotes.count)
        for position in 0..<quotes.count {
            let record = base + position
            guard record.pointee.isDefined else {
                statistics.undefined += 1
                continue
            }
            let symbol = table.index(record.pointee.instrumentID)
            if symbol >= count { reserve() }
            let time = record.pointee.time.rawValue
            if time > clock {
                if time >= cell.end { try advance(to: time) }
                clock = time
            } else if time < clock - UnixNanos.perMinute {
                throw OrderFlowError.lateQuote(
                    time: UnixNanos(time), watermark: UnixNanos(clock), index: Int(first) + position)
            }
            if cell.isOpen { aggregated += 1 } else { skipped() }
            take(record, states + symbol)
        }
        statistics.aggregated += aggregated
    }

    /// Hands out the rows that are final. The builder must not be used afterwards.
    /// - Throws: what the sink throws.
    public func finish() throws { if !rows.isEmpty { try drain() } }

    @inline(__always) private func take(_ record: UnsafePointer<RawQuote>, _ state: UnsafeMutablePointer<State>) {
        let before = state.pointee.quote
        let wasStanding = state.pointee.isStanding
        let quote = StandingQuote(record)
        if cell.isOpen {
            if wasStanding { state.pointee.bucket.weigh(before, clock - state.pointee.summed) }
            state.pointee.bucket.count(quote, since: wasStanding ? before : nil)
            if record.pointee.action == 84 { state.pointee.bucket.trade(record, at: quote) }
            hasContent = true
        }
        state.pointee.summed = clock
        state.pointee.quote = quote
        state.pointee.isStanding = true
        state.pointee.knowsTrades = record.pointee.hasAction
        hasStanding = true
    }

    private func skipped() {
        statistics.filtered += 1
        if segment.isOutsideHours { statistics.outsideHours += 1 }
    }

    private func reserve() {
        if table.names.count > capacity {
            while capacity < table.names.count { capacity *= 2 }
            let larger = UnsafeMutablePointer<State>.allocate(capacity: capacity)
            larger.update(from: states, count: count)
            states.deallocate()
            states = larger
        }
        (states + count).initialize(repeating: State(), count: table.names.count - count)
        count = table.names.count
    }

    // MARK: time

    /// Leaves cells until the one that holds `time`.
    private func advance(to time: Int64) throws {
        while time >= cell.end {
            leaveCell()
            if cell.endsBucket { try emit() }
            try enterCell(from: cell.end, toward: time)
        }
    }

    private func leaveCell() {
        guard cell.isOpen else { return }
        for symbol in 0..<count {
            let state = states + symbol
            guard state.pointee.isStanding else { continue }
            state.pointee.bucket.weigh(state.pointee.quote, cell.end - state.pointee.summed)
            // A row may be known with its session's end: what comes behind it in the bucket must not enter.
            if !state.pointee.bucket.isEmpty { state.pointee.bucket.last = state.pointee.quote }
        }
        hasContent = hasContent || hasStanding
    }

    /// - Parameter start: where the cell before ended; `Int64.min` for the first.
    private func enterCell(from start: Int64, toward time: Int64) throws {
        var start = start
        if !hasContent, !hasStanding { start = time }
        while true {
            if start < segment.start || start >= segment.end { try enterSegment(start) }
            if hasContent || (hasStanding && isOpen) { break }
            // Nothing can come into a row before the record at `time` or the next hours.
            if time < segment.end {
                start = time
                break
            }
            start = segment.end
        }
        cell.start = start
        cell.end = segment.end
        cell.isOpen = isOpen
        if interval.isDay {
            cell.label = segment.sessionOpen
            cell.endsBucket = isOpen && segment.end == segment.sessionClose
        } else {
            cell.label = start.flooredDivision(by: interval.nanos) * interval.nanos
            cell.end = min(segment.end, cell.label + interval.nanos)
            cell.endsBucket = cell.end == cell.label + interval.nanos
        }
        for symbol in 0..<count { states[symbol].summed = cell.start }
    }

    private var isOpen: Bool { !segment.isFiltered && !segment.isOutsideHours }

    private func enterSegment(_ time: Int64) throws {
        let tradeDate = segment.tradeDate
        segment = try CellBounds(around: time, calendar, session)
        guard segment.tradeDate != tradeDate else { return }
        for symbol in 0..<count { states[symbol].isStanding = false }
        hasStanding = false
    }

    // MARK: rows

    private func emit() throws {
        guard hasContent else { return }
        hasContent = false
        for symbol in table.order where symbol < count {
            let state = states + symbol
            guard !state.pointee.bucket.isEmpty else { continue }
            rows.append(state.pointee.bucket.row(start: cell.label, symbol: symbol, knowsTrades: state.pointee.knowsTrades))
            state.pointee.bucket = QuoteBucket()
        }
        if rows.count >= rowsPerDrain { try drain() }
    }

    private func drain() throws {
        let full = rows
        rows = []
        try sink.take(full, interval: interval, symbols: table.names)
    }
}
