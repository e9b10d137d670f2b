import Contracts
import Primitives

/// Result records as the tables of ml4t-backtest 0.2.0. Instants are rounded toward the past to microseconds.
enum ML4TTables {
    static func trades(_ rows: [TradeRecord]) -> Table {
        let gross = rows.map { row in
            let isConverted = row.entryRate != 1 || row.exitRate != 1
            return isConverted ? row.pnl + row.commission : (row.exitPrice - row.entryPrice) * row.quantity * row.multiplier
        }
        let slippage = rows.map {
            ($0.entrySlippage * $0.entryRate + $0.exitSlippage * $0.exitRate) * abs($0.quantity) * $0.multiplier
        }
        let drag = zip(rows, slippage).map { row, slippage in
            let notional = row.entryPrice * abs(row.quantity) * row.multiplier * row.entryRate
            return notional == 0 ? 0 : (row.commission + slippage) / notional
        }
        let grossReturn = rows.map { row in
            let change = row.entryPrice == 0 ? 0 : (row.exitPrice - row.entryPrice) / row.entryPrice
            return row.quantity > 0 ? change : -change
        }
        let head: [Cells] = [
            .strings(rows.map(\.asset)), .ints(rows.map(\.entryTime.microseconds)), .ints(rows.map(\.exitTime.microseconds)),
            .doubles(rows.map(\.entryPrice)), .doubles(rows.map(\.exitPrice)), .doubles(rows.map(\.quantity)),
            .strings(rows.map { $0.quantity > 0 ? "long" : "short" }), .doubles(rows.map(\.pnl)), .doubles(grossReturn),
            .ints(rows.map { Int64($0.barsHeld) }), .doubles(rows.map(\.commission)), .doubles(rows.map(\.exitSlippage)),
            .doubles(rows.map(\.mfe)), .doubles(rows.map(\.mae)), .doubles(rows.map(\.entrySlippage)),
            .doubles(rows.map(\.multiplier)),
        ]
        let tail: [Cells] = [
            .doubles(gross), .doubles(rows.map(\.pnlPercent)), .doubles(slippage), .doubles(drag),
            .strings(rows.map { $0.exitReason.name(in: .ml4t02) }), .strings(nullable: rows.map(\.exitReasonDetail)),
            .strings(rows.map(\.status.rawValue)),
        ]
        let quotes = quote(rows.map { $0.quotes?.entry }) + quote(rows.map { $0.quotes?.exit })
        return ML4TColumns.trades.table(head + quotes + tail)
    }

    private static func quote(_ quotes: [FillQuote?]) -> [Cells] {
        [
            .doubles(nullable: quotes.map { $0?.midPrice }), .doubles(nullable: quotes.map { $0?.bidPrice }),
            .doubles(nullable: quotes.map { $0?.askPrice }), .doubles(nullable: quotes.map { $0?.spread }),
            .doubles(nullable: quotes.map { $0?.availableSize }),
        ]
    }

    static func fills(_ rows: [FillRecord]) -> Table {
        let head: [Cells] = [
            .strings(rows.map(\.orderID)), .ints(rows.map(\.fillSequence)), .strings(nullable: rows.map(\.rebalanceID)),
            .strings(rows.map(\.asset)), .strings(rows.map { ($0.signedQuantity < 0 ? OrderSide.sell : .buy).rawValue }),
            .doubles(rows.map { abs($0.signedQuantity) }), .doubles(rows.map(\.signedQuantity)),
            .doubles(rows.map(\.multiplier)), .strings(nullable: rows.map(\.currency)), .doubles(rows.map(\.price)),
            .ints(rows.map(\.time.microseconds)), .doubles(rows.map(\.commission)), .doubles(rows.map(\.slippagePerUnit)),
            .strings(rows.map(\.orderType.nameInML4T)), .doubles(nullable: rows.map(\.limitPrice)),
            .doubles(nullable: rows.map(\.stopPrice)), .ints(nullable: rows.map { $0.stopTriggeredAt?.microseconds }),
            .strings(rows.map(\.priceSource)), .doubles(rows.map(\.referencePrice)),
        ]
        let quotes = rows.map(\.quote)
        let tail: [Cells] = [
            .doubles(nullable: quotes.map { $0?.midPrice }), .doubles(nullable: quotes.map { $0?.bidPrice }),
            .doubles(nullable: quotes.map { $0?.askPrice }), .doubles(nullable: quotes.map { $0?.spread }),
            .doubles(nullable: quotes.map { $0?.bidSize }), .doubles(nullable: quotes.map { $0?.askSize }),
            .doubles(nullable: quotes.map { $0?.availableSize }),
            .strings(rows.map { ExitReason(rawValue: $0.reason)?.name(in: .ml4t02) ?? $0.reason }),
            .strings(nullable: rows.map(\.exitReasonDetail)),
        ]
        guard rows.contains(where: { $0.rate != 1 }) else { return ML4TColumns.fills.table(head + tail) }
        return (ML4TColumns.fills + ML4TColumns.conversion).table(head + tail + [.doubles(rows.map(\.rate))])
    }

