import Contracts
import Market
import Primitives
import Statistics

/// What was held, how much of it and for how long?
enum ExposureChecks {
    static let all = [
        Doctor.Check("equity.flat", "a flat equity curve", flat),
        Doctor.Check("equity.ends_flat", "trading that stops early", endsFlat),
        Doctor.Check("exposure.leverage", "leverage above 1 without margin", leverage),
        Doctor.Check("exposure.drift", "exposure that drifts", drift),
        Doctor.Check("exposure.time_in_market", "nearly always or hardly ever in the market", timeInMarket),
        Doctor.Check("positions.over_close", "positions held over a session close", overClose),
        Doctor.Check("returns.beta", "long-only beta in disguise", beta),
    ]

    @Sendable private static func flat(_ facts: DoctorFacts) -> DoctorVerdict {
        guard facts.equity.count > 1, !facts.fills.isEmpty else { return .notChecked("no fills or no equity") }
        if Set(facts.equity.map(\.equity)).count == 1 {
            return .found(
                .error, "Equity is the same in all \(facts.equity.count) bars although there are \(facts.fills.count) fills.",
                do: "The account is not marked to the market: look at the marks and at the multiplier.")
        }
        var (run, longest, end) = (0, 0, 0)
        for row in 1..<facts.equity.count {
            let isHeld = facts.equity[row].netExposure != 0 && facts.equity[row - 1].netExposure != 0
            run = isHeld && facts.equity[row].equity == facts.equity[row - 1].equity ? run + 1 : 0
            if run > longest { (longest, end) = (run, row) }
        }
        guard longest >= DoctorThresholds.flatBars else { return .fine }
        return .found(
            .warning, "Equity does not change in \(longest) bars one after another although a position is held.",
            at: [facts.equity[end - longest].timestamp.description],
            do: "The marks stand still: look for prices that were filled forward or are missing.")
    }

    @Sendable private static func endsFlat(_ facts: DoctorFacts) -> DoctorVerdict {
        let limits = DoctorThresholds.idleEnd
        guard facts.result.trades.count >= limits.trades, let last = facts.fillRows.compactMap({ $0 }).max() else {
            return .notChecked("fewer than \(limits.trades) trades")
        }
        let idle = facts.equity.count - 1 - last
        guard Double(idle) > limits.share * Double(facts.equity.count), facts.equity.last?.netExposure == 0 else { return .fine }
        return .found(
            .warning,
            "Nothing is filled or held in the last \(DoctorFacts.share(idle, of: facts.equity.count)) bars.",
            at: [facts.equity[last].timestamp.description],
            do: "Look whether signals end, cash does not suffice or a limit stopped the run; figures a year count these bars.")
    }

    @Sendable private static func leverage(_ facts: DoctorFacts) -> DoctorVerdict {
        let configuration = facts.configuration
        let exposures = facts.exposures
        guard configuration.isKnown, let highest = exposures.max(), exposures.contains(where: { $0 != 0 }) else {
            return .notChecked("the configuration does not say what the account may do, or nothing was held")
        }
        let above = exposures.indices.filter { exposures[$0] > 1 + DoctorThresholds.leverage }
        guard !above.isEmpty else { return .fine }
        let figures =
            "Exposure is above 1 in \(DoctorFacts.share(above.count, of: exposures.count)) bars, at most "
            + "\(Format.fixed(highest, 2)) times equity"
        let places = above.map { facts.equity[$0].timestamp.description }
        // What a short sale brings can pay for more than equity, and buying it back is never refused.
        if !configuration.allowsLeverage, !configuration.allowsShorts {
            return .found(
                configuration.skipsCash ? .warning : .error, "\(figures), of an account without leverage.", at: places,
                do: "Let the account refuse what it cannot pay, or configure margins.")
        }
        if configuration.allowsLeverage, configuration.hasMarginModel {
            return .found(.note, "\(figures), on margin.", at: places, do: "Compare with the margin that your broker asks for.")
        }
        return .found(
            .warning, "\(figures), and no margin or interest is configured.", at: places,
            do: "Charge for borrowed money, or limit the exposure.")
    }

