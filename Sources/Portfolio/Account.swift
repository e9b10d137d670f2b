public import Contracts
public import Market

/// Cash and positions of one account, and what they may become.
///
/// Identities that hold after every event (`violatedInvariant`): equity = cash + sum(quantity x mark x point value), for an
/// instrument with variation margin quantity x (mark - basis) x point value; a position equals the sum of its fills; cash =
/// initial cash + flows of the fills + cash events.
public struct Account: Sendable {
    /// What the account knows of an instrument.
    public struct Instrument: Hashable, Sendable {
        public let asset: String
        /// Money of the instrument's currency per price unit and unit of quantity.
        public let multiplier: Double
        /// Of its prices; nil where it is the account's.
        public let currency: String?
        /// Profit and loss is paid in cash day by day and the notional is never paid: futures and perpetuals.
        public let hasVariationMargin: Bool

        public init(asset: String, multiplier: Double = 1, hasVariationMargin: Bool = false, currency: String? = nil) {
            self.asset = asset
            self.multiplier = multiplier
            self.currency = currency
            self.hasVariationMargin = hasVariationMargin
        }
    }

    public let initialCash: Double
    public let instruments: [Instrument]
    public let policy: AccountPolicy
    public internal(set) var cash: Double
    public internal(set) var positions: [OpenPosition]
    /// Instruments with a position, in the order in which the positions were opened.
    public internal(set) var held: [Int] = []
    /// Account currency per unit of each instrument's currency, and what one point of its price is worth by that.
    public private(set) var rates: [Double]
    public private(set) var pointValues: [Double]
    public internal(set) var totalCommission: Double = 0
    /// Funding, borrow, financing, dividends, deposits: everything that moved cash and was not a fill.
    public internal(set) var totalCashEvents: Double = 0
    /// Sale proceeds that are not settled yet.
    public private(set) var unsettledCash: Double = 0
    /// Free cash and basis of shorts under the policy that locks the proceeds.
    var locked: LockedCash
    private var settlements: [(index: Int, amount: Double)] = []
    var filledQuantity: [Double]
    var filledFlow: Double = 0

    public init(initialCash: Double, instruments: [Instrument], policy: AccountPolicy) {
        self.initialCash = initialCash
        self.instruments = instruments
        self.policy = policy
        cash = initialCash
        positions = Array(repeating: OpenPosition(), count: instruments.count)
        filledQuantity = Array(repeating: 0, count: instruments.count)
        rates = Array(repeating: 1, count: instruments.count)
        pointValues = instruments.map(\.multiplier)
        locked = LockedCash(free: initialCash, instruments: instruments.count)
    }

    /// Converts at this rate from now on.
    public mutating func setRate(_ instrument: Int, _ rate: Double) {
        let basis = positions[instrument].variationBasis
        if !basis.isNaN { positions[instrument].revaluation += basis * (rate - rates[instrument]) }
        rates[instrument] = rate
        pointValues[instrument] = instruments[instrument].multiplier * rate
    }

    /// Value of a position for the account: its notional, or what variation margin has not paid yet.
    public func value(_ instrument: Int, at price: Double) -> Double {
        let position = positions[instrument]
        let basis = position.variationBasis.isNaN ? 0 : position.variationBasis
        return position.quantity * (price - basis) * pointValues[instrument]
    }

    /// Cash plus all positions at their last marks.
    public var equity: Double {
        var total = cash
        for instrument in held { total += value(instrument, at: positions[instrument].mark) }
        return total
    }

    /// Signed and absolute notional of all positions at their last marks.
    public var notional: (net: Double, gross: Double) {
        var net = 0.0
        var gross = 0.0
        for instrument in held {
            let value = positions[instrument].quantity * positions[instrument].mark * pointValues[instrument]
            net += value
            gross += value.magnitude
        }
        return (net, gross)
    }

    /// A new label begins: positions grow older by a bar and due proceeds settle.
    public mutating func beginBar(_ index: Int) {
        for instrument in held { positions[instrument].barsHeld += 1 }
        if settlements.isEmpty { return }
        while let first = settlements.first, first.index <= index {
            unsettledCash -= first.amount
            settlements.removeFirst()
        }
        if settlements.isEmpty { unsettledCash = 0 }
    }

    /// Marks every position that has a price at this label.
    public mutating func mark(_ slice: MarketSlice, by source: EngineConfiguration.ExecutionPrice) {
        for instrument in held {
            let price = slice.price(source, instrument, isBuy: positions[instrument].quantity < 0)
            if price.isFinite { positions[instrument].mark = price }
            positions[instrument].worth = price.isFinite ? price : positions[instrument].lastPrice
        }
    }

    /// Marks one position; a price that is not finite leaves it as it is.
    public mutating func mark(_ instrument: Int, at price: Double) {
        guard price.isFinite else { return }
        positions[instrument].mark = price
        positions[instrument].worth = price
    }