    /// ml4t-backtest computes the columns of returns anew from the equity and compares.
    static func equity(_ rows: [EquityPoint], after state: inout CurveState) -> Table {
        var highs: [Double] = []
        var returns: [Double] = []
        for row in rows {
            returns.append(row.equity / state.previous - 1)
            state.high = max(state.high, row.equity)
            highs.append(state.high)
            state.previous = row.equity
            state.count += 1
        }
        let values = rows.map(\.equity)
        let inverse = 1 / state.base
        return ML4TColumns.equity.table([
            .ints(rows.map(\.timestamp.microseconds)), .doubles(values), .doubles(returns),
            .doubles(values.map { $0 * inverse - 1 }), .doubles(zip(values, highs).map { $1 > 0 ? $0 / $1 - 1 : 0 }),
            .doubles(highs), .doubles(values),
        ])
    }

    /// Of the days of UTC dates: ml4t-backtest aggregates the equity anew when it opens a folder and takes no difference, not in
    /// the last bit, so that every operation here is the one it does; polars divides by one number by multiplying with its
    /// inverse.
    static func dailyPnL(_ days: [DailyPnL], initialCapital: Double) -> Table {
        // Without any equity it expects the specification's columns.
        guard !days.isEmpty else { return empty(ResultColumns.dailyPnL) }
        return ML4TColumns.dailyPnL.table([
            .ints(days.map { Int64($0.date.daysSinceEpoch) }), .doubles(days.map(\.openEquity)),
            .doubles(days.map(\.closeEquity)), .doubles(days.map(\.highEquity)), .doubles(days.map(\.lowEquity)),
            .ints(days.map { Int64($0.numBars) }), .doubles(days.map { $0.closeEquity - $0.openEquity }),
            .doubles(days.map { ($0.closeEquity - $0.openEquity) / $0.openEquity }),
            .doubles(days.map { $0.closeEquity * (1 / initialCapital) - 1 }),
        ])
    }

    /// - Parameter first: how many points came before.
    static func portfolioState(_ rows: [EquityPoint], first: Int) -> Table {
        let accounts = rows.map {
            $0.account ?? AccountState(cash: $0.equity, grossExposure: 0, netExposure: 0, openPositions: 0)
        }
        return ML4TColumns.portfolioState.table([
            .ints(rows.indices.map { Int64(first + $0) }), .ints(rows.map(\.timestamp.microseconds)),
            .doubles(rows.map(\.equity)), .doubles(accounts.map(\.cash)), .doubles(accounts.map(\.grossExposure)),
            .doubles(accounts.map(\.netExposure)), .ints(accounts.map { Int64($0.openPositions) }),
            .strings(rows.map { _ in "bar" }), .bools(rows.map { _ in false }), .ints(nullable: rows.map { _ in nil }),
        ])
    }

    static func rejectedOrders(_ rows: [RejectedOrder]) -> Table {
        ML4TColumns.rejectedOrders.table([
            .strings(rows.map(\.orderID)), .strings(rows.map(\.asset)), .ints(rows.map(\.time.microseconds)),
            .doubles(rows.map(\.requestedQuantity)), .doubles(rows.map(\.filledQuantity)),
            .doubles(rows.map(\.remainingQuantity)), .strings(rows.map(\.side.rawValue)),
            .strings(rows.map(\.orderType.nameInML4T)), .doubles(nullable: rows.map(\.limitPrice)),
            .doubles(nullable: rows.map(\.stopPrice)), .doubles(nullable: rows.map(\.trailAmount)),
            .strings(nullable: rows.map(\.parentID)), .strings(nullable: rows.map(\.rebalanceID)),
            .strings(rows.map { _ in "rejected" }), .strings(rows.map(\.code)), .strings(nullable: rows.map(\.reason)),
        ])
    }

    static func funding(_ events: [CashEventRecord]) -> Table {
        let rows = events.filter { $0.kind == .funding }
        return ML4TColumns.funding.table([
            .ints(rows.map(\.time.microseconds)), .strings(rows.map { $0.asset ?? "" }), .doubles(rows.map(\.quantity)),
            .doubles(nullable: rows.map(\.price)), .doubles(rows.map(\.multiplier)), .doubles(nullable: rows.map(\.rate)),
            .doubles(nullable: rows.map { _ in nil }), .doubles(rows.map(\.amount)),
        ])
    }

    /// A table without rows.
    static func empty(_ columns: [ColumnSpec]) -> Table {
        columns.table(
            columns.map {
                switch $0.type {
                case .bool: .bools([])
                case .double: .doubles([])
                case .string: .strings([])
                default: .ints([])
                }
            })
    }
}

extension OrderType {
    /// ml4t-backtest 0.2.0 has no order for the open: there a market order of the day before is one.
    var nameInML4T: String {
        switch self {
        case .marketOnClose: "moc"
        case .marketOnOpen: Self.market.rawValue
        default: rawValue
        }
    }

    init?(nameInML4T name: String) {
        switch name {
        case "moc": self = .marketOnClose
        case "": self = .market
        default: self.init(rawValue: name)
        }
    }
}
