import Contracts
import Primitives
import Statistics

/// Where does the profit come from, and is it too good?
enum ProfitChecks {
    static let all = [
        Doctor.Check("trades.none", "nothing was traded", none),
        Doctor.Check("trades.too_few", "too few trades for the parameters", tooFew),
        Doctor.Check("returns.one_trade", "one trade carries the profit", oneTrade),
        Doctor.Check("returns.open_trade", "the trades left open carry the profit", openTrade),
        Doctor.Check("returns.one_month", "one month carries the profit", oneMonth),
        Doctor.Check("returns.one_asset", "one asset carries the profit", oneAsset),
        Doctor.Check("returns.no_losing_month", "no losing month", noLosingMonth),
        Doctor.Check("returns.sharpe", "a Sharpe ratio too high to be true", sharpe),
        Doctor.Check("returns.smooth", "returns that follow the day before", smooth),
        Doctor.Check("returns.win_rate", "hardly a losing trade", winRate),
    ]

    @Sendable private static func none(_ facts: DoctorFacts) -> DoctorVerdict {
        guard facts.fills.isEmpty, facts.result.trades.isEmpty else { return .fine }
        return .found(
            .warning, "The run has no fills and no trades in \(facts.equity.count) bars.",
            do: "Look at signals, gates and rejected orders; no return follows from this run.")
    }

    @Sendable private static func tooFew(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.positions.isEmpty else { return .notChecked("no trades") }
        let parameters = facts.configuration.parameters
        let needed = max(DoctorThresholds.positions.all, DoctorThresholds.positions.perParameter * parameters)
        guard facts.positions.count < needed else { return .fine }
        return .found(
            .warning,
            "\(facts.positions.count) positions from entry to exit, for "
                + "\(parameters == 1 ? "1 parameter" : "\(parameters) parameters") "
                + "in the configuration; \(needed) would say something.",
            do: "Take a longer history or more assets, or fewer parameters.")
    }

    /// The profit that shares are taken of; nil where there is none.
    private static func profit(_ facts: DoctorFacts) -> Double? {
        let profit = facts.profit ?? facts.result.trades.reduce(0) { $0 + $1.pnl }
        return profit > 0 ? profit : nil
    }

    @Sendable private static func oneTrade(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = profit(facts) else { return .notChecked("the run made no profit") }
        guard facts.positions.count >= DoctorThresholds.leastPositions else {
            return .notChecked("fewer than \(DoctorThresholds.leastPositions) positions")
        }
        guard let best = facts.positions.max(by: { $0.pnl < $1.pnl }), best.pnl >= DoctorThresholds.concentration * profit else {
            return .fine
        }
        return .found(
            .warning,
            "One of \(facts.positions.count) positions made \(Format.money(best.pnl)), "
                + "\(Format.percent(best.pnl / profit, 0)) of the "
                + "profit; \(Format.money(profit - best.pnl)) is left without it.",
            at: [facts.place(best)], do: "Look at this trade's data; judge the strategy by what the others made.")
    }

    @Sendable private static func openTrade(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = profit(facts) else { return .notChecked("the run made no profit") }
        let open = facts.result.trades.enumerated().filter { $0.element.exitReason == .endOfData }
        let booked = open.reduce(0) { $0 + $1.element.pnl }
        guard booked >= DoctorThresholds.concentration * profit else { return .fine }
        return .found(
            .warning,
            "What was still held at the end made \(Format.money(booked)), \(Format.percent(booked / profit, 0)) of the profit, "
                + "at the last mark and not by an exit of the strategy.",
            at: open.map { DoctorFacts.place(trade: $0.offset, $0.element) },
            do: "End the run some days earlier and later and compare.")
    }

    private static func months(_ facts: DoctorFacts) -> [(name: String, pnl: Double)] {
        var months: [(name: String, pnl: Double)] = []
        for day in facts.result.dailyPnL {
            let name = String(day.date.description.prefix(7))
            if months.last?.name == name { months[months.count - 1].pnl += day.pnl } else { months.append((name, day.pnl)) }
        }
        return months.filter { $0.pnl != 0 }
    }

    @Sendable private static func oneMonth(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = profit(facts) else { return .notChecked("the run made no profit") }
        let months = months(facts)
        guard months.count >= DoctorThresholds.leastMonths else {
            return .notChecked("fewer than \(DoctorThresholds.leastMonths) months with a result")
        }
        guard let best = months.max(by: { $0.pnl < $1.pnl }), best.pnl >= DoctorThresholds.concentration * profit else {
            return .fine
        }
        return .found(
            .warning,
            "One of \(months.count) months made \(Format.money(best.pnl)), \(Format.percent(best.pnl / profit, 0)) "
                + "of the profit.",
            at: [best.name], do: "Find out what happened in it, and whether it can happen again.")
    }

