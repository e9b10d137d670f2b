import Contracts
import Market
import Portfolio
import Primitives
import Testing

private func fill(
    _ quantity: Double, _ price: Double, bar: Int = 0, commission: Double = 0, slippage: Double = 0, instrument: Int = 0
) -> Booking {
    Booking(
        instrument: instrument, time: UnixNanos(Int64(bar) * UnixNanos.perMinute), index: bar, signedQuantity: quantity,
        price: price, commission: commission, slippage: slippage)
}

private func account(cash: Double, multipliers: [Double]) -> Account {
    var policy = AccountPolicy()
    policy.excursionsSeeFills = true
    return Account(
        initialCash: cash,
        instruments: multipliers.enumerated().map { Account.Instrument(asset: "\($0)", multiplier: $1) }, policy: policy)
}

/// Marks an instrument and shows its position a range.
private func show(_ account: inout Account, high: Double, low: Double, close: Double, instrument: Int = 0, of count: Int = 1) {
    func column(_ value: Double) -> [Double] { (0..<count).map { $0 == instrument ? value : .nan } }
    let values = column(close) + column(high) + column(low)
    values.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        let slice = MarketSlice(
            time: UnixNanos(0), index: 0, count: count, open: start, high: start + count, low: start + 2 * count, close: start,
            volume: start)
        account.widen(slice, usesExtremes: true, includesEntryBar: true)
        account.mark(slice, by: .close)
    }
}

@Test func aRoundTripIsOneClosingNetOfCosts() throws {
    var account = account(cash: 1000, multipliers: [10])
    #expect(account.book(fill(2, 100, bar: 1, commission: 1, slippage: 0.2)) == nil)
    for bar in 2...4 { account.beginBar(bar) }
    show(&account, high: 110, low: 95, close: 104)
    let booked1 = account.book(fill(-2, 105, bar: 4, commission: 3, slippage: 0.3))
    let closed = try #require(booked1)
    #expect(closed.pnl == 96 && closed.quantity == 2 && closed.commission == 4 && closed.isWhole)
    #expect(closed.position.entrySlippage == 0.2 && closed.position.barsHeld == 3)
    #expect(abs(closed.position.bestExcursion - 0.1) < 1e-12 && abs(closed.position.worstExcursion + 0.05) < 1e-12)
    #expect(account.cash == 1096 && account.equity == 1096)
}

@Test func aFlipClosesAndOpensAndSplitsItsCosts() throws {
    var account = account(cash: 0, multipliers: [1])
    _ = account.book(fill(1, 10))
    let booked2 = account.book(fill(-3, 12, bar: 1, commission: 3))
    let first = try #require(booked2)
    #expect(account.positions[0].quantity == -2 && account.positions[0].entryPrice == 12)
    #expect(first.pnl == 1 && first.commission == 1)
    let booked3 = account.book(fill(2, 11, bar: 2))
    let second = try #require(booked3)
    #expect(abs(second.pnl) < 1e-12 && second.quantity == -2)
}

/// Excursions see the price of every fill, where the account says so: an addition after the average has moved, a closing before.
@Test func excursionsSeeTheFillsOfThePosition() throws {
    var account = account(cash: 0, multipliers: [1])
    _ = account.book(fill(1, 10))
    _ = account.book(fill(1, 20, bar: 1))
    let booked4 = account.book(fill(-1, 12, bar: 2))
    let part = try #require(booked4)
    #expect(abs(part.position.bestExcursion - 5.0 / 15) < 1e-12 && abs(part.position.worstExcursion + 0.2) < 1e-12)
    #expect(!part.isWhole && part.quantity == 1)
}

/// Identities of the account over 10,000 random streams of fills, marks and partial closings; profits and open costs explain
/// the equity.
@Test func identitiesHoldOnRandomStreams() {
    for seed in 0..<10_000 as Range<UInt64> {
        var random = SeededGenerator(seed: seed)
        var account = account(cash: 100_000, multipliers: [1, 50])
        var realised = 0.0
        for bar in 0..<12 {
            let instrument = Int.random(in: 0...1, using: &random)
            let price = 50 + random.nextUnit() * 100
            if Int.random(in: 0...2, using: &random) == 0 {
                show(&account, high: price + 1, low: price - 1, close: price, instrument: instrument, of: 2)
            } else {
                let held = account.positions[instrument].quantity
                let whole = Double(Int.random(in: 1...9, using: &random))
                let quantity = random.nextUnit() < 0.3 && held != 0 ? -held : (random.nextUnit() < 0.5 ? -whole : whole * 0.37)
                let booking = fill(
                    quantity, price, bar: bar, commission: random.nextUnit(), slippage: random.nextUnit(), instrument: instrument)
                if let closed = account.book(booking) {
                    realised += closed.pnl
                    if closed.position.bestExcursion < 0 || closed.position.worstExcursion > 0 || closed.commission < 0 {
                        Issue.record("seed \(seed): \(closed)")
                        return
                    }
                }
            }
            var expected = account.initialCash + realised
            for (position, known) in zip(account.positions, account.instruments) where position.quantity != 0 {
                expected += position.quantity * (position.mark - position.entryPrice) * known.multiplier
                expected -= position.entryCommission
            }
            let broken = account.violatedInvariant()
            #expect(broken == nil, "seed \(seed): \(broken ?? "")")
            #expect(abs(account.equity - expected) < 1e-6, "seed \(seed)")
            if broken != nil || abs(account.equity - expected) >= 1e-6 { return }
        }
    }
}
