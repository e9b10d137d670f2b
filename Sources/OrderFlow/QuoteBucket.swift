import Market

/// The quote of a symbol that stands.
struct StandingQuote {
    var bid = RawQuote.noPrice
    var ask = RawQuote.noPrice
    var bidSize: UInt32 = 0
    var askSize: UInt32 = 0
    /// Ask less bid, 1e-9 of the currency; -1 where a side is missing or the book is crossed.
    var spread: Int64 = -1
    var imbalance = 0.0

    init() {}

    @inline(__always) init(_ record: UnsafePointer<RawQuote>) {
        bid = record.pointee.bidPrice
        ask = record.pointee.askPrice
        // A side without a price has no size, whatever the record says.
        bidSize = bid == RawQuote.noPrice ? 0 : record.pointee.bidSize
        askSize = ask == RawQuote.noPrice ? 0 : record.pointee.askSize
        guard isTwoSided, bid <= ask else { return }
        spread = ask &- bid
        let depth = Double(bidSize) + Double(askSize)
        imbalance = depth == 0 ? 0 : (Double(bidSize) - Double(askSize)) / depth
    }

    @inline(__always) var isTwoSided: Bool { bid != RawQuote.noPrice && ask != RawQuote.noPrice }

    /// What the change to this quote adds to the order flow imbalance. A side that nobody quotes is one of size 0 at the worst
    /// price: a bid that is withdrawn takes its size away, a new one adds it.
    @inline(__always) func flow(since before: StandingQuote) -> Int64 {
        // No price of a bid is the lowest, while as a number it is the highest.
        let bid = self.bid == RawQuote.noPrice ? .min : self.bid
        let bidBefore = before.bid == RawQuote.noPrice ? .min : before.bid
        var flow: Int64 = 0
        if bid >= bidBefore { flow += Int64(bidSize) }
        if bid <= bidBefore { flow -= Int64(before.bidSize) }
        if ask <= before.ask { flow -= Int64(askSize) }
        if ask >= before.ask { flow += Int64(before.askSize) }
        return flow
    }
}

/// What one symbol has accumulated in the open bucket.
struct QuoteBucket {
    /// The quote at the end of the bucket's hours so far.
    var last = StandingQuote()
    /// How long any quote stood, and how long one with a spread.
    var stood: Int64 = 0
    var spreadStood: Int64 = 0
    var spreadSum = 0.0
    var imbalanceSum = 0.0
    var minSpread = Int64.max
    var maxSpread = Int64.min
    var updates: Int64 = 0
    var crossed: Int64 = 0
    var locked: Int64 = 0
    var flow: Int64 = 0
    var trades: Int64 = 0
    var volume: Int64 = 0
    var quotedTrades: Int64 = 0
    var atBid: Int64 = 0
    var atAsk: Int64 = 0
    var effectiveVolume: Int64 = 0
    var effectiveSum = 0.0

    var isEmpty: Bool { updates == 0 && stood == 0 }

    /// A quote that stood for some nanoseconds.
    @inline(__always) mutating func weigh(_ quote: StandingQuote, _ nanos: Int64) {
        guard nanos > 0 else { return }
        stood += nanos
        guard quote.spread >= 0 else { return }
        spreadStood += nanos
        spreadSum += Double(quote.spread) * Double(nanos)
        imbalanceSum += quote.imbalance * Double(nanos)
        minSpread = min(minSpread, quote.spread)
        maxSpread = max(maxSpread, quote.spread)
    }

    /// - Parameter before: the quote that the record found; nil for the session's first.
    @inline(__always) mutating func count(_ quote: StandingQuote, since before: StandingQuote?) {
        updates += 1
        if let before { flow &+= quote.flow(since: before) }
        guard quote.isTwoSided else { return }
        if quote.spread >= 0 {
            if quote.spread == 0 { locked += 1 }
            minSpread = min(minSpread, quote.spread)
            maxSpread = max(maxSpread, quote.spread)
        } else {
            crossed += 1
        }
    }

    /// - Parameter quote: the book just before the trade.
    mutating func trade(_ record: UnsafePointer<RawQuote>, at quote: StandingQuote) {
        let price = record.pointee.price
        guard price != RawQuote.noPrice, record.pointee.size != .max else { return }
        trades += 1
        volume &+= Int64(record.pointee.size)
        guard quote.isTwoSided else { return }
        quotedTrades += 1
        if price <= quote.bid { atBid += 1 }
        if price >= quote.ask { atAsk += 1 }
        let sign: Double
        switch AggressorSide(rawValue: record.pointee.side) {
        case .buy: sign = 1
        case .sell: sign = -1
        default: return
        }
        let mid = (Double(quote.bid) + Double(quote.ask)) / 2
        guard quote.spread >= 0, mid > 0 else { return }
        effectiveVolume += Int64(record.pointee.size)
        effectiveSum += Double(record.pointee.size) * sign * (Double(price) - mid) / mid
    }

    /// - Parameter knowsTrades: whether the schema tells trades from other events.
    func row(start: Int64, symbol: Int, knowsTrades: Bool) -> QuoteRow {
        var row = QuoteRow()
        row.start = start
        row.symbol = Int32(symbol)
        if last.bid != RawQuote.noPrice { row.bid = Double(last.bid) / 1e9 }
        if last.ask != RawQuote.noPrice { row.ask = Double(last.ask) / 1e9 }
        row.bidSize = Int64(last.bidSize)
        row.askSize = Int64(last.askSize)
        if last.isTwoSided {
            row.mid = (row.bid + row.ask) / 2
            let (bidSize, askSize) = (Double(last.bidSize), Double(last.askSize))
            let depth = bidSize + askSize
            row.microprice = depth == 0 ? row.mid : (row.bid * askSize + row.ask * bidSize) / depth
            row.spread = Double(last.ask &- last.bid) / 1e9
        }
        if spreadStood > 0 {
            row.meanSpread = spreadSum / Double(spreadStood) / 1e9
            row.meanImbalance = imbalanceSum / Double(spreadStood)
        }
        if minSpread <= maxSpread {
            row.minSpread = Double(minSpread) / 1e9
            row.maxSpread = Double(maxSpread) / 1e9
        }
        (row.updates, row.crossed, row.locked, row.orderFlowImbalance) = (updates, crossed, locked, flow)
        guard knowsTrades else { return row }
        (row.trades, row.volume) = (Double(trades), Double(volume))
        if effectiveVolume > 0 { row.effectiveSpreadBps = 20_000 * effectiveSum / Double(effectiveVolume) }
        if quotedTrades > 0 {
            row.shareAtBid = Double(atBid) / Double(quotedTrades)
            row.shareAtAsk = Double(atAsk) / Double(quotedTrades)
        }
        return row
    }
}
