public import Contracts
import Execution
import Market
import Portfolio
import Primitives

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
    public func recording(checkRuin: Bool = true) throws -> BacktestRecording {
        BacktestRecording(trades: recorder.trades + openTrades, equity: try equityPoints(checkRuin), fills: fillRecords)
    }

    private var openTrades: [TradeRecord] {
        guard let last = recorder.points.last else { return [] }
        return account.held.map { instrument in
            let position = account.positions[instrument]
            let known = account.instruments[instrument]
            let gross = (position.mark - position.entryPrice) * position.quantity * known.multiplier
            let part = ClosedPart(
                position: position, quantity: position.quantity, pnl: gross - position.entryCommission,
                commission: position.entryCommission, isWhole: true)
            return TradeRecord(
                part, asset: known.asset, multiplier: known.multiplier, exitTime: last.time, exitPrice: position.mark,
                exitSlippage: 0, reason: .endOfData, detail: nil, status: .open, quotes: quotes(position, exit: nil))
        }
    }

    private func equityPoints(_ checkRuin: Bool) throws -> [EquityPoint] {
        var points: [EquityPoint] = []
        points.reserveCapacity(recorder.points.count)
        var highWaterMark = account.initialCash
        var previous = account.initialCash
        for point in recorder.points {
            if checkRuin, point.equity <= 0 {
                throw ApusError(
                    "run.ruined", "the account is ruined; the positions are too large for it",
                    context: ["time": point.time.description, "equity": "\(point.equity)"])
            }
            highWaterMark = max(highWaterMark, point.equity)
            points.append(
                EquityPoint(
                    timestamp: point.time, equity: point.equity, periodReturn: point.equity / previous - 1,
                    cumulativeReturn: point.equity / account.initialCash - 1, drawdown: point.equity / highWaterMark - 1,
                    highWaterMark: highWaterMark, netExposure: point.net / point.equity))
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
                orderID: order.id, fillSequence: Int64(index), asset: known.asset, time: event.time, decisionTime: order.created,
                signedQuantity: event.signedQuantity, price: event.price, referencePrice: event.reference,
                multiplier: known.multiplier, commission: event.commission, spreadCost: 0, slippageCost: event.slippage * scale,
                priceSource: event.source.rawValue, sameBar: order.createdIndex == event.index,
                reason: event.isExit ? order.reason.rawValue : "", exitReasonDetail: detail(of: order), orderType: order.type,
                limitPrice: order.limitPrice.isNaN ? nil : order.limitPrice,
                stopPrice: order.stopPrice.isNaN ? nil : order.stopPrice, stopTriggeredAt: order.stopTriggered,
                rebalanceID: order.rebalance == 0 ? nil : "REB-\(order.rebalance)", quote: event.quote)
        }
    }
}
