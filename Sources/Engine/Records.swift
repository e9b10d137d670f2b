public import Contracts
import Execution
import Market
import Portfolio
public import Primitives

extension FillQuote {
    /// The quote of an instrument at a label, nil where the data has none.
    init?(_ slice: MarketSlice, _ instrument: Int, isBuy: Bool) {
        guard slice.bid != nil || slice.ask != nil || slice.mid != nil else { return nil }
        func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        let bid = known(slice.bid?[instrument])
        let ask = known(slice.ask?[instrument])
        self.init(
            midPrice: known(slice.quoteMid(instrument)), bidPrice: bid, askPrice: ask,
            spread: bid.flatMap { bid in ask.map { $0 - bid } }, bidSize: known(slice.bidSize?[instrument]),
            askSize: known(slice.askSize?[instrument]), availableSize: known(slice.availableSize(instrument, isBuy: isBuy)))
    }
}

extension EquityPoint {
    fileprivate static var ruin: String { "the account is ruined; the positions are too large for it" }

    /// The next point of a curve that has begun.
    init(_ point: Recorder.Point, _ curve: inout EquityCurve?) throws {
        var state = curve ?? EquityCurve(base: point.equity)
        if point.equity <= 0 {
            throw ApusError("run.ruined", Self.ruin, context: ["time": point.time.description, "equity": "\(point.equity)"])
        }
        state.highWaterMark = max(state.highWaterMark, point.equity)
        self.init(
            timestamp: point.time, equity: point.equity, periodReturn: point.equity / state.previous - 1,
            cumulativeReturn: point.equity / state.base - 1, drawdown: point.equity / state.highWaterMark - 1,
            highWaterMark: state.highWaterMark, netExposure: point.net / point.equity,
            account: AccountState(
                cash: point.cash, grossExposure: point.gross, netExposure: point.net, openPositions: point.positions))
        state.previous = point.equity
        curve = state
    }
}

extension TradeRecord {
    init(
        _ closed: ClosedPart, asset: String, multiplier: Double, exitRate: Double, exitTime: UnixNanos, exitPrice: Double,
        exitSlippage: Double,
        reason: ExitReason, detail: String?, status: TradeStatus, quotes: TradeQuotes?
    ) {
        let position = closed.position
        let value = closed.quantity.magnitude * position.entryCost.magnitude * multiplier
        self.init(
            asset: asset, entryTime: position.entryTime, exitTime: exitTime, entryPrice: position.entryPrice,
            exitPrice: exitPrice,
            quantity: closed.quantity, multiplier: multiplier, pnl: closed.pnl, pnlPercent: value == 0 ? 0 : closed.pnl / value,
            barsHeld: position.barsHeld, commission: closed.commission, entrySlippage: position.entrySlippage,
            exitSlippage: exitSlippage, mfe: position.bestExcursion, mae: position.worstExcursion, exitReason: reason,
            exitReasonDetail: detail, status: status, quotes: quotes, entryRate: position.entryRate, exitRate: exitRate)
    }
}

extension Desk {
    /// Everything recorded, with the positions that are still open as trades at their last marks.
    /// - Throws: `ApusError` `run.ruined` where nothing was left: no return can be computed from there on.
    public mutating func recording() throws -> BacktestRecording {
        let open = openTrades
        var recording = try take(isLast: true)
        recording.trades += open
        return recording
    }

    /// What has been recorded since the last time, but the account at the last label, which may still change. Who takes it as
    /// the run goes on need not keep it, so that memory does not grow with the data.
    /// - Throws: `ApusError` `run.ruined`, as `recording()`.
    public mutating func take() throws -> BacktestRecording { try take(isLast: false) }

    private mutating func take(isLast: Bool) throws -> BacktestRecording {
        let equity = try recorder.takeEquity(isLast: isLast, base: rules.record.startsAtFirstBar ? nil : account.initialCash)
        let part = BacktestRecording(
            trades: recorder.takeTrades(), equity: equity, fills: fillRecords, rejectedOrders: rejectedOrders,
            orderCount: orderCount, cutOrders: cutOrders, cashEvents: cashEventRecords)
        recorder.forgetEvents(quoted: account.held.map { account.positions[$0].entryQuote }.filter { $0 >= 0 })
        return part
    }

    private func known(_ value: Double) -> Double? { value.isNaN ? nil : value }

