public import Contracts
public import Execution
public import Market
import Portfolio
import Primitives

extension Desk {
    /// Tells an order what happened to it. Orders that wait for one that ended unfilled end with it.
    public mutating func end(_ index: Int, _ event: OrderEvent) {
        let state = orders[index].state.afterLegal(event)
        orders[index].state = state
        guard hasChildren, state.isTerminal, orders[index].filledQuantity == 0 else { return }
        let number = orders[index].number
        for child in orders.indices where orders[child].parent == number && orders[child].isAsleep {
            if !orders[child].state.isTerminal { end(child, .cancel) }
        }
    }

    /// Refuses an order, or what is left of one that has filled in part.
    public mutating func reject(_ index: Int, _ reason: RejectionReason, at slice: MarketSlice) {
        recorder.reject(orders[index], at: slice.time, reason)
        end(index, orders[index].state == .partiallyFilled ? .cancel : .reject)
    }

    /// Forgets the orders that have ended.
    public mutating func sweep() {
        // Behind a pointer: an array hands out a copy of a whole order to who reads one member of it.
        let hasEnded = orders.withUnsafeBufferPointer { orders in orders.indices.contains { orders[$0].state.isTerminal } }
        guard hasEnded else { return }
        if !parents.isEmpty {
            for order in orders where order.state.isTerminal && parents[order.number] != nil { parents[order.number] = order }
        }
        orders.removeAll { $0.state.isTerminal }
    }

    /// Units of the bar's volume that are left for one more fill; infinite without a cap.
    public mutating func capacity(_ instrument: Int, _ slice: MarketSlice) -> Double {
        guard let share = rules.participation else { return .infinity }
        let volume = slice.volume[instrument]
        return volume > 0 ? max(0, volume * share - taken(instrument, slice)) : 0
    }

    public mutating func taken(_ instrument: Int, _ slice: MarketSlice) -> Double {
        if consumedIndex != slice.index {
            consumedIndex = slice.index
            for position in consumed.indices { consumed[position] = 0 }
        }
        return consumed[instrument]
    }

    /// The instrument's next event inside of the label's bar has a volume of its own.
    public mutating func renewVolume(_ instrument: Int, _ slice: MarketSlice) {
        if taken(instrument, slice) > 0 { consumed[instrument] = 0 }
    }

    /// An execution of part or all of an order.
    public struct Execution: Sendable {
        public var quantity: Double
        public var price: Double
        /// Before spread, slippage and impact.
        public var reference: Double
        public var halfSpread: Double
        /// Beyond the half spread.
        public var slippage: Double
        public var commission: Double
        public var source: EngineConfiguration.ExecutionPrice
        /// The bar's first price: whatever the bar did came after it.
        public var isAtOpen: Bool

        public init(
            quantity: Double, price: Double, reference: Double, halfSpread: Double = 0, slippage: Double, commission: Double,
            source: EngineConfiguration.ExecutionPrice, isAtOpen: Bool
        ) {
            self.quantity = quantity
            self.price = price
            self.reference = reference
            self.halfSpread = halfSpread
            self.slippage = slippage
            self.commission = commission
            self.source = source
            self.isAtOpen = isAtOpen
        }
    }

    /// Books an execution: ledger, trade, record, and what hangs on the order.
    public mutating func book(_ index: Int, _ execution: Execution, at slice: MarketSlice) {
        let order = orders[index]
        let instrument = order.instrument
        let signed = order.isBuy ? execution.quantity : -execution.quantity
        let old = quantity(instrument)
        let marks = initialMarks(order, execution.price, slice)
        let time = execution.isAtOpen ? slice.time : slice.closeTime
        var fill = Booking(
            instrument: instrument, time: time, index: slice.index, signedQuantity: signed, price: execution.price,
            commission: execution.commission, slippage: execution.halfSpread + execution.slippage, signalPrice: order.signalPrice,
            highWaterMark: marks.high, lowWaterMark: marks.low)
        let quote = FillQuote(slice, instrument, isBuy: order.isBuy)
        fill.entryQuote = quote == nil ? -1 : recorder.fillCount
        let closed = account.book(fill)
        recorder.record(
            Recorder.Event(
                order, execution, at: time, slice.index, isExit: old * signed < 0, quote: quote, rate: account.rates[instrument]))
        if let closed { recorder.record(trade(closed, order, execution, quote, at: time)) }
        if rules.impact.countsVolume || rules.participation != nil {
            consumed[instrument] = taken(instrument, slice) + execution.quantity
        }
        advance(index, execution, at: slice)
        if old != 0, quantity(instrument) != 0, (old > 0) != (quantity(instrument) > 0) {
            cancelOthers(of: instrument, but: order)
        }
    }

