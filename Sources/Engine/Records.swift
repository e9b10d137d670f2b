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

extension TradeRecord {
    init(
        _ closed: ClosedPart, asset: String, multiplier: Double, exitTime: UnixNanos, exitPrice: Double, exitSlippage: Double,
        reason: ExitReason, detail: String?, status: TradeStatus, quotes: TradeQuotes?
    ) {
        let position = closed.position
        let value = closed.quantity.magnitude * position.entryPrice.magnitude * multiplier
        self.init(
            asset: asset, entryTime: position.entryTime, exitTime: exitTime, entryPrice: position.entryPrice,
            exitPrice: exitPrice,
            quantity: closed.quantity, multiplier: multiplier, pnl: closed.pnl, pnlPercent: value == 0 ? 0 : closed.pnl / value,
            barsHeld: position.barsHeld, commission: closed.commission, entrySlippage: position.entrySlippage,
            exitSlippage: exitSlippage, mfe: position.bestExcursion, mae: position.worstExcursion, exitReason: reason,
            exitReasonDetail: detail, status: status, quotes: quotes)
    }
}

extension Desk {
    /// Everything recorded, with the positions that are still open as trades at their last marks.
    /// - Throws: `ApusError` `run.ruined` where nothing was left: no return can be computed from there on.
    public func recording() throws -> BacktestRecording {
        BacktestRecording(
            trades: recorder.trades + openTrades, equity: try equityPoints(), fills: fillRecords, rejectedOrders: rejectedOrders,
            orderCount: orderCount, cashEvents: cashEventRecords)
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
            let gross = (position.worth - position.entryPrice) * position.quantity * known.multiplier
            let part = ClosedPart(
                position: position, quantity: position.quantity, pnl: gross - position.entryCommission,
                commission: position.entryCommission, isWhole: true)
            return TradeRecord(
                part, asset: known.asset, multiplier: known.multiplier, exitTime: last.time, exitPrice: position.worth,
                exitSlippage: 0, reason: .endOfData, detail: nil, status: .open, quotes: quotes(position, exit: nil))
        }
    }

    /// - Throws: `ApusError` `run.ruined` where nothing is left after the last label.
    public func checkRuin(run: String, at time: UnixNanos) throws {
        guard let equity = recorder.points.last?.equity, equity <= 0 else { return }
        throw ApusError("run.ruined", Self.ruin, context: ["run": run, "time": time.description, "equity": "\(equity)"])
    }

    private static var ruin: String { "the account is ruined; the positions are too large for it" }

    private func equityPoints() throws -> [EquityPoint] {
        var points: [EquityPoint] = []
        points.reserveCapacity(recorder.points.count)
        let base = rules.record.startsAtFirstBar ? recorder.points.first?.equity ?? account.initialCash : account.initialCash
        var highWaterMark = base
        var previous = base
        for point in recorder.points {
            if point.equity <= 0 {
                throw ApusError(
                    "run.ruined", Self.ruin, context: ["time": point.time.description, "equity": "\(point.equity)"])
            }
            highWaterMark = max(highWaterMark, point.equity)
            points.append(
                EquityPoint(
                    timestamp: point.time, equity: point.equity, periodReturn: point.equity / previous - 1,
                    cumulativeReturn: point.equity / base - 1, drawdown: point.equity / highWaterMark - 1,
                    highWaterMark: highWaterMark, netExposure: point.net / point.equity,
                    account: AccountState(
                        cash: point.cash, grossExposure: point.gross, netExposure: point.net, openPositions: point.positions)))
            previous = point.equity
        }
        return points
    }

    private var fillRecords: [FillRecord] {
        recorder.events.enumerated().map { index, event in
            let order = event.order
            let known = account.instruments[order.instrument]
            let scale = event.signedQuantity.magnitude * known.multiplier
            return FillRecord(
                orderID: "\(rules.record.orderPrefix)-\(order.number)", fillSequence: Int64(index), asset: known.asset,
                time: event.time, decisionTime: order.created,
                signedQuantity: event.signedQuantity, price: event.price, referencePrice: event.reference,
                multiplier: known.multiplier, commission: event.commission, spreadCost: event.halfSpread * scale,
                slippageCost: event.slippage * scale,
                priceSource: source(of: event), sameBar: order.rule < 0 && order.createdIndex == event.index,
                reason: event.isExit || rules.record.entriesHaveReasons ? order.reason.rawValue : "",
                exitReasonDetail: detail(of: order), orderType: order.type,
                limitPrice: order.limitPrice.isNaN ? nil : order.limitPrice,
                stopPrice: order.stopPrice.isNaN ? nil : order.stopPrice, stopTriggeredAt: order.stopTriggered,
                rebalanceID: order.rebalance == 0 ? nil : "REB-\(order.rebalance)", quote: event.quote)
        }
    }

    private func source(of event: Recorder.Event) -> String {
        let level = event.order.ruleFillPrice
        let isLevel = rules.record.namesRuleLevels && !level.isNaN
        return isLevel && !event.isAtOpen ? "level" : event.source.rawValue
    }
}
