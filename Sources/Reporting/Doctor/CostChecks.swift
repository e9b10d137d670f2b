import Contracts
import Primitives

/// Is the result net of what trading costs?
enum CostChecks {
    static let all = [
        Doctor.Check("costs.near_zero", "costs near zero", nearZero),
        Doctor.Check("costs.no_slippage", "no spread and no slippage", noSlippage),
        Doctor.Check("costs.one_tick", "results that vanish with one tick more slippage", oneTick),
    ]

    @Sendable private static func nearZero(_ facts: DoctorFacts) -> DoctorVerdict {
        let totals = CostTotals(facts.fills)
        guard totals.notional > 0 else { return .notChecked("nothing was filled") }
        let rate = totals.all / totals.notional
        guard rate < DoctorThresholds.costs else { return .fine }
        return .found(
            .warning,
            "All costs are \(Format.money(totals.all)) on \(Format.money(totals.notional)) traded: "
                + "\(Format.fixed(rate * 10_000, 3)) basis points.",
            do: "Set commission and slippage as your broker and market have them.")
    }

    @Sendable private static func noSlippage(_ facts: DoctorFacts) -> DoctorVerdict {
        let totals = CostTotals(facts.fills)
        guard totals.notional > 0 else { return .notChecked("nothing was filled") }
        guard totals.execution == 0, totals.all / totals.notional >= DoctorThresholds.costs else { return .fine }
        return .found(
            .note, "All \(facts.fills.count) fills are at their reference price; only commission is charged.",
            do: "Set slippage to half a spread at least, unless all orders are limits.")
    }

    @Sendable private static func oneTick(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = facts.profit, !facts.fills.isEmpty else { return .notChecked("no fills or no capital") }
        guard profit > 0 else { return .notChecked("the run made no profit") }
        var (cost, guessed) = (0.0, false)
        for fill in facts.fills {
            let tick = facts.configuration.tick(fill.asset)
            guessed = guessed || tick == nil
            cost +=
                abs(fill.signedQuantity) * fill.multiplier * fill.rate * (tick ?? abs(fill.price) * DoctorThresholds.unknownTick)
        }
        let unit = guessed ? "one basis point (no tick size is configured)" : "one tick"
        let left = profit - cost
        let figures = "\(facts.fills.count) fills \(unit) worse cost \(Format.money(cost)) of a profit of \(Format.money(profit))"
        if left <= 0 {
            return .found(
                .warning, "\(figures): nothing is left.",
                do: "The edge is smaller than what fills differ by: trade less often, or measure what fills you get.")
        }
        guard cost > DoctorThresholds.tickShare * profit else { return .fine }
        return .found(
            .note, "\(figures): \(Format.money(left)) is left.", do: "Make sure of the slippage before you rely on this result.")
    }
}
