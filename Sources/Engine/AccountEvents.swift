public import Contracts
import Execution
public import Market
public import Portfolio
import Primitives

/// Everything that changes an account and is not a fill: funding, borrow, financing, splits, dividends, the daily settlement of
/// futures, and what forces positions to be closed.
///
/// An event belongs to the first label that is not before it, and is applied before that label's fills: to what was held when
/// the label began.
public struct AccountEvents: Sendable {
    private let schedule: AccountSchedule
    private let fundingMark: EngineConfiguration.ExecutionPrice
    private let borrowRate: Double
    private let financingRate: Double
    private let liquidation: EngineConfiguration.Liquidation?
    private let settles: Bool
    private var nextFunding = 0
    private var nextAction = 0
    private var conversion: ConversionSeries?
    private var lastDay: Int32?
    private var lastSession: Int?
    private var lastTime = UnixNanos(0)

    /// - Returns: nil where nothing can ever happen.
    public init?(_ configuration: EngineConfiguration, schedule: AccountSchedule, instruments: [Account.Instrument]) {
        let ours = configuration.apus
        self.schedule = schedule
        conversion = schedule.conversion.isEmpty ? nil : ConversionSeries(schedule.conversion, instruments)
        fundingMark = ours.funding?.markPrice ?? configuration.execution.markPrice
        borrowRate = ours.borrow?.rate ?? 0
        financingRate = ours.financing?.rate ?? 0
        liquidation = ours.liquidation.flatMap { $0.enabled ? $0 : nil }
        settles = instruments.contains(where: \.hasVariationMargin)
        let isIdle = schedule.funding.isEmpty && schedule.actions.isEmpty && borrowRate == 0 && financingRate == 0
        if isIdle, liquidation == nil, !settles, conversion == nil { return nil }
    }

    /// A split that has just been applied.
    public struct Split: Sendable {
        public let instrument: Int
        /// New units for each old one.
        public let ratio: Double
    }

    /// A label begins; none of its orders has filled yet.
    /// - Returns: the splits that were applied, for whoever remembers quantities or prices.
    /// - Throws: `ApusError` `conversion.missing` where no rate of a currency is known yet.
    public mutating func begin(_ desk: inout Desk, _ slice: MarketSlice) throws -> [Split] {
        if settles {
            if let lastSession, lastSession != slice.session { settle(&desk) }
            lastSession = slice.session
        }
        // After the settlement, which belongs to the label before.
        try conversion?.apply(to: &desk.account, at: slice.time)
        if borrowRate > 0 || financingRate > 0 { accrue(&desk, slice) }
        lastTime = slice.time
        var splits: [Split] = []
        while nextAction < schedule.actions.count, schedule.actions[nextAction].time <= slice.time {
            let action = schedule.actions[nextAction]
            nextAction += 1
            switch action.kind {
            case .split:
                desk.split(action.instrument, ratio: action.value, at: slice)
                splits.append(Split(instrument: action.instrument, ratio: action.value))
            case .dividend:
                let held = desk.quantity(action.instrument)
                guard held != 0 else { continue }
                let unit = desk.account.pointValues[action.instrument]
                desk.move(
                    held * unit * action.value, .dividend, action.instrument, at: action.time, quantity: held, rate: action.value)
            }
        }
        while nextFunding < schedule.funding.count, schedule.funding[nextFunding].time <= slice.time {
            pay(schedule.funding[nextFunding], &desk, slice)
            nextFunding += 1
        }
        return splits
    }

    /// Amount = -quantity x mark x point value x rate.
    private func pay(_ funding: AccountSchedule.Funding, _ desk: inout Desk, _ slice: MarketSlice) {
        let instrument = funding.instrument
        let held = desk.quantity(instrument)
        var mark = funding.mark
        if !mark.isFinite { mark = slice.price(fundingMark, instrument, isBuy: held < 0) }
        if !mark.isFinite { mark = desk.account.positions[instrument].mark }
        let amount = held == 0 ? 0 : -held * mark * desk.account.pointValues[instrument] * funding.rate
        desk.move(
            amount, .funding, instrument, at: funding.time, quantity: held, price: held == 0 ? .nan : mark, rate: funding.rate)
    }

    /// What the days since the last label's cost, on what was held and owed when it ended.
    private mutating func accrue(_ desk: inout Desk, _ slice: MarketSlice) {
        let day = slice.time.utcDate.daysSinceEpoch
        defer { lastDay = day }
        guard let lastDay, day > lastDay else { return }
        let years = Double(day - lastDay) / 365
        let debt = min(0, desk.account.cash)
        for instrument in desk.account.held where borrowRate > 0 {
            let position = desk.account.positions[instrument]
            guard position.quantity < 0, !desk.account.instruments[instrument].hasVariationMargin else { continue }
            // What the account counted when the last label ended.
            desk.move(
                position.quantity * position.worth * desk.account.pointValues[instrument] * borrowRate * years, .borrow,
                instrument, at: slice.time, quantity: position.quantity, price: position.worth, rate: borrowRate)
        }
        if debt < 0, financingRate > 0 {
            desk.move(debt * financingRate * years, .financing, -1, at: slice.time, quantity: debt, rate: financingRate)
        }
    }