    private mutating func advance(_ index: Int, _ execution: Execution, at slice: MarketSlice) {
        orders[index].filledNotional +=
            execution.price * execution.quantity * account.pointValues[orders[index].instrument]
        orders[index].filledQuantity += execution.quantity
        orders[index].commissionPaid += execution.commission
        orders[index].quantity -= execution.quantity
        orders[index].allowance -= execution.quantity
        // An order that only reduces is done when there is nothing left to reduce.
        let isFlat = orders[index].isReduceOnly && quantity(orders[index].instrument) == 0
        let isWhole = isFlat || orders[index].quantity <= Quantities.zeroTolerance(orders[index].requested)
        end(index, .fill(complete: isWhole))
        let order = orders[index]
        if hasChildren { wakeChildren(of: order, execution, at: slice) }
        guard order.ocoGroup != 0 else { return }
        for other in orders.indices where orders[other].ocoGroup == order.ocoGroup && other != index {
            if orders[other].state.isTerminal { continue }
            if isWhole {
                end(other, .cancel)
            } else if orders[other].parent == 0 {
                orders[other].quantity = min(orders[other].quantity, order.quantity)
            } else if !orders[other].isAsleep {
                orders[other].allowance -= execution.quantity
                orders[other].quantity = orders[other].due
            }
        }
    }

    /// Orders that hang on an entry protect at most what has been filled of it.
    private mutating func wakeChildren(of order: Order, _ execution: Execution, at slice: MarketSlice) {
        for child in orders.indices where orders[child].parent == order.number && !orders[child].state.isTerminal {
            orders[child].allowance += execution.quantity
            orders[child].quantity = orders[child].due
            if orders[child].isAsleep {
                orders[child].isAsleep = false
                orders[child].wokenIndex = slice.index
                orders[child].wokenPrice = execution.isAtOpen ? .nan : execution.reference
                // The open of this label is over.
                let first = slice.index + (orders[child].isAtOpen ? 1 : 0)
                orders[child].eligibleIndex = max(orders[child].eligibleIndex, first)
                orders[child].isFresh = orders[child].eligibleIndex == slice.index
            }
        }
    }

    /// A position that changed its side leaves no orders behind that were meant for the old one.
    private mutating func cancelOthers(of instrument: Int, but order: Order) {
        for other in orders.indices where orders[other].number != order.number && orders[other].instrument == instrument {
            if !orders[other].state.isTerminal && orders[other].parent != order.number { end(other, .cancel) }
        }
    }

    private func initialMarks(_ order: Order, _ price: Double, _ slice: MarketSlice) -> (high: Double, low: Double) {
        switch rules.stops.initialWaterMarkSource {
        case .fillPrice: return (price, price)
        case .signalPrice: return order.signalPrice.isNaN ? (price, price) : (order.signalPrice, order.signalPrice)
        case .barClose: return (slice.close[order.instrument], slice.close[order.instrument])
        case .barHigh: return (slice.high[order.instrument], slice.low[order.instrument])
        }
    }

    private func trade(
        _ closed: ClosedPart, _ order: Order, _ execution: Execution, _ quote: FillQuote?, at time: UnixNanos
    ) -> TradeRecord {
        let instrument = account.instruments[order.instrument]
        return TradeRecord(
            closed, asset: instrument.asset, multiplier: instrument.multiplier, exitRate: account.rates[order.instrument],
            exitTime: time, exitPrice: execution.price,
            exitSlippage: execution.halfSpread + execution.slippage, reason: order.reason, detail: detail(ofRule: order.rule),
            status: closed.isWhole ? .closed : .partial, quotes: quotes(closed.position, exit: quote))
    }

    func quotes(_ position: OpenPosition, exit: FillQuote?) -> TradeQuotes? {
        let entry = position.entryQuote < 0 ? nil : recorder.quote(ofFill: position.entryQuote)
        return entry == nil && exit == nil ? nil : TradeQuotes(entry: entry ?? FillQuote(), exit: exit ?? FillQuote())
    }
}
