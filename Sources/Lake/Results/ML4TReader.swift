import Contracts
import Primitives

/// Records from the tables of ml4t-backtest 0.2.0.
enum ML4TReader {
    static func trades(_ file: ResultFile) throws -> [TradeRecord] {
        let (assets, entryTimes, exitTimes) = (file.strings("symbol"), file.times("entry_time"), file.times("exit_time"))
        let (entryPrices, exitPrices) = (file.doubles("entry_price"), file.doubles("exit_price"))
        let (quantities, multipliers) = (file.doubles("quantity"), file.doubles("multiplier"))
        let (pnls, fractions, held) = (file.doubles("pnl"), file.doubles("net_return"), try file.int32s("bars_held"))
        let (fees, slippages) = (file.doubles("fees"), file.doubles("total_slippage_cost"))
        let (entrySlippages, exitSlippages) = (file.doubles("entry_slippage"), file.doubles("exit_slippage"))
        let (mfes, maes) = (file.doubles("mfe"), file.doubles("mae"))
        let reasons = try file.words("exit_reason") { ExitReason(name: $0) }
        let details = file.optionalStrings("exit_reason_detail")
        let states = try file.words("status") { TradeStatus(rawValue: $0) }
        let (entryQuotes, exitQuotes) = (Quotes(file, "entry_"), Quotes(file, "exit_"))
        let quoted = !(entryQuotes.isBlank && exitQuotes.isBlank)
        return (0..<file.count).map { row in
            var quotes: TradeQuotes?
            if quoted, !(entryQuotes.isBlank(row) && exitQuotes.isBlank(row)) {
                quotes = TradeQuotes(entry: entryQuotes[row], exit: exitQuotes[row])
            }
            return TradeRecord(
                asset: assets[row], entryTime: entryTimes[row], exitTime: exitTimes[row], entryPrice: entryPrices[row],
                exitPrice: exitPrices[row], quantity: quantities[row], multiplier: multipliers[row], pnl: pnls[row],
                pnlPercent: fractions[row], barsHeld: held[row], commission: fees[row], slippage: slippages[row],
                entrySlippage: entrySlippages[row], exitSlippage: exitSlippages[row], mfe: mfes[row], mae: maes[row],
                exitReason: reasons[row], exitReasonDetail: details[row], status: states[row], quotes: quotes)
        }
    }

    static func fills(_ file: ResultFile) throws -> [FillRecord] {
        let (orders, sequence, assets) = (file.strings("order_id"), file.ints("fill_sequence"), file.strings("asset"))
        let (times, quantities) = (file.times("timestamp"), file.doubles("signed_quantity"))
        let (multipliers, currencies) = (file.optionalDoubles("multiplier"), file.optionalStrings("currency"))
        let (prices, references) = (file.doubles("price"), file.optionalDoubles("reference_price"))
        let (commissions, slippages) = (file.doubles("commission"), file.doubles("slippage"))
        let (sources, reasons) = (file.strings("price_source"), file.strings("exit_reason"))
        let types = try file.words("order_type") { OrderType(nameInML4T: $0) }
        let (limits, stops) = (file.optionalDoubles("limit_price"), file.optionalDoubles("stop_price"))
        let (triggers, rebalances) = (file.optionalInts("stop_triggered_at"), file.optionalStrings("rebalance_id"))
        let details = file.optionalStrings("exit_reason_detail")
        let quotes = Quotes(file, "")
        let rates = file.has("conversion_rate") ? file.doubles("conversion_rate") : nil
        return (0..<file.count).map { row in
            let multiplier = multipliers[row] ?? 1
            return FillRecord(
                orderID: orders[row], fillSequence: sequence[row], asset: assets[row], time: times[row],
                decisionTime: times[row], signedQuantity: quantities[row], price: prices[row],
                referencePrice: references[row] ?? prices[row], multiplier: multiplier, commission: commissions[row],
                spreadCost: 0, slippageCost: slippages[row] * abs(quantities[row]) * multiplier * (rates?[row] ?? 1),
                priceSource: sources[row],
                sameBar: false, reason: ExitReason(name: reasons[row])?.rawValue ?? reasons[row],
                exitReasonDetail: details[row], orderType: types[row], limitPrice: limits[row], stopPrice: stops[row],
                stopTriggeredAt: triggers[row].map { UnixNanos($0 * UnixNanos.perMicrosecond) },
                rebalanceID: rebalances[row], quote: quotes.isBlank || quotes.isBlank(row) ? nil : quotes[row],
                slippagePerUnit: slippages[row],
                currency: currencies[row], rate: rates?[row] ?? 1)
        }
    }

