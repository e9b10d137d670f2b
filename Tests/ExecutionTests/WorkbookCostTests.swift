import Contracts
import Execution
import Primitives
import Testing

private func price(
    _ reference: Double, isBuy: Bool, _ costs: CostProfile, model: ExecutionPriceModel = .sideAware, tick: Double = 0
) throws -> PriceImpact.Price {
    let impact = PriceImpact(costs, model: model, tickSize: tick)
    return try #require(
        impact.price(
            base: reference, units: 1, isBuy: isBuy, instrument: 0, available: .nan, volume: .nan, consumed: 0, tick: tick))
}

private func costs(spread: PriceCost = .none, slippage: PriceCost = .none) -> CostProfile {
    CostProfile(
        commission: CommissionModel(model: .none, value: 0, minimum: 0), feePerUnit: 0, spread: spread, slippage: slippage)
}

@Test func aBuyerPaysHalfTheSpreadAndSlippageAndASellerReceivesLess() throws {
    let costs = costs(spread: PriceCost(model: .fixed, value: 0.5), slippage: PriceCost(model: .bps, value: 10))
    let buy = try price(100, isBuy: true, costs)
    #expect(abs(buy.price - 100.35) < 1e-12)
    #expect(buy.halfSpread == 0.25)
    #expect(abs(buy.slippage - 0.1) < 1e-12)
    #expect(abs(try price(100, isBuy: false, costs).price - 99.65) < 1e-12)
}

@Test func midLeavesTheSpreadOut() throws {
    let costs = costs(spread: PriceCost(model: .fixed, value: 0.5))
    #expect(try price(100, isBuy: true, costs, model: .mid).price == 100)
}

@Test func ticksRoundAgainstTheTrader() throws {
    let costs = costs(spread: PriceCost(model: .ticks, value: 1))
    let buy = try price(4800.25, isBuy: true, costs, tick: 0.25)
    let sell = try price(4800.25, isBuy: false, costs, tick: 0.25)
    #expect(buy.price == 4800.5)
    #expect(sell.price == 4800)
    #expect(buy.halfSpread == 0.125)
    #expect(buy.slippage == 0.125)
}

@Test func noFillIsEverBetterThanTheReference() throws {
    var random = SeededGenerator(seed: 11)
    let models = PriceCost.Model.allCases
    for _ in 0..<2_000 {
        let tick = [0, 0.01, 0.25, 0.5][Int.random(in: 0..<4, using: &random)]
        let spread = PriceCost(model: models[Int.random(in: 0..<4, using: &random)], value: random.nextUnit() * 3)
        let slippage = PriceCost(model: models[Int.random(in: 0..<4, using: &random)], value: random.nextUnit() * 3)
        let reference = (1 + random.nextUnit() * 5000)
        let costs = costs(spread: spread, slippage: slippage)
        let buy = try price(reference, isBuy: true, costs, tick: tick)
        let sell = try price(reference, isBuy: false, costs, tick: tick)
        #expect(buy.price >= reference - 1e-6 * max(tick, 1e-9) && sell.price <= reference + 1e-6 * max(tick, 1e-9))
        #expect(buy.halfSpread >= 0 && buy.slippage >= 0 && sell.slippage >= 0)
        if tick > 0 { #expect(abs((buy.price / tick).rounded() - buy.price / tick) < 1e-6) }
    }
}

@Test func commissionModels() {
    func commission(_ model: CommissionModel.Model, _ value: Double, minimum: Double = 0, fee: Double = 0) -> Double {
        CommissionSchedule(
            CostProfile(
                commission: CommissionModel(model: model, value: value, minimum: minimum), feePerUnit: fee, spread: .none,
                slippage: .none)
        ).amount(units: 4, price: 50, multiplier: 10, order: nil)
    }
    #expect(commission(.none, 0) == 0)
    #expect(commission(.perUnit, 1.5) == 6)
    #expect(commission(.perOrder, 7) == 7)
    #expect(commission(.percent, 0.001) == 2)
    #expect(commission(.perUnit, 0.1, minimum: 2.5, fee: 1) == 6.5)
}
