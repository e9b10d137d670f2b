import Contracts

/// What trading cost, in account currency, over all fills (those of positions that are still open too).
struct CostTotals {
    /// Commission with exchange and regulatory fees.
    var commission = 0.0
    var spread = 0.0
    var slippage = 0.0
    /// |quantity| x price x multiplier, converted, both directions.
    var notional = 0.0

    var execution: Double { spread + slippage }
    var all: Double { commission + execution }

    init(_ fills: [FillRecord]) {
        for fill in fills {
            commission += fill.commission
            spread += fill.spreadCost
            slippage += fill.slippageCost
            notional += fill.notional
        }
    }
}

extension FillRecord {
    var notional: Double { abs(signedQuantity) * price * multiplier * rate }
}