    @Sendable private static func drift(_ facts: DoctorFacts) -> DoctorVerdict {
        let held = facts.exposures.filter { $0 > 1e-9 }
        let third = held.count / 3
        guard held.count >= DoctorThresholds.leastDays, let first = Distribution.mean(held.prefix(third)),
            let last = Distribution.mean(held.suffix(third))
        else { return .notChecked("fewer than \(DoctorThresholds.leastDays) bars with a position") }
        let ratio = last / first
        guard ratio > DoctorThresholds.drift || ratio < 1 / DoctorThresholds.drift else { return .fine }
        return .found(
            .warning,
            "Mean exposure is \(Format.fixed(first, 3)) of equity in the first third of the bars with a position and "
                + "\(Format.fixed(last, 3)) in the last: \(Format.fixed(ratio, 2)) times as much.",
            do: "Size positions by equity or volatility; early and late returns weigh differently otherwise.")
    }

    @Sendable private static func timeInMarket(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.equity.isEmpty, !facts.fills.isEmpty else { return .notChecked("no fills or no equity") }
        let held = facts.exposures.count { $0 != 0 }
        let share = Double(held) / Double(facts.equity.count)
        guard held > 0, !DoctorThresholds.timeInMarket.contains(share) else { return .fine }
        return .found(
            .note, "A position is held in \(DoctorFacts.share(held, of: facts.equity.count)) bars.",
            do: share > 0.5
                ? "Compare with buying and holding the same assets."
                : "Figures a year are diluted by idle days; judge the trades.")
    }

    @Sendable private static func overClose(_ facts: DoctorFacts) -> DoctorVerdict {
        let days = facts.result.dailyPnL
        guard let most = days.map(\.numBars).max(), most > 1 else {
            return .notChecked("one bar a day: all are held over a close")
        }
        guard !facts.positions.isEmpty else { return .notChecked("no trades") }
        let over = facts.positions.filter { position in
            let calendar = facts.configuration.calendar(position.asset)
            func date(_ time: UnixNanos) -> CivilDate { (try? calendar?.tradeDate(at: time)) ?? time.utcDate }
            // An exit at the instant of the close is still of that session.
            return date(position.entry) < date(max(position.entry, position.exit - 1))
        }
        guard !over.isEmpty else { return .fine }
        let isFew = Double(over.count) <= DoctorThresholds.overClose * Double(facts.positions.count)
        return .found(
            isFew ? .warning : .note,
            "\(DoctorFacts.share(over.count, of: facts.positions.count)) positions are held over the close of a session.",
            at: over.map(facts.place),
            do: isFew
                ? "The others are closed within their session: were these forgotten? Gaps and overnight margin apply to them."
                : "Gaps and overnight margin apply to them.")
    }

    /// Against holding the traded assets in equal parts, bar by bar.
    @Sendable private static func beta(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let prices = facts.subject.prices else { return .notChecked("no bars: " + facts.subject.pricesReason) }
        guard facts.timesAscend else { return .notChecked("the equity curve is not in order of time") }
        let assets = Set(facts.fills.map(\.asset)).sorted()
        var (market, own) = ([Double](), [Double]())
        for (before, point) in zip(facts.equity, facts.equity.dropFirst()) {
            let moves = assets.compactMap { asset -> Double? in
                guard let old = prices.last(asset, upTo: before.timestamp), let new = prices.last(asset, upTo: point.timestamp)
                else { return nil }
                return new.close / old.close - 1
            }
            guard let mean = Distribution.mean(moves) else { continue }
            market.append(mean)
            own.append(point.equity / before.equity - 1)
        }
        guard own.count >= DoctorThresholds.leastDays else { return .notChecked("fewer than \(DoctorThresholds.leastDays) bars") }
        guard facts.equity.allSatisfy({ $0.netExposure >= 0 }), let pairs = Pairs(market, own),
            pairs.correlation >= DoctorThresholds.correlation, pairs.alphaT < DoctorThresholds.alpha
        else { return .fine }
        return .found(
            .warning,
            "Never short, correlation \(Format.fixed(pairs.correlation, 2)) and beta \(Format.fixed(pairs.beta, 2)) "
                + "with holding the "
                + "same assets; what is left has a t-statistic of \(Format.fixed(pairs.alphaT, 1)).",
            do: "Judge the run by what it makes beyond holding the assets, not by its return.")
    }
}
