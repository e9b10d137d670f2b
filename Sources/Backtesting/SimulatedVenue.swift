public import Contracts
public import Engine
public import Execution
import Market
import Primitives

/// A venue that fills market orders at bar prices: every order is accepted, and filled whole at the price its schedule names.
public struct SimulatedVenue: Venue {
    /// The rules of one instrument.
    public struct Rules: Hashable, Sendable {
        let pricing: FillPricing
        let costs: CostProfile
        let multiplier: Double

        public init(pricing: FillPricing, costs: CostProfile, multiplier: Double) {
            self.pricing = pricing
            self.costs = costs
            self.multiplier = multiplier
        }
    }

    private let rules: [Rules]
    private var pending: [Order] = []
    private var outbox: [VenueReport] = []

    public init(rules: [Rules]) { self.rules = rules }

    public mutating func submit(_ order: Order) {
        pending.append(order)
        outbox.append(VenueReport(order: order, event: .accepted))
    }

    public mutating func cancel(_ orderID: String) {
        guard let index = pending.firstIndex(where: { $0.id == orderID }) else { return }
        outbox.append(VenueReport(order: pending.remove(at: index), event: .cancelled))
    }

    public mutating func reports(for event: MarketEvent) -> [VenueReport] {
        if pending.isEmpty && outbox.isEmpty { return [] }
        var reports = outbox
        outbox.removeAll(keepingCapacity: true)
        var left: [Order] = []
        for order in pending {
            if let execution = execution(of: order, at: event) {
                reports.append(VenueReport(order: order, event: .filled(execution)))
            } else {
                left.append(order)
            }
        }
        pending = left
        return reports
    }

    private func execution(of order: Order, at event: MarketEvent) -> Execution? {
        guard event.slot.instrument == order.instrument else { return nil }
        let bar = event.slot.bar
        switch (order.schedule, event) {
        case (.thisClose, .close) where event.time == order.decisionTime,
            (.thisClose, .sessionClose) where event.time == order.decisionTime:
            return fill(order, reference: bar.close, event, "close")
        case (.closeAfter(let instant), .close) where bar.closeTime > instant:
            return fill(order, reference: bar.close, event, "close")
        case (.openAtOrAfter(let instant), .open) where bar.openTime >= instant:
            return fill(order, reference: bar.open, event, "open")
        default: return nil
        }
    }

    private func fill(_ order: Order, reference: Double, _ event: MarketEvent, _ source: String) -> Execution {
        let rule = rules[order.instrument]
        let price = rule.pricing.price(reference: reference, buying: order.signedQuantity > 0)
        return Execution(
            time: event.time, signedQuantity: order.signedQuantity, complete: true, price: price.price, referencePrice: reference,
            halfSpread: price.halfSpread, slippage: price.slippage,
            commission: rule.costs.commission(quantity: order.signedQuantity, price: price.price, multiplier: rule.multiplier),
            priceSource: source)
    }
}
