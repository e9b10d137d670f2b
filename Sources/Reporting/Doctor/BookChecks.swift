import Contracts
import Market
import Primitives

/// Does the bookkeeping add up?
enum BookChecks {
    static let all = [
        Doctor.Check("result.altered", "files changed after they were written", altered),
        Doctor.Check("equity.times", "duplicated or unordered timestamps", times),
        Doctor.Check("equity.values", "equity that is no money", values),
        Doctor.Check("equity.account", "equity is not cash plus positions", account),
        Doctor.Check("metrics.final_value", "metrics of another equity curve", metrics),
        Doctor.Check("trades.pnl", "profits that do not follow from prices", profits),
        Doctor.Check("trades.sum", "trades that do not add up to the equity", sum),
        Doctor.Check("trades.fills", "trades without fills", withoutFills),
    ]

    @Sendable private static func altered(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let files = facts.subject.alteredFiles else { return .notChecked("the folder has no manifest with digests") }
        guard !files.isEmpty else { return .fine }
        return .found(
            .error, "The manifest names other bytes for \(files.count == 1 ? "a file" : "\(files.count) files").", at: files,
            do: "Run the backtest again and do not edit its result.")
    }

    @Sendable private static func times(_ facts: DoctorFacts) -> DoctorVerdict {
        let wrong = zip(facts.equity, facts.equity.dropFirst()).filter { $0.timestamp >= $1.timestamp }.map { $1.timestamp }
        guard !wrong.isEmpty else { return .fine }
        let doubled = Set(wrong).count
        return .found(
            .error, "\(wrong.count) rows of the equity curve, at \(doubled) times, are not later than the row before.",
            at: wrong.map(\.description), do: "Remove duplicated bars from the prices; returns count twice otherwise.")
    }

    @Sendable private static func values(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.equity.isEmpty else { return .notChecked("the equity curve is empty") }
        let wrong = facts.equity.filter { !$0.equity.isFinite || $0.equity <= 0 }
        guard !wrong.isEmpty else { return .fine }
        return .found(
            .error, "Equity is not a number or not above 0 in \(DoctorFacts.share(wrong.count, of: facts.equity.count)) rows.",
            at: wrong.map(\.timestamp.description), do: "An account that is worth nothing is closed: stop the run there.")
    }

    /// Where the account was recorded, its own sum; else cash from the fills and, where positions are held, their marks.
    @Sendable private static func account(_ facts: DoctorFacts) -> DoctorVerdict {
        guard facts.timesAscend else { return .notChecked("the equity curve is not in order of time") }
        let isRecorded = facts.equity.contains { $0.account != nil }
        if isRecorded, facts.fills.contains(where: { facts.configuration.paysVariation($0.asset) }) {
            return .notChecked("variation margin is in the cash, so that cash and net exposure are not the equity")
        }
        let recorded = facts.equity.compactMap { point in point.account.map { (point, $0.cash + $0.netExposure) } }
        let expected = recorded.isEmpty ? rebuilt(facts) : recorded
        guard !expected.isEmpty else {
            return .notChecked(
                facts.capital == nil || facts.fills.isEmpty
                    ? "no capital or no fills" : "no bars, and the account was never flat or had cash events")
        }
        let wrong = expected.filter { abs($0.0.equity - $0.1) > DoctorThresholds.money * max(abs($0.1), 1) }
        guard let worst = wrong.max(by: { abs($0.0.equity - $0.1) < abs($1.0.equity - $1.1) }) else { return .fine }
        return .found(
            .error,
            "Equity differs from cash plus positions in \(DoctorFacts.share(wrong.count, of: expected.count)) rows, most by "
                + "\(Format.money(worst.0.equity - worst.1)) (equity \(Format.money(worst.0.equity)), "
                + "account \(Format.money(worst.1))).",
            at: wrong.map { $0.0.timestamp.description },
            do: "Find the cash that no fill explains, or the price that positions are valued at.")
    }

