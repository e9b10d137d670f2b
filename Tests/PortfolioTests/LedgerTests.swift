import Contracts
import Portfolio
import Primitives
import Testing

private func fill(
    _ quantity: Double, _ price: Double, bar: Int = 0, commission: Double = 0, cost: Double = 0, instrument: Int = 0
) -> Fill {
    Fill(
        instrument: instrument, time: UnixNanos(Int64(bar) * UnixNanos.perMinute), barIndex: bar, signedQuantity: quantity,
        price: price,
        commission: commission, priceCost: cost)
}

@Test func aRoundTripIsOneTradeNetOfCosts() throws {
    var ledger = Ledger(initialCash: 1000, assets: ["A"], multipliers: [10])
    ledger.book(fill(2, 100, bar: 1, commission: 1, cost: 4), exitReason: .signal)
    ledger.observe(instrument: 0, high: 110, low: 95)
    ledger.book(fill(-2, 105, bar: 4, commission: 3, cost: 6), exitReason: .signal)
    let trade = try #require(ledger.trades.first)
    #expect(ledger.trades.count == 1)
    #expect(trade.pnl == 96)
    #expect(trade.quantity == 2 && trade.multiplier == 10 && trade.units == 20)
    #expect(trade.entrySlippage == 0.2 && trade.exitSlippage == 0.3 && trade.status == .closed)
    #expect(trade.pnlPercent == 96.0 / 2000)
    #expect(trade.barsHeld == 3)
    #expect(trade.commission == 4 && trade.slippage == 10)
    #expect(abs(trade.mfe - 0.1) < 1e-12 && abs(trade.mae + 0.05) < 1e-12)
    #expect(ledger.cash == 1096 && ledger.equity == 1096)
}

@Test func aFlipClosesAndOpensAndSplitsItsCosts() throws {
    var ledger = Ledger(initialCash: 0, assets: ["A"], multipliers: [1])
    ledger.book(fill(1, 10), exitReason: .signal)
    ledger.book(fill(-3, 12, bar: 1, commission: 3), exitReason: .signal)
    #expect(ledger.positions[0].quantity == -2)
    #expect(ledger.positions[0].averagePrice == 12)
    #expect(try #require(ledger.trades.first).pnl == 1)
    ledger.book(fill(2, 11, bar: 2), exitReason: .endOfData)
    #expect(abs(ledger.trades[1].pnl - 0) < 1e-12)
    #expect(ledger.trades[1].exitReason == .endOfData)
    #expect(ledger.trades[1].quantity == -2)
}

/// The three identities over 10,000 random streams of fills, marks and partial closings.
@Test func identitiesHoldOnRandomStreams() {
    for seed in 0..<10_000 as Range<UInt64> {
        var random = SeededGenerator(seed: seed)
        var ledger = Ledger(initialCash: 100_000, assets: ["A", "B"], multipliers: [1, 50])
        for bar in 0..<12 {
            let instrument = Int.random(in: 0...1, using: &random)
            let price = 50 + random.nextUnit() * 100
            switch Int.random(in: 0...3, using: &random) {
            case 0: ledger.mark(instrument: instrument, price: price)
            case 1: ledger.observe(instrument: instrument, high: price + 1, low: price - 1)
            default:
                let held = ledger.positions[instrument].quantity
                let whole = Double(Int.random(in: 1...9, using: &random))
                let quantity = random.nextUnit() < 0.3 && held != 0 ? -held : (random.nextUnit() < 0.5 ? -whole : whole * 0.37)
                ledger.book(
                    fill(
                        quantity, price, bar: bar, commission: random.nextUnit(), cost: random.nextUnit(),
                        instrument: instrument),
                    exitReason: .signal)
            }
            let broken = ledger.violatedInvariant()
            #expect(broken == nil, "seed \(seed): \(broken ?? "")")
            if broken != nil { return }
        }
        for trade in ledger.trades where trade.mfe < 0 || trade.mae > 0 || trade.commission < 0 {
            Issue.record("seed \(seed): \(trade)")
            return
        }
    }
}