    /// Takes the bar into the water marks and excursions of every position.
    /// - Parameters:
    ///   - usesExtremes: bar highs and lows, not only the close.
    ///   - includesEntryBar: also in the bar of the entry, whose range the position may not have seen.
    public mutating func widen(_ slice: MarketSlice, usesExtremes: Bool, includesEntryBar: Bool) {
        for instrument in held where slice.isPresent(instrument) {
            let extremes = usesExtremes && (includesEntryBar || positions[instrument].entryIndex != slice.index)
            let price = slice.price[instrument]
            positions[instrument].mark = price
            positions[instrument].lastPrice = price
            positions[instrument].widen(
                high: extremes ? slice.high[instrument] : price, low: extremes ? slice.low[instrument] : price)
        }
    }

    mutating func setMark(_ instrument: Int, _ price: Double) { positions[instrument].mark = price }

    /// Cash moves without a fill: funding, borrow, financing, a dividend, a deposit. Positive is received.
    public mutating func move(cash amount: Double) {
        cash += amount
        totalCashEvents += amount
        locked.free += amount
    }

    mutating func hold(_ amount: Double, until index: Int) {
        settlements.append((index, amount))
        unsettledCash += amount
    }

    /// Pays what variation margin owes at a settlement price and moves the basis there.
    /// - Returns: what was paid, positive is received.
    @discardableResult
    public mutating func settle(_ instrument: Int, at price: Double) -> Double {
        guard !positions[instrument].variationBasis.isNaN else { return 0 }
        let amount = value(instrument, at: price)
        cash += amount
        filledFlow += amount
        positions[instrument].variationBasis = price
        return amount
    }

    /// Multiplies quantities and divides prices, as a split does. `ratio` new units for each old one.
    public mutating func split(_ instrument: Int, ratio: Double) {
        guard positions[instrument].quantity != 0 else { return }
        positions[instrument].quantity *= ratio
        filledQuantity[instrument] *= ratio
        positions[instrument].entryPrice /= ratio
        positions[instrument].entryCost /= ratio
        positions[instrument].revaluation /= ratio
        positions[instrument].mark /= ratio
        positions[instrument].lastPrice /= ratio
        positions[instrument].worth /= ratio
        positions[instrument].highWaterMark /= ratio
        positions[instrument].lowWaterMark /= ratio
        positions[instrument].entrySlippage /= ratio
        positions[instrument].signalPrice /= ratio
        positions[instrument].variationBasis /= ratio
    }

    /// A held quantity that changed without a fill: what a split left of whole shares.
    public mutating func setQuantity(_ instrument: Int, _ quantity: Double) {
        positions[instrument].quantity = quantity
        filledQuantity[instrument] = quantity
        if quantity == 0 {
            positions[instrument] = OpenPosition()
            held.removeAll { $0 == instrument }
        }
    }

    /// The first identity that does not hold, nil when all do.
    public func violatedInvariant(tolerance: Double = 1e-9) -> String? {
        let scale = max(1, initialCash.magnitude, filledFlow.magnitude)
        let expected = initialCash + filledFlow - totalCommission + totalCashEvents
        if (cash - expected).magnitude > tolerance * scale {
            return "cash \(cash) is not initial cash with all flows and costs \(expected)"
        }
        for index in positions.indices {
            let quantity = positions[index].quantity
            let error = (quantity - filledQuantity[index]).magnitude
            if error > max(tolerance, tolerance * quantity.magnitude) {
                return "position \(quantity) of \(instruments[index].asset) is not the sum of its fills \(filledQuantity[index])"
            }
            if (quantity != 0) != held.contains(index) {
                return "\(instruments[index].asset) with \(quantity) units is wrongly listed as held or flat"
            }
        }
        return nil
    }
}

extension EngineConfiguration.ExecutionPrice {
    /// What stands for it at the open of a bar: quotes and the VWAP themselves, the open for every other price.
    public var atOpen: Self {
        switch self {
        case .bid, .ask, .quoteMid, .quoteSide, .vwap: self
        case .price, .close, .open, .mid: .open
        }
    }
}

extension MarketSlice {
    /// The bar's price of a kind; NaN where there is none. A quote that is missing falls back to the reference price.
    @inlinable
    public func price(_ source: EngineConfiguration.ExecutionPrice, _ instrument: Int, isBuy: Bool) -> Double {
        switch source {
        case .price: return price[instrument]
        case .close: return close[instrument]
        case .open: return open[instrument]
        case .vwap: return vwap?[instrument] ?? .nan
        case .mid: return (high[instrument] + low[instrument]) / 2
        case .bid: return orPrice(bid?[instrument], instrument)
        case .ask: return orPrice(ask?[instrument], instrument)
        case .quoteMid: return orPrice(quoteMid(instrument), instrument)
        case .quoteSide: return orPrice(isBuy ? ask?[instrument] : bid?[instrument], instrument)
        }
    }

    @inlinable
    func orPrice(_ quote: Double?, _ instrument: Int) -> Double {
        guard let quote, quote.isFinite else { return price[instrument] }
        return quote
    }

    /// What may trade at the touch: the quoted size of the side, the bar's volume without quotes; NaN where unknown.
    @inlinable
    public func availableSize(_ instrument: Int, isBuy: Bool) -> Double {
        let size = isBuy ? askSize : bidSize
        return size?[instrument] ?? volume[instrument]
    }
}
