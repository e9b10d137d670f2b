public import Contracts
public import Execution
import Market
public import Portfolio
import Primitives

/// What the kernel needs to know of an instrument.
public struct KernelInstrument: Hashable, Sendable {
    public let asset: String
    public let multiplier: Double

    public init(asset: String, multiplier: Double) {
        self.asset = asset
        self.multiplier = multiplier
    }
}

/// The single-threaded heart of backtest and trading: events in, orders out, fills booked. It has no clock and no randomness of
/// its own.
///
/// For every bar: the venue reports what filled at the open; at the close the ledger sees the bar's range and is marked, the
/// venue reports what filled at the close, the decision is made, and its order goes to the venue, which may still fill it at this
/// close.
public struct Kernel<Decisions: DecisionMaker, Orders: Venue> {
    public private(set) var ledger: Ledger
    public private(set) var equity: [EquityPoint] = []
    public private(set) var fills: [FillRecord] = []
    private var decisions: Decisions
    private var venue: Orders
    private let instruments: [KernelInstrument]
    private let schedule: (DecisionContext) -> FillSchedule
    private let runID: String
    /// The newest closed bar of each instrument.
    private var latest: [BarSlot?]
    private var working: [WorkingOrder?]
    private var orderCount: Int64 = 0
    private let checkInvariants: Bool

    private struct WorkingOrder {
        let order: Order
        let target: Double
        var state: OrderState
    }

    /// - Parameters:
    ///   - schedule: when an order of this decision may fill.
    ///   - runID: prefix of order ids.
    ///   - checkInvariants: verify the ledger's identities after every event (O(trades) each; for tests).
    public init(
        instruments: [KernelInstrument], initialCash: Double, decisions: Decisions, venue: Orders, runID: String,
        checkInvariants: Bool = false, schedule: @escaping (DecisionContext) -> FillSchedule
    ) {
        self.instruments = instruments
        self.decisions = decisions
        self.venue = venue
        self.runID = runID
        self.schedule = schedule
        self.checkInvariants = checkInvariants
        ledger = Ledger(initialCash: initialCash, assets: instruments.map(\.asset), multipliers: instruments.map(\.multiplier))
        latest = Array(repeating: nil, count: instruments.count)
        working = Array(repeating: nil, count: instruments.count)
    }

    /// Consumes the stream to its end, then closes what is open at the last close with `end_of_data`.
    public mutating func run(_ source: inout some MarketEventSource) throws {
        while let event = try source.next() { try process(event) }
        try liquidate()
    }

    /// One event. Events come in time order.
    public mutating func process(_ event: MarketEvent) throws {
        switch event {
        case .open: try apply(venue.reports(for: event), at: event.slot)
        case .close(let slot):
            latest[slot.instrument] = slot
            ledger.observe(instrument: slot.instrument, high: slot.bar.high, low: slot.bar.low)
            ledger.mark(instrument: slot.instrument, price: slot.bar.close)
            try apply(venue.reports(for: event), at: slot)
            ledger.mark(instrument: slot.instrument, price: slot.bar.close)
            try decide(slot, event)
            ledger.mark(instrument: slot.instrument, price: slot.bar.close)
            try recordEquity(slot)
        case .sessionClose(let slot):
            try decide(slot, event)
            ledger.mark(instrument: slot.instrument, price: slot.bar.close)
            try recordEquity(slot)
        }
        if checkInvariants, let broken = ledger.violatedInvariant() {
            throw ApusError("engine.invariant", broken, context: ["time": event.time.description])
        }
    }

    private mutating func decide(_ slot: BarSlot, _ event: MarketEvent) throws {
        let held = ledger.positions[slot.instrument].quantity
        let context = DecisionContext(slot: slot, position: held, equity: ledger.equity, decisionTime: event.time)
        guard let target = try decisions.decide(context) else { return }
        if let open = working[slot.instrument] {
            if open.target == target.units { return }
            venue.cancel(open.order.id)
            try apply(venue.reports(for: event), at: slot)
        }
        let delta = target.units - held
        guard delta != 0 else { return }
        try send(delta: delta, target: target.units, at: event, schedule: schedule(context), reason: .signal)
    }

