import Contracts
import Market
import Primitives

/// Could these orders have been filled like that? By the fills alone.
enum FillChecks {
    static let all = [
        Doctor.Check("fills.before_decision", "fills before their decision", early),
        Doctor.Check("fills.same_bar", "fills inside the bar that was decided on", sameBar),
        Doctor.Check("fills.one_price", "all fills at one price", onePrice),
        Doctor.Check("fills.off_tick", "prices between the ticks", offTick),
    ]

    @Sendable private static func early(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
        let wrong = facts.fills.filter { $0.time < $0.decisionTime }
        guard !wrong.isEmpty else { return .fine }
        return .found(
            .error, "\(DoctorFacts.share(wrong.count, of: facts.fills.count)) fills are earlier than the decision behind them.",
            at: wrong.map(DoctorFacts.place), do: "The strategy sees the future: check what each decision may know.")
    }

    /// A close can perhaps be traded by who decides a moment before it; an open or a price inside the bar cannot.
    @Sendable private static func sameBar(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
        let same = facts.fills.filter(facts.isSameBar)
        guard !same.isEmpty else { return .fine }
        let past = same.filter { fill in
            if fill.priceSource == "open" || fill.priceSource == "vwap" || fill.priceSource == "level" { return true }
            guard ["close", "price"].contains(fill.priceSource), let (bars, index) = facts.bar(fill) else { return false }
            let close = bars[index].close
            return abs(facts.reference(fill) - close) > DoctorThresholds.price * abs(close) && facts.configuration.marksAtClose
        }
        if !past.isEmpty {
            return .found(
                .error,
                "\(DoctorFacts.share(past.count, of: facts.fills.count)) fills have a price from before the close that they "
                    + "were decided at.",
                at: past.map(DoctorFacts.place),
                do: "Fill in the next bar (execution_mode: next_bar), or at the close of the decision's bar at the earliest.")
        }
        return .found(
            .warning,
            "\(DoctorFacts.share(same.count, of: facts.fills.count)) fills are at the close of the bar that the decision used.",
            at: same.map(DoctorFacts.place),
            do: "Nobody knows the close before it is there: run it with the next open and compare.")
    }

    @Sendable private static func onePrice(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
        let limits = DoctorThresholds.onePrice
        var byAsset: [String: [FillRecord]] = [:]
        for fill in facts.fills { byAsset[fill.asset, default: []].append(fill) }
        let wrong = byAsset.keys.sorted().compactMap { byAsset[$0] }.filter { fills in
            Set(fills.map(\.time)).count >= limits.warning && Set(fills.map { facts.reference($0) }).count == 1
        }
        guard let most = wrong.max(by: { $0.count < $1.count }), let first = most.first else { return .fine }
        return .found(
            Set(most.map(\.time)).count >= limits.error ? .error : .warning,
            "All \(most.count) fills of \(first.asset) are at the price \(Format.price(facts.reference(first))).",
            at: wrong.compactMap { $0.first.map(DoctorFacts.place) },
            do: "The price column does not move: look at the data and at the column that the feed names.")
    }

    @Sendable private static func offTick(_ facts: DoctorFacts) -> DoctorVerdict {
        let known = facts.fills.compactMap { fill in facts.configuration.tick(fill.asset).map { (fill, $0) } }
        guard !known.isEmpty else { return .notChecked("no tick size is configured for what was traded") }
        let wrong = known.filter { fill, tick in
            let ticks = fill.price / tick
            return abs(ticks - ticks.rounded()) > DoctorThresholds.tick
        }
        guard let (first, tick) = wrong.first else { return .fine }
        return .found(
            .warning,
            "\(DoctorFacts.share(wrong.count, of: known.count)) fills are at prices between the ticks, such as "
                + "\(first.price) with a tick of \(tick).",
            at: wrong.map { DoctorFacts.place($0.0) },
            do: "Round against the trader, or trade the contract's own prices instead of adjusted ones.")
    }
}
