import Contracts
import Execution
import Market
import Portfolio

extension Desk {
    /// The checks that are made when an order is sent, of the order sent last. One that fails is refused.
    mutating func checkSubmission(at slice: MarketSlice) {
        let index = orders.count - 1
        let order = orders[index]
        guard order.type == .market || order.type == .marketOnClose, order.reason != .riskLiquidation else { return }
        if rules.fillsImmediately, rules.mode == .sameBar, order.type == .market { return }
        let prechecks = rules.prechecksSubmissions && rules.mode == .nextBar
        guard prechecks || rules.reservesBuyingPower else { return }
        if rules.usesIntegerShares {
            orders[index].quantity.round(.towardZero)
            if orders[index].quantity <= 0 { return reject(index, .quantityRoundsToZero, at: slice) }
        }
        guard order.signalPrice.isFinite else { return }
        if submissionIndex != slice.index {
            submissionIndex = slice.index
            submissions = ShadowAccount(account, slice, markedBy: rules.markPrice)
        }
        if prechecks, let reason = precheck(orders[index]) { return reject(index, reason, at: slice) }
        if rules.reservesBuyingPower, let reason = reserve(orders[index]) { reject(index, reason, at: slice) }
    }

    /// Against the account as all orders of the label, in the order sent, would leave it at the prices that they saw.
    private mutating func precheck(_ order: Order) -> RejectionReason? {
        let hasVariation = account.instruments[order.instrument].hasVariationMargin
        if account.policy.allowsLeverage, !rules.usesSimpleCashCheck || hasVariation {
            return checkMargin(order, commits: !rules.shadowsQueue && !(hasVariation && rules.reservesBuyingPower))
        }
        let commission = expectedCommission(order)
        let passes = submissions?.pays(
            order.instrument, delta: order.signedQuantity, price: order.signalPrice, commission: commission)
        return passes == false ? .insufficientCash : nil
    }

    private mutating func reserve(_ order: Order) -> RejectionReason? {
        if account.instruments[order.instrument].hasVariationMargin { return checkMargin(order, commits: true) }
        let commission = expectedCommission(order)
        let passes = submissions?.reserves(
            order.instrument, delta: order.signedQuantity, price: order.signalPrice, commission: commission)
        return passes == false ? .insufficientBuyingPower : nil
    }

    private mutating func checkMargin(_ order: Order, commits: Bool) -> RejectionReason? {
        let commission = expectedCommission(order)
        let admission = submissions?.admits(
            order.instrument, delta: order.signedQuantity, price: order.signalPrice, commission: commission, buffered: true)
        switch admission {
        case .restricted: return .accountRestriction
        case .insufficient: return account.policy.allowsLeverage ? .insufficientBuyingPower : .insufficientCash
        case .granted, nil: break
        }
        if commits {
            submissions?.hold(order.instrument, delta: order.signedQuantity, price: order.signalPrice, commission: commission)
        }
        return nil
    }

    private func expectedCommission(_ order: Order) -> Double {
        rules.commission(of: order.instrument).amount(
            units: order.quantity, price: order.signalPrice, multiplier: account.pointValues[order.instrument],
            order: order)
    }
}