    private mutating func send(
        delta: Double, target: Double, at event: MarketEvent, schedule: FillSchedule, reason: ExitReason
    ) throws {
        let slot = event.slot
        orderCount += 1
        let order = Order(
            id: "\(runID)-\(orderCount)", instrument: slot.instrument, signedQuantity: delta, decisionTime: event.time,
            schedule: schedule, reason: reason.rawValue)
        working[slot.instrument] = WorkingOrder(order: order, target: target, state: .created)
        venue.submit(order)
        try apply(venue.reports(for: event), at: slot)
    }

    private mutating func apply(_ reports: [VenueReport], at slot: BarSlot) throws {
        for report in reports {
            let index = report.order.instrument
            guard var open = working[index], open.order.id == report.order.id else {
                throw ApusError(
                    "engine.order", "the venue reports an order that is not working", context: ["order": report.order.id])
            }
            switch report.event {
            case .accepted: open.state = try open.state.after(.accept)
            case .rejected: open.state = try open.state.after(.reject)
            case .cancelled: open.state = try open.state.after(.cancel)
            case .filled(let execution):
                open.state = try open.state.after(.fill(complete: execution.complete))
                book(execution, order: open.order, slot: slot)
            }
            working[index] = open.state.isTerminal ? nil : open
        }
    }

    private mutating func book(_ execution: Execution, order: Order, slot: BarSlot) {
        let instrument = instruments[order.instrument]
        let scale = execution.signedQuantity.magnitude * instrument.multiplier
        let spreadCost = execution.halfSpread * scale
        let slippageCost = execution.slippage * scale
        ledger.book(
            Fill(
                instrument: order.instrument, time: execution.time, barIndex: slot.index,
                signedQuantity: execution.signedQuantity,
                price: execution.price, commission: execution.commission, priceCost: spreadCost + slippageCost),
            exitReason: ExitReason(rawValue: order.reason) ?? .signal)
        let sameBar = order.schedule == .thisClose
        fills.append(
            FillRecord(
                orderID: order.id, fillSequence: Int64(fills.count), asset: instrument.asset, time: execution.time,
                decisionTime: order.decisionTime, signedQuantity: execution.signedQuantity, price: execution.price,
                referencePrice: execution.referencePrice, multiplier: instrument.multiplier, commission: execution.commission,
                spreadCost: spreadCost, slippageCost: slippageCost, priceSource: execution.priceSource, sameBar: sameBar,
                reason: order.reason))
    }

    /// One point a bar label; instruments that close on the same label share it.
    /// - Throws: `ApusError` `run.ruined` where nothing is left: no return can be computed from there on.
    private mutating func recordEquity(_ slot: BarSlot) throws {
        let value = ledger.equity
        guard value > 0 else {
            throw ApusError(
                "run.ruined", "the account is ruined; the positions are too large for it",
                context: ["run": runID, "time": slot.bar.closeTime.description, "equity": "\(value)"])
        }
        if let last = equity.last, slot.bar.openTime <= last.timestamp { equity.removeLast() }
        let previous = equity.last
        let highWaterMark = max(previous?.highWaterMark ?? value, value)
        equity.append(
            EquityPoint(
                timestamp: slot.bar.openTime, equity: value, periodReturn: previous.map { value / $0.equity - 1 } ?? 0,
                cumulativeReturn: value / (equity.first?.equity ?? value) - 1, drawdown: value / highWaterMark - 1,
                highWaterMark: highWaterMark, netExposure: ledger.netNotional / value, account: ledger.accountState))
    }

    private mutating func liquidate() throws {
        for slot in latest.compactMap({ $0 }) {
            if let open = working[slot.instrument] {
                venue.cancel(open.order.id)
                try apply(venue.reports(for: .close(slot)), at: slot)
            }
            let held = ledger.positions[slot.instrument].quantity
            guard held != 0 else { continue }
            try send(delta: -held, target: 0, at: .close(slot), schedule: .thisClose, reason: .endOfData)
            try recordEquity(slot)
        }
    }
}