    private var rejectedOrders: [RejectedOrder] {
        recorder.rejections.map { rejection in
            let order = rejection.order
            let prefix = rules.record.orderPrefix
            return RejectedOrder(
                orderID: "\(prefix)-\(order.number)", asset: account.instruments[order.instrument].asset, time: order.created,
                side: order.isBuy ? .buy : .sell, orderType: order.type, requestedQuantity: order.requested,
                filledQuantity: order.filledQuantity, limitPrice: known(order.limitPrice), stopPrice: known(order.stopPrice),
                trailAmount: known(order.trailAmount), parentID: order.parent == 0 ? nil : "\(prefix)-\(order.parent)",
                rebalanceID: order.rebalance == 0 ? nil : "REB-\(order.rebalance)", code: rejection.reason.rawValue,
                reason: rejection.reason.sentence)
        }
    }

    private var cashEventRecords: [CashEventRecord] {
        recorder.cashEvents.map { event in
            let instrument = event.instrument < 0 ? nil : account.instruments[event.instrument]
            return CashEventRecord(
                time: event.time, kind: event.kind, asset: instrument?.asset, quantity: event.quantity,
                price: known(event.price), multiplier: instrument?.multiplier ?? 1, rate: known(event.rate),
                amount: event.amount)
        }
    }

    private var openTrades: [TradeRecord] {
        guard let last = recorder.points.last else { return [] }
        return account.held.map { instrument in
            let position = account.positions[instrument]
            let known = account.instruments[instrument]
            let rate = account.rates[instrument]
            let cost = position.entryCost + position.revaluation
            let gross = (position.worth * rate - cost) * position.quantity * known.multiplier
            let part = ClosedPart(
                position: position, quantity: position.quantity, pnl: gross - position.entryCommission,
                commission: position.entryCommission, isWhole: true)
            return TradeRecord(
                part, asset: known.asset, multiplier: known.multiplier, exitRate: rate, exitTime: last.time,
                exitPrice: position.worth,
                exitSlippage: 0, reason: .endOfData, detail: nil, status: .open, quotes: quotes(position, exit: nil))
        }
    }

    /// - Throws: `ApusError` `run.ruined` where nothing is left after the last label.
    public func checkRuin(run: String, at time: UnixNanos) throws {
        guard let equity = recorder.points.last?.equity, equity <= 0 else { return }
        throw ApusError(
            "run.ruined", EquityPoint.ruin, context: ["run": run, "time": time.description, "equity": "\(equity)"])
    }

    private var fillRecords: [FillRecord] {
        let first = recorder.fillCount - recorder.events.count
        let prefix = rules.record.orderPrefix + "-"
        var records: [FillRecord] = []
        records.reserveCapacity(recorder.events.count)
        for index in recorder.events.indices {
            let event = recorder.events[index]
            let known = account.instruments[event.instrument]
            let scale = event.signedQuantity.magnitude * known.multiplier * event.rate
            records.append(
                FillRecord(
                    orderID: prefix + String(event.order), fillSequence: Int64(first + index), asset: known.asset,
                    time: event.time, decisionTime: event.created, signedQuantity: event.signedQuantity, price: event.price,
                    referencePrice: event.reference, multiplier: known.multiplier, commission: event.commission,
                    spreadCost: event.halfSpread * scale, slippageCost: event.slippage * scale, priceSource: source(of: event),
                    sameBar: event.rule < 0 && event.createdIndex == event.index,
                    reason: event.isExit || rules.record.entriesHaveReasons ? event.reason.rawValue : "",
                    exitReasonDetail: detail(ofRule: event.rule), orderType: event.type,
                    limitPrice: event.limitPrice.isNaN ? nil : event.limitPrice,
                    stopPrice: event.stopPrice.isNaN ? nil : event.stopPrice, stopTriggeredAt: event.stopTriggered,
                    rebalanceID: event.rebalance == 0 ? nil : "REB-\(event.rebalance)", quote: event.quote,
                    slippagePerUnit: known.currency == nil ? nil : event.halfSpread + event.slippage, currency: known.currency,
                    rate: event.rate))
        }
        return records
    }

    private func source(of event: Recorder.Event) -> String {
        let isLevel = rules.record.namesRuleLevels && !event.ruleFillPrice.isNaN
        return isLevel && !event.isAtOpen ? "level" : event.source.rawValue
    }
}