    @Sendable private static func oneAsset(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let profit = profit(facts) else { return .notChecked("the run made no profit") }
        var byAsset: [String: Double] = [:]
        for position in facts.positions { byAsset[position.asset, default: 0] += position.pnl }
        guard byAsset.count >= DoctorThresholds.leastAssets else {
            return .notChecked("fewer than \(DoctorThresholds.leastAssets) assets")
        }
        let sorted = byAsset.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        guard let best = sorted.first, best.value >= DoctorThresholds.assetShare * profit else { return .fine }
        return .found(
            .warning,
            "One of \(byAsset.count) assets made \(Format.money(best.value)), "
                + "\(Format.percent(best.value / profit, 0)) of the profit.",
            at: [best.key], do: "Look at its data; leave it out and run again.")
    }

    @Sendable private static func noLosingMonth(_ facts: DoctorFacts) -> DoctorVerdict {
        let months = months(facts)
        guard months.count >= DoctorThresholds.leastMonths else {
            return .notChecked("fewer than \(DoctorThresholds.leastMonths) months with a result")
        }
        guard let worst = months.min(by: { $0.pnl < $1.pnl }), worst.pnl > 0 else { return .fine }
        return .found(
            .warning, "None of \(months.count) months lost money; the worst made \(Format.money(worst.pnl)).",
            at: [worst.name], do: "Look for knowledge of the future, marks that do not move, and costs that are missing.")
    }

    @Sendable private static func sharpe(_ facts: DoctorFacts) -> DoctorVerdict {
        let returns = facts.result.dailyPnL.map(\.returnPct)
        guard returns.count >= DoctorThresholds.leastDays else {
            return .notChecked("fewer than \(DoctorThresholds.leastDays) days")
        }
        let year = facts.result.metrics["periods_per_year"]?.doubleValue ?? ML4TYear(facts.result.configuration).daysPerYear
        guard let ratio = Performance.sharpe(returns, periodsPerYear: year), ratio > DoctorThresholds.sharpe else { return .fine }
        return .found(
            .warning, "The Sharpe ratio of \(returns.count) days is \(Format.fixed(ratio, 2)) a year.",
            do: "Look for knowledge of the future first, then at costs and capacity.")
    }

    /// Marks that lag, or a valuation by hand, make tomorrow's return follow today's.
    @Sendable private static func smooth(_ facts: DoctorFacts) -> DoctorVerdict {
        let returns = facts.result.dailyPnL.map(\.returnPct)
        guard returns.count >= DoctorThresholds.leastDays else {
            return .notChecked("fewer than \(DoctorThresholds.leastDays) days")
        }
        guard let correlation = Pairs(Array(returns.dropLast()), Array(returns.dropFirst()))?.correlation,
            correlation > DoctorThresholds.serialCorrelation
        else { return .fine }
        return .found(
            .warning, "A day's return has a correlation of \(Format.fixed(correlation, 2)) with the day before's.",
            do: "Prices that lag make returns smooth and the Sharpe ratio high: look at the marks.")
    }

    @Sendable private static func winRate(_ facts: DoctorFacts) -> DoctorVerdict {
        let limits = DoctorThresholds.winRate
        guard facts.positions.count >= limits.positions else { return .notChecked("fewer than \(limits.positions) positions") }
        let wins = facts.positions.count { $0.pnl > 0 }
        guard Double(wins) > limits.share * Double(facts.positions.count) else { return .fine }
        let worst = facts.positions.map(\.pnl).min() ?? 0
        return .found(
            .warning,
            "\(DoctorFacts.share(wins, of: facts.positions.count)) positions won; the worst made "
                + "\(Format.money(worst, signed: true)).",
            do: "Either losers are never closed (look at mae and at open trades), or entries know the future.")
    }
}

/// Two series beside one another.
struct Pairs {
    let correlation: Double
    /// Of y = alpha + beta x.
    let beta: Double
    let alpha: Double
    /// alpha divided by its standard error; 0 where y is exactly explained.
    let alphaT: Double

    /// Nil with fewer than three pairs or a constant series.
    init?(_ x: [Double], _ y: [Double]) {
        let count = Double(x.count)
        guard x.count == y.count, x.count >= 3, let meanX = Distribution.mean(x), let meanY = Distribution.mean(y) else {
            return nil
        }
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
            xy += (a - meanX) * (b - meanY)
        }
        guard xx > 0, yy > 0 else { return nil }
        correlation = xy / (xx * yy).squareRoot()
        beta = xy / xx
        alpha = meanY - beta * meanX
        let variance = max(0, yy - beta * xy) / (count - 2)
        let error = (variance * (1 / count + meanX * meanX / xx)).squareRoot()
        alphaT = error > 0 ? alpha / error : 0
    }
}