    private static func rebuilt(_ facts: DoctorFacts) -> [(EquityPoint, Double)] {
        guard let capital = facts.capital, !facts.fills.isEmpty, !facts.configuration.hasCashEvents else { return [] }
        let converted = converted(facts)
        var cash = capital
        var held: [String: Double] = [:]
        var next = 0
        var rows: [(EquityPoint, Double)] = []
        let order = facts.fills.indices.sorted {
            let (a, b) = (facts.fillRows[$0] ?? 0, facts.fillRows[$1] ?? 0)
            return a == b ? $0 < $1 : a < b
        }
        for (row, point) in facts.equity.enumerated() {
            while next < order.count, (facts.fillRows[order[next]] ?? 0) <= row {
                let fill = facts.fills[order[next]]
                let units = fill.signedQuantity * fill.multiplier
                cash -= units * fill.price * fill.rate + fill.commission
                let rest = (held[fill.asset] ?? 0) + units
                held[fill.asset] = abs(rest) > 1e-9 * max(abs(units), 1) ? rest : nil
                next += 1
            }
            if held.isEmpty {
                rows.append((point, cash))
            } else if let prices = facts.subject.prices, facts.configuration.marksAtClose, converted.isEmpty {
                // In the order of names, so that the sum is the same on every run.
                let marks = held.keys.sorted().map { asset in
                    prices.last(asset, upTo: point.timestamp).map { $0.close * (held[asset] ?? 0) }
                }
                if !marks.contains(nil) { rows.append((point, cash + marks.reduce(0) { $0 + ($1 ?? 0) })) }
            }
        }
        return rows
    }

    @Sendable private static func metrics(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let stated = facts.result.metrics["final_value"]?.doubleValue, let last = facts.equity.last?.equity else {
            return .notChecked("no final value or no equity")
        }
        guard abs(stated - last) > DoctorThresholds.money * max(abs(last), 1) else { return .fine }
        return .found(
            .error, "metrics.json ends at \(Format.money(stated)), the equity curve at \(Format.money(last)).",
            do: "Compute the metrics from this equity curve.")
    }

    @Sendable private static func profits(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.result.trades.isEmpty else { return .notChecked("no trades") }
        // What they made in the account's currency follows from rates that a result does not keep.
        let converted = converted(facts)
        let wrong = facts.result.trades.enumerated().filter { _, trade in
            if converted.contains(trade.asset) { return trade.exitTime < trade.entryTime }
            let expected = (trade.exitPrice - trade.entryPrice) * trade.units - trade.commission
            let scale = max(abs(trade.units * trade.entryPrice), 1)
            return !(abs(trade.pnl - expected) <= DoctorThresholds.money * scale) || trade.exitTime < trade.entryTime
        }
        guard let first = wrong.first?.element else { return .fine }
        let expected = (first.exitPrice - first.entryPrice) * first.units - first.commission
        return .found(
            .error,
            "\(DoctorFacts.share(wrong.count, of: facts.result.trades.count)) trades end before they begin or have another "
                + "profit than their prices; the first states \(Format.money(first.pnl)) instead of \(Format.money(expected)).",
            at: wrong.map { DoctorFacts.place(trade: $0.offset, $0.element) },
            do: "Profit is (exit - entry) x units - commission; find what else was booked.")
    }

    /// Assets whose prices are in another currency than the account's.
    private static func converted(_ facts: DoctorFacts) -> Set<String> {
        Set(facts.fills.filter { $0.currency != nil }.map(\.asset))
    }

    @Sendable private static func sum(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = facts.profit, let capital = facts.capital, !facts.result.trades.isEmpty else {
            return .notChecked("no trades or no capital")
        }
        guard !facts.configuration.hasCashEvents else {
            return .notChecked("cash moved without fills (funding, interest, splits)")
        }
        let booked = facts.result.trades.reduce(0) { $0 + $1.pnl }
        guard abs(booked - profit) > DoctorThresholds.money * capital else { return .fine }
        return .found(
            .error, "The trades made \(Format.money(booked)), the equity curve \(Format.money(profit)).",
            do: "Look for trades that are missing, or for positions that were open at the end and left out.")
    }

    @Sendable private static func withoutFills(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
        struct Key: Hashable {
            let asset: String
            let time: UnixNanos
        }
        let known = Set(facts.fills.map { Key(asset: $0.asset, time: $0.time) })
        let wrong = facts.result.trades.enumerated().filter { _, trade in
            !known.contains(Key(asset: trade.asset, time: trade.entryTime))
                || (trade.exitReason != .endOfData && !known.contains(Key(asset: trade.asset, time: trade.exitTime)))
        }
        guard !wrong.isEmpty else { return .fine }
        return .found(
            .error,
            "\(DoctorFacts.share(wrong.count, of: facts.result.trades.count)) trades begin or end where nothing was filled.",
            at: wrong.map { DoctorFacts.place(trade: $0.offset, $0.element) },
            do: "Every trade comes from fills; find out where these come from.")
    }
}
