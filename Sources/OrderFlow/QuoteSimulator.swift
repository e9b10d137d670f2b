public import Market
import Primitives

/// Makes quotes around the trades of an `OrderFlowSimulator`: the book that its price rule implies, a tick wide, with the trades
/// in it, the same bytes for the same parameters.
///
/// Before an order the best prices move where the latent price did; then come its prints, each with the book before them, and
/// what they leave at the touch. Between orders sizes at the touch grow and shrink. The records with the action `T` are the
/// simulator's trades; they may be received some microseconds later, behind the quotes before them.
public struct QuoteSimulator {
    private let tick: Int64
    private var trades: OrderFlowSimulator
    private var random: SeededGenerator
    private var block: [RawTrade]
    private var position = 0
    private var available = 0
    private var queue: [RawQuote] = []
    private var taken = 0
    private var bid = Level()
    private var ask = Level()
    private var lastEvent: UInt64 = 0
    private var lastReceived: UInt64 = 0
    private var template = RawQuote(
        instrumentID: 0, tsEvent: 0, tsRecv: 0, action: 0, bidPrice: RawQuote.noPrice, askPrice: RawQuote.noPrice, bidSize: 0,
        askSize: 0)

    private struct Level {
        var price = RawQuote.noPrice
        var size: UInt32 = 0
        var count: UInt32 = 0
    }

    /// - Throws: `SimulationError.outOfRange`, `CalendarError.outsideCoverage`.
    public init(parameters: SimulationParameters, calendar: any SessionCalendar = SessionCalendars.cmeEquity) throws {
        trades = try OrderFlowSimulator(parameters: parameters, calendar: calendar)
        tick = parameters.tickSize
        random = SeededGenerator(seed: parameters.seed &+ 0x5EED)
        template.instrumentID = parameters.instrumentID
        template.publisherID = 1
        block = [RawTrade](repeating: RawTrade(instrumentID: 0, tsEvent: 0, price: 0, size: 0, side: 0), count: 4_096)
    }

    /// Writes the next records and returns how many; 0 when all days are done.
    /// - Throws: `CalendarError.outsideCoverage` where the days run past the calendar's end.
    public mutating func fill(_ buffer: UnsafeMutableBufferPointer<RawQuote>) throws -> Int {
        var count = 0
        while count < buffer.count {
            if taken == queue.count {
                queue.removeAll(keepingCapacity: true)
                taken = 0
                guard let trade = try nextTrade() else { break }
                around(trade)
            }
            buffer[count] = queue[taken]
            taken += 1
            count += 1
        }
        return count
    }

    private mutating func nextTrade() throws -> RawTrade? {
        if position == available {
            position = 0
            available = try block.withUnsafeMutableBufferPointer { try trades.fill($0) }
            if available == 0 { return nil }
        }
        position += 1
        return block[position - 1]
    }

    /// What happens up to a print and because of it.
    private mutating func around(_ trade: RawTrade) {
        let isBuy = trade.side == AggressorSide.buy.rawValue
        let bidPrice = isBuy ? trade.price - tick : trade.price
        if trade.tsEvent > lastEvent {
            rest(until: trade.tsEvent)
            move(to: bidPrice, before: trade.tsEvent)
        }
        lastEvent = trade.tsEvent
        lastReceived = max(lastReceived, trade.tsRecv)
        var print = template
        print.tsEvent = trade.tsEvent
        print.tsRecv = lastReceived
        print.tsInDelta = trade.tsInDelta
        print.price = trade.price
        print.size = trade.size
        print.action = UInt8(ascii: "T")
        print.side = trade.side
        print.flags = trade.flags
        print.sequence = trade.sequence
        push(print)
        if trade.side == AggressorSide.unknown.rawValue { return }
        // What is left at the touch, renewed where the order took all of it.
        let left = Self.level(at: isBuy ? ask : bid, less: trade.size, &random)
        if isBuy { ask = left } else { bid = left }
        change(UInt8(ascii: "C"), isBid: !isBuy, size: trade.size, at: trade.tsEvent)
    }

    private static func level(at level: Level, less size: UInt32, _ random: inout SeededGenerator) -> Level {
        var level = level
        level.size = level.size > size ? level.size - size : UInt32(1 + random.next() % 20)
        level.count = min(max(1, level.count), level.size)
        return level
    }

    /// Some changes of size at the touch since the last event.
    private mutating func rest(until time: UInt64) {
        guard bid.price != RawQuote.noPrice else { return }
        let changes = random.next() % 7
        // After a night the next session's book is new.
        let gap = time - lastEvent
        guard changes > 0, gap > changes * 2_000, gap < UInt64(UnixNanos.perHour) else { return }
        for step in 1...changes {
            let isBid = random.next() >> 63 == 0
            var level = isBid ? bid : ask
            let size = UInt32(1 + random.next() % 5)
            let grows = level.size <= size || random.next() % 100 < 52
            level.size = grows ? min(level.size + size, 5_000) : level.size - size
            level.count = min(max(1, grows ? level.count + 1 : level.count - min(1, level.count)), level.size)
            if isBid { bid = level } else { ask = level }
            let at = lastEvent + gap / (changes + 1) * step
            change(UInt8(ascii: grows ? "A" : "C"), isBid: isBid, size: size, at: at)
        }
    }

    /// New best prices: the side that is left behind first, so that the book is never crossed.
    private mutating func move(to price: Int64, before time: UInt64) {
        guard bid.price != price else { return }
        let isFirst = bid.price == RawQuote.noPrice
        let isUp = isFirst || price > bid.price
        for isBid in [!isUp, isUp] {
            let size = UInt32(1 + random.next() % 40)
            let level = Level(price: isBid ? price : price + tick, size: size, count: 1 + size / 3)
            if isBid { bid = level } else { ask = level }
            change(UInt8(ascii: "A"), isBid: isBid, size: size, at: time - 1_000)
        }
    }

    /// A change of one side of the book.
    private mutating func change(_ action: UInt8, isBid: Bool, size: UInt32, at time: UInt64) {
        // As of trades: 60 to 126 microseconds between matching engine and capture, never out of order.
        lastReceived = max(lastReceived, time + 60_000 + random.next() >> 48)
        var record = template
        record.tsEvent = time
        record.tsRecv = lastReceived
        record.tsInDelta = 12_000
        record.price = isBid ? bid.price : ask.price
        record.size = size
        record.action = action
        record.side = isBid ? UInt8(ascii: "B") : UInt8(ascii: "A")
        record.flags = 130
        push(record)
    }

    private mutating func push(_ record: RawQuote) {
        var record = record
        record.bidPrice = bid.price
        record.askPrice = ask.price
        record.bidSize = bid.size
        record.askSize = ask.size
        record.bidCount = bid.count
        record.askCount = ask.count
        queue.append(record)
    }
}
