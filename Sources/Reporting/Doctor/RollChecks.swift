import Contracts
import Primitives

/// Is the profit one of rolls between contracts?
enum RollChecks {
    static let all = [
        check("rolls.unadjusted", "the gap of a roll booked as profit", unadjusted),
        check("rolls.profit", "profit made on the bars of rolls", profit),
        check("rolls.exits", "trades that end at a roll", exits),
    ]

    private static func check(
        _ code: String, _ title: String, _ examine: @escaping @Sendable (DoctorFacts, [PriceRoll]) -> DoctorVerdict
    ) -> Doctor.Check {
        Doctor.Check(code, title) { facts in
            guard let rolls = facts.subject.rolls else { return .notChecked("no rolls are known") }
            guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
            return examine(facts, rolls)
        }
    }

    private static func place(_ roll: PriceRoll) -> String { "roll \(roll.asset) \(roll.time)" }

    /// Units held when the roll came.
    private static func held(_ facts: DoctorFacts, _ roll: PriceRoll) -> Double {
        let units = facts.fills.filter { $0.asset == roll.asset && $0.time < roll.time }
            .reduce(0) { $0 + $1.signedQuantity * $1.multiplier }
        return abs(units) > DoctorThresholds.price ? units : 0
    }

    @Sendable private static func unadjusted(_ facts: DoctorFacts, _ rolls: [PriceRoll]) -> DoctorVerdict {
        let gaps = rolls.filter(\.isUnadjusted).map { ($0, held(facts, $0) * ($0.newPrice - $0.oldPrice)) }.filter { $0.1 != 0 }
        guard !gaps.isEmpty else { return .fine }
        let booked = gaps.reduce(0) { $0 + $1.1 }
        return .found(
            .error,
            "Positions were held over \(DoctorFacts.share(gaps.count, of: rolls.count)) rolls of an unadjusted "
                + "series, whose gaps "
                + "count \(Format.money(booked, signed: true)) as profit.",
            at: gaps.map { place($0.0) },
            do: "Trade a series that is adjusted (--adjust ratio or difference), or the contracts themselves.")
    }

    @Sendable private static func profit(_ facts: DoctorFacts, _ rolls: [PriceRoll]) -> DoctorVerdict {
        guard let profit = facts.profit, profit > 0 else { return .notChecked("the run made no profit") }
        guard facts.timesAscend else { return .notChecked("the equity curve is not in order of time") }
        let rows = Set(rolls.compactMap { roll in facts.equity.lastIndex(upTo: roll.time) { $0.timestamp } }).filter { $0 > 0 }
        let made = rows.sorted().map { (row: $0, pnl: facts.equity[$0].equity - facts.equity[$0 - 1].equity) }
        let booked = made.reduce(0) { $0 + $1.pnl }
        guard booked >= DoctorThresholds.roll.profit * profit else { return .fine }
        return .found(
            .warning,
            "The \(made.count) bars of rolls made \(Format.money(booked)), \(Format.percent(booked / profit, 0)) of "
                + "the profit, in "
                + "\(DoctorFacts.share(made.count, of: facts.equity.count)) bars.",
            at: made.filter { $0.pnl > 0 }.map { facts.equity[$0.row].timestamp.description },
            do: "Compare the series with the contracts around its rolls; another rule or adjustment should not change the result."
        )
    }

    @Sendable private static func exits(_ facts: DoctorFacts, _ rolls: [PriceRoll]) -> DoctorVerdict {
        let limits = DoctorThresholds.roll
        guard facts.positions.count >= limits.trades else { return .notChecked("fewer than \(limits.trades) positions") }
        let rows = Set(rolls.compactMap { roll in facts.equity.lastIndex(upTo: roll.time) { $0.timestamp } })
        let ended = facts.positions.filter { position in
            !position.isOpen && facts.equity.lastIndex(upTo: position.exit) { $0.timestamp }.map(rows.contains) ?? false
        }
        guard Double(ended.count) >= limits.exits * Double(facts.positions.count) else { return .fine }
        return .found(
            .warning,
            "\(DoctorFacts.share(ended.count, of: facts.positions.count)) positions end on the bar of a roll.",
            at: ended.map(facts.place),
            do: "Signals made from prices that jump at the roll end there: compute them on the adjusted series.")
    }
}
