import Contracts
import Primitives

/// Result records as tables. Instants are rounded toward the past to microseconds.
enum ResultTables {
    static func trades(_ rows: [TradeRecord]) -> Table {
        ResultColumns.trades.table([
            .strings(rows.map(\.asset)), .ints(rows.map(\.entryTime.microseconds)), .ints(rows.map(\.exitTime.microseconds)),
            .doubles(rows.map(\.entryPrice)), .doubles(rows.map(\.exitPrice)), .doubles(rows.map(\.units)),
            .strings(rows.map { $0.quantity < 0 ? "short" : "long" }), .doubles(rows.map(\.pnl)),
            .doubles(rows.map(\.pnlPercent)), .ints(rows.map { Int64($0.barsHeld) }), .doubles(rows.map(\.commission)),
            .doubles(rows.map(\.slippage)), .doubles(rows.map(\.mfe)), .doubles(rows.map(\.mae)),
            .strings(rows.map { $0.exitReason.name(in: .v1) }),
        ])
    }

    /// Returns, drawdowns and high-water marks follow from the equity: relative to the first bar, whose return is 0, as the
    /// specification wants them. What a recording says of them may be relative to the capital.
    static func equity(_ rows: [EquityPoint], after state: inout CurveState) -> Table {
        var highs: [Double] = []
        var returns: [Double] = []
        for row in rows {
            if state.count == 0 { state = CurveState(base: row.equity) }
            state.high = max(state.high, row.equity)
            highs.append(state.high)
            returns.append(state.count > 0 && state.previous != 0 ? row.equity / state.previous - 1 : 0)
            state.previous = row.equity
            state.count += 1
        }
        let values = rows.map(\.equity)
        return ResultColumns.equity.table([
            .ints(rows.map(\.timestamp.microseconds)), .doubles(values), .doubles(returns),
            .doubles(values.map { $0 / state.base - 1 }), .doubles(zip(values, highs).map { $1 > 0 ? $0 / $1 - 1 : 0 }),
            .doubles(highs),
        ])
    }

    static func exposure(_ rows: [EquityPoint]) -> Table {
        ResultColumns.exposure.table([.ints(rows.map(\.timestamp.microseconds)), .doubles(rows.map(\.netExposure))])
    }

    static func dailyPnL(_ rows: [DailyPnL]) -> Table {
        ResultColumns.dailyPnL.table([
            .ints(rows.map { Int64($0.date.daysSinceEpoch) }), .doubles(rows.map(\.openEquity)),
            .doubles(rows.map(\.closeEquity)),
            .doubles(rows.map(\.highEquity)), .doubles(rows.map(\.lowEquity)), .doubles(rows.map(\.pnl)),
            .doubles(rows.map(\.returnPct)), .doubles(rows.map(\.cumulativeReturn)), .ints(rows.map { Int64($0.numBars) }),
        ])
    }

    static func fills(_ rows: [FillRecord]) -> Table {
        let isConverted = rows.contains { $0.rate != 1 }
        let conversion: [Cells] = [.strings(nullable: rows.map(\.currency)), .doubles(rows.map(\.rate))]
        let cells: [Cells] = [
            .strings(rows.map(\.orderID)), .ints(rows.map(\.fillSequence)), .strings(rows.map(\.asset)),
            .strings(rows.map { $0.signedQuantity < 0 ? "sell" : "buy" }),
            .doubles(rows.map { abs($0.signedQuantity) * $0.multiplier }),
            .doubles(rows.map { $0.signedQuantity * $0.multiplier }), .doubles(rows.map(\.signedQuantity)),
            .doubles(rows.map(\.multiplier)), .doubles(rows.map(\.price)),
            .ints(rows.map(\.time.microseconds)), .ints(rows.map(\.decisionTime.microseconds)), .doubles(rows.map(\.commission)),
            .doubles(rows.map(\.spreadCost)), .doubles(rows.map(\.slippageCost)), .strings(rows.map(\.priceSource)),
            .doubles(rows.map(\.referencePrice)), .bools(rows.map(\.sameBar)), .strings(rows.map(\.reason)),
        ]
        return isConverted
            ? (ResultColumns.fills + ResultColumns.conversion).table(cells + conversion) : ResultColumns.fills.table(cells)
    }
}

/// What the columns of the next points of an equity curve are relative to.
struct CurveState {
    let base: Double
    var previous: Double
    var high: Double
    var count = 0

    init(base: Double) {
        self.base = base
        previous = base
        high = base
    }
}