    /// The returns are those of the records, relative to the first bar, not to the capital as in the file.
    static func equity(_ base: String) throws -> [EquityPoint] {
        let file = try ResultFile(base + "equity.parquet", ML4TColumns.equity)
        let (times, values) = (file.times("timestamp"), file.doubles("equity"))
        let accounts = try accounts(base, times)
        let exposure = try ResultFolder.exposure(base, rows: file.count)
        var high = -Double.infinity
        return times.indices.map { row in
            let value = values[row]
            high = max(high, value)
            let net = exposure?[row] ?? accounts[row].map { $0.netExposure / value }
            return EquityPoint(
                timestamp: times[row], equity: value, periodReturn: row > 0 ? value / values[row - 1] - 1 : 0,
                cumulativeReturn: value / values[0] - 1, drawdown: high > 0 ? value / high - 1 : 0, highWaterMark: high,
                netExposure: net ?? 0, account: accounts[row])
        }
    }

    /// The account after each bar; other observations of the same time are left out.
    private static func accounts(_ base: String, _ times: [UnixNanos]) throws -> [AccountState?] {
        let path = base + "portfolio_state.parquet"
        var states = [AccountState?](repeating: nil, count: times.count)
        guard FileBytes.exists(path) else { return states }
        let file = try ResultFile(path, ML4TColumns.portfolioState)
        let (observed, kinds) = (file.times("timestamp"), file.strings("observation_kind"))
        let (cash, gross) = (file.doubles("cash"), file.doubles("gross_exposure"))
        let (net, open) = (file.doubles("net_exposure"), try file.int32s("open_positions"))
        var bar = 0
        for row in 0..<file.count where kinds[row] != "after_fill" {
            while bar < times.count, times[bar] < observed[row] { bar += 1 }
            guard bar < times.count, times[bar] == observed[row] else { continue }
            states[bar] = AccountState(
                cash: cash[row], grossExposure: gross[row], netExposure: net[row], openPositions: open[row])
        }
        return states
    }

    static func rejectedOrders(_ file: ResultFile) throws -> [RejectedOrder] {
        let (orders, assets, times) = (file.strings("order_id"), file.strings("symbol"), file.times("timestamp"))
        let (requested, filled) = (file.doubles("requested_quantity"), file.doubles("filled_quantity"))
        let remaining = file.doubles("remaining_quantity")
        let sides = try file.words("side") { OrderSide(rawValue: $0) }
        let types = try file.words("order_type") { OrderType(nameInML4T: $0) }
        let (limits, stops) = (file.optionalDoubles("limit_price"), file.optionalDoubles("stop_price"))
        let (trails, parents) = (file.optionalDoubles("trail_amount"), file.optionalStrings("parent_id"))
        let (rebalances, codes) = (file.optionalStrings("rebalance_id"), file.strings("rejection_code"))
        let reasons = file.optionalStrings("rejection_reason")
        return (0..<file.count).map { row in
            RejectedOrder(
                orderID: orders[row], asset: assets[row], time: times[row], side: sides[row], orderType: types[row],
                requestedQuantity: requested[row], filledQuantity: filled[row], remainingQuantity: remaining[row],
                limitPrice: limits[row], stopPrice: stops[row], trailAmount: trails[row], parentID: parents[row],
                rebalanceID: rebalances[row], code: codes[row], reason: reasons[row])
        }
    }

    /// The quote columns of one end.
    private struct Quotes {
        private let mid, bid, ask, spread, available: Optionals<Double>
        private let sizes: (bid: Optionals<Double>, ask: Optionals<Double>)?
        let isBlank: Bool

        /// - Parameter prefix: `entry_`, `exit_`, or empty in fills, which have the sizes of both sides too.
        init(_ file: ResultFile, _ prefix: String) {
            mid = file.optionalDoubles(prefix + "quote_mid_price")
            bid = file.optionalDoubles(prefix + "bid_price")
            ask = file.optionalDoubles(prefix + "ask_price")
            spread = file.optionalDoubles(prefix + "spread")
            available = file.optionalDoubles(prefix + "available_size")
            sizes = prefix.isEmpty ? (file.optionalDoubles("bid_size"), file.optionalDoubles("ask_size")) : nil
            isBlank =
                [mid, bid, ask, spread, available].allSatisfy(\.isBlank) && sizes?.bid.isBlank ?? true
                && sizes?.ask.isBlank ?? true
        }

        func isBlank(_ row: Int) -> Bool {
            mid[row] == nil && bid[row] == nil && ask[row] == nil && spread[row] == nil && available[row] == nil
                && sizes?.bid[row] == nil && sizes?.ask[row] == nil
        }

        subscript(row: Int) -> FillQuote {
            FillQuote(
                midPrice: mid[row], bidPrice: bid[row], askPrice: ask[row], spread: spread[row], bidSize: sizes?.bid[row],
                askSize: sizes?.ask[row], availableSize: available[row])
        }
    }
}