    /// The session has ended: pays what it made or lost on futures, at its last marks.
    public mutating func settle(_ desk: inout Desk) {
        for instrument in desk.account.held where desk.account.instruments[instrument].hasVariationMargin {
            let position = desk.account.positions[instrument]
            let amount = desk.account.settle(instrument, at: position.mark)
            guard amount != 0 else { continue }
            desk.recorder.record(
                Recorder.CashEvent(
                    time: lastTime, kind: .variation, instrument: instrument, quantity: position.quantity, price: position.mark,
                    rate: .nan, amount: amount))
            desk.recorder.addToLastCash(amount)
        }
    }
}

// MARK: - Liquidation

extension AccountEvents {
    /// Closes everything where equity no longer covers the maintenance margin, first at the worst prices of the label if those
    /// count, then at its marks.
    public func liquidate(_ desk: inout Desk, _ slice: MarketSlice) {
        guard let liquidation, !desk.account.held.isEmpty else { return }
        if liquidation.usesExtremes {
            let worst = prices(desk) { instrument, position in
                // What was entered at this label's close has not seen its range.
                let isNew = desk.rules.mode == .sameBar && position.entryIndex == slice.index
                return isNew ? .nan : position.quantity > 0 ? slice.low[instrument] : slice.high[instrument]
            }
            if desk.account.isBelowMaintenance(at: worst) { return close(&desk, at: worst, liquidation.feeRate, slice) }
        }
        let source = desk.rules.markPrice
        let marks = prices(desk) { slice.price(source, $0, isBuy: $1.quantity < 0) }
        if desk.account.isBelowMaintenance(at: marks) { close(&desk, at: marks, liquidation.feeRate, slice) }
    }

    /// Of every position, in the order of `held`; its last mark where there is none.
    private func prices(_ desk: borrowing Desk, _ price: (Int, OpenPosition) -> Double) -> [Double] {
        desk.account.held.map { instrument in
            let position = desk.account.positions[instrument]
            let value = price(instrument, position)
            return value.isFinite ? value : position.mark
        }
    }

    /// The exchange or the broker cancels what works and closes what is held.
    private func close(_ desk: inout Desk, at prices: [Double], _ feeRate: Double, _ slice: MarketSlice) {
        for index in desk.orders.indices where !desk.orders[index].state.isTerminal { desk.end(index, .cancel) }
        var terms = Desk.Terms()
        terms.reason = .riskLiquidation
        for (instrument, price) in zip(desk.account.held, prices) {
            let held = desk.quantity(instrument)
            guard let number = desk.submit(instrument, delta: -held, at: slice, terms: terms),
                let index = desk.orders.lastIndex(where: { $0.number == number && !$0.state.isTerminal })
            else { continue }
            let unit = desk.account.pointValues[instrument]
            let commission = desk.rules.commission(of: instrument).amount(
                units: held.magnitude, price: price, multiplier: unit, order: desk.orders[index])
            let fee = (held * price * unit).magnitude * feeRate
            desk.book(
                index,
                Desk.Execution(
                    quantity: held.magnitude, price: price, reference: price, slippage: 0, commission: commission + fee,
                    source: desk.rules.markPrice, isAtOpen: false), at: slice)
        }
        desk.sweep()
    }
}

extension Desk {
    /// Moves cash and notes why.
    mutating func move(
        _ amount: Double, _ kind: CashEventRecord.Kind, _ instrument: Int, at time: UnixNanos, quantity: Double,
        price: Double = .nan, rate: Double
    ) {
        if amount != 0 { account.move(cash: amount) }
        recorder.record(
            Recorder.CashEvent(
                time: time, kind: kind, instrument: instrument, quantity: quantity, price: price, rate: rate, amount: amount))
    }

    /// Positions and working orders in the units after a split. Where only whole shares are traded, a broken one is paid in cash
    /// at the last mark.
    mutating func split(_ instrument: Int, ratio: Double, at slice: MarketSlice) {
        account.split(instrument, ratio: ratio)
        for index in orders.indices where orders[index].instrument == instrument { orders[index].split(ratio) }
        for number in parents.keys where parents[number]?.instrument == instrument { parents[number]?.split(ratio) }
        if !lastPrices.isEmpty { lastPrices[instrument] /= ratio }
        guard rules.usesIntegerShares else { return }
        let position = account.positions[instrument]
        let whole = (position.quantity + (position.quantity < 0 ? -1e-9 : 1e-9)).rounded(.towardZero)
        let broken = position.quantity - whole
        guard broken != 0 else { return }
        account.setQuantity(instrument, whole)
        if broken.magnitude > 1e-9 {
            let amount = broken * position.mark * account.pointValues[instrument]
            move(amount, .cashInLieu, instrument, at: slice.time, quantity: broken, price: position.mark, rate: .nan)
        }
    }
}
