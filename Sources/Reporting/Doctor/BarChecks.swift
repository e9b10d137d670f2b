import Contracts
import Market
import Primitives

/// Could these orders have been filled like that? By the bars that they were filled in.
enum BarChecks {
    static let all = [
        check("bars.other_file", "prices that the run did not read", otherFile),
        check("fills.no_bar", "fills where there is no bar", noBar),
        check("fills.outside_bar", "fills outside the bar's range", outside),
        check("fills.stale_price", "fills at stale prices", stale),
        check("fills.beyond_volume", "fills beyond the bar's volume", volume),
        check("fills.at_extreme", "fills at the best price of the bar too often", extremes),
        check("fills.entry_bar", "entries whose own bar wins too often", entryBars),
    ]

    /// A check that wants bars, and something filled in them.
    private static func check(
        _ code: String, _ title: String, _ examine: @escaping @Sendable (DoctorFacts) -> DoctorVerdict
    ) -> Doctor.Check {
        Doctor.Check(code, title) { facts in
            guard facts.subject.prices != nil else { return .notChecked("no bars: " + facts.subject.pricesReason) }
            guard !facts.fills.isEmpty else { return .notChecked("the result has no fills") }
            return examine(facts)
        }
    }

    @Sendable private static func otherFile(_ facts: DoctorFacts) -> DoctorVerdict {
        guard let file = facts.subject.otherPrices else { return .fine }
        return .found(
            .warning, "The run's manifest names prices with another digest than those given.", at: [file],
            do: "Give the file that the run read; findings about bars may be wrong.")
    }

    @Sendable private static func noBar(_ facts: DoctorFacts) -> DoctorVerdict {
        guard !facts.configuration.meetsEvents else { return .notChecked("fills have the times of trades and quotes") }
        let wrong = facts.fills.filter { facts.bar($0) == nil }
        guard !wrong.isEmpty else { return .fine }
        return .found(
            .error,
            "\(DoctorFacts.share(wrong.count, of: facts.fills.count)) fills are at times at which their asset has no bar.",
            at: wrong.map(DoctorFacts.place), do: "Nothing was traded then: the price was carried forward, or made up.")
    }

    /// Before spread and slippage, which may leave the bar. Quotes may leave it too, and trades that its feed left out.
    @Sendable private static func outside(_ facts: DoctorFacts) -> DoctorVerdict {
        let wrong = facts.fills.compactMap { fill -> (FillRecord, Bar)? in
            guard let (bars, index) = facts.bar(fill) else { return nil }
            let (bar, price) = (bars[index], facts.reference(fill))
            let slack = DoctorThresholds.price * abs(price)
            return price > bar.high + slack || price < bar.low - slack ? (fill, bar) : nil
        }
        guard let (first, bar) = wrong.first else { return .fine }
        return .found(
            facts.configuration.meetsEvents ? .warning : .error,
            "\(DoctorFacts.share(wrong.count, of: facts.fills.count)) fills are at prices that their bar never saw, such as "
                + "\(Format.price(facts.reference(first))) between \(Format.price(bar.low)) and \(Format.price(bar.high)).",
            at: wrong.map { DoctorFacts.place($0.0) },
            do: "Look at the fill rule, and whether fills and bars are adjusted alike for splits and rolls.")
    }

    /// A bar without a range at the close before, and without volume: nobody traded.
    @Sendable private static func stale(_ facts: DoctorFacts) -> DoctorVerdict {
        let wrong = facts.fills.filter { fill in
            guard let (bars, index) = facts.bar(fill), index > 0 else { return false }
            let bar = bars[index]
            return bar.high == bar.low && bar.close == bars[index - 1].close && !(bar.volume > 0)
        }
        guard !wrong.isEmpty else { return .fine }
        return .found(
            .warning,
            "\(DoctorFacts.share(wrong.count, of: facts.fills.count)) fills are in bars that only repeat the close before.",
            at: wrong.map(DoctorFacts.place),
            do: "Leave out bars that nobody traded in instead of filling them forward.")
    }

    @Sendable private static func volume(_ facts: DoctorFacts) -> DoctorVerdict {
        struct Key: Hashable {
            let asset: String
            let index: Int
        }
        var known: Set<String> = []
        for (asset, bars) in facts.subject.prices?.bars ?? [:] where bars.contains(where: { $0.volume > 0 }) {
            known.insert(asset)
        }
        var traded: [Key: (contracts: Double, volume: Double, fill: FillRecord)] = [:]
        var order: [Key] = []
        for fill in facts.fills where known.contains(fill.asset) {
            guard let (bars, index) = facts.bar(fill), bars[index].volume.isFinite else { continue }
            let key = Key(asset: fill.asset, index: index)
            if traded[key] == nil { order.append(key) }
            let before = traded[key]?.contracts ?? 0
            traded[key] = (before + abs(fill.signedQuantity), bars[index].volume, traded[key]?.fill ?? fill)
        }
        guard !order.isEmpty else { return .notChecked("the bars have no volume") }
        let bars = order.compactMap { traded[$0] }
        let beyond = bars.filter { $0.contracts > $0.volume * (1 + DoctorThresholds.price) }
        if let worst = beyond.max(by: { $0.contracts - $0.volume < $1.contracts - $1.volume }) {
            return .found(
                .error,
                "In \(DoctorFacts.share(beyond.count, of: bars.count)) bars more was filled than was traded, at most "
                    + "\(Format.fixed(worst.contracts, 0)) of a volume of \(Format.fixed(worst.volume, 0)).",
                at: beyond.map { DoctorFacts.place($0.fill) },
                do: "Limit what an order may take (apus.volume_participation), or trade less.")
        }
        let large = bars.filter { $0.contracts > $0.volume * DoctorThresholds.participation }
        guard let worst = large.map({ $0.contracts / $0.volume }).max() else { return .fine }
        return .found(
            .warning,
            "In \(DoctorFacts.share(large.count, of: bars.count)) bars more than "
                + "\(Format.percent(DoctorThresholds.participation, 0)) of the volume was filled, at most "
                + "\(Format.percent(worst, 0)).",
            at: large.map { DoctorFacts.place($0.fill) },
            do: "Such orders move the price: set apus.volume_participation and apus.impact, or trade less.")
    }

    /// How often a price is the bar's best for the trader, beside how often opens and closes are.
    @Sendable private static func extremes(_ facts: DoctorFacts) -> DoctorVerdict {
        let chances = (facts.subject.prices?.bars ?? [:]).mapValues(Chances.init)
        var hits: [FillRecord] = []
        var (count, expected, variance) = (0, 0.0, 0.0)
        for fill in facts.fills {
            guard let (bars, index) = facts.bar(fill), bars[index].high > bars[index].low, let chance = chances[fill.asset] else {
                continue
            }
            let (bar, price, isBuy) = (bars[index], facts.reference(fill), fill.signedQuantity > 0)
            if price == (isBuy ? bar.low : bar.high) { hits.append(fill) }
            let usual = chance.best(isBuy: isBuy, isOpen: price == bar.open, isClose: price == bar.close)
            count += 1
            expected += usual
            variance += usual * (1 - usual)
        }
        let limit = expected + DoctorThresholds.deviations * max(variance, 1).squareRoot()
        guard count >= DoctorThresholds.atExtreme.fills, Double(hits.count) > limit,
            Double(hits.count) >= DoctorThresholds.atExtreme.share * Double(count)
        else { return .fine }
        return .found(
            .warning,
            "\(DoctorFacts.share(hits.count, of: count)) fills are at the very low of their bar when buying or the "
                + "very high when "
                + "selling; opens and closes of these bars would give \(Format.fixed(expected, 1)).",
            at: hits.map(DoctorFacts.place),
            do: "A limit that is only touched rarely fills: set apus.limit_fill to through, and look for prices of the future.")
    }

    /// How often opens and closes of an asset's bars are their lows and highs.
    private struct Chances {
        private var counts = [Double](repeating: 0, count: 4)
        private let bars: Double

        init(_ bars: [Bar]) {
            let ranged = bars.filter { $0.high > $0.low }
            self.bars = Double(max(ranged.count, 1))
            for bar in ranged {
                if bar.open == bar.low { counts[0] += 1 }
                if bar.open == bar.high { counts[1] += 1 }
                if bar.close == bar.low { counts[2] += 1 }
                if bar.close == bar.high { counts[3] += 1 }
            }
        }

        /// 0 for a price that is neither.
        func best(isBuy: Bool, isOpen: Bool, isClose: Bool) -> Double {
            isOpen ? counts[isBuy ? 0 : 1] / bars : (isClose ? counts[isBuy ? 2 : 3] / bars : 0)
        }
    }

    /// From the fill to the close of its bar; for a fill at the close, of the next bar.
    @Sendable private static func entryBars(_ facts: DoctorFacts) -> DoctorVerdict {
        struct Key: Hashable {
            let asset: String
            let time: UnixNanos
            let isLong: Bool
        }
        let entries = Set(facts.positions.map { Key(asset: $0.asset, time: $0.entry, isLong: $0.isLong) })
        var (wins, moves) = ([FillRecord](), 0)
        for fill in facts.fills {
            let isLong = fill.signedQuantity > 0
            guard entries.contains(Key(asset: fill.asset, time: fill.time, isLong: isLong)),
                let (bars, index) = facts.bar(fill)
            else { continue }
            let price = facts.reference(fill)
            let last = price == bars[index].close ? index + 1 : index
            guard last < bars.count, bars[last].close != price else { continue }
            moves += 1
            if (bars[last].close > price) == isLong { wins.append(fill) }
        }
        let limits = DoctorThresholds.entryBar
        guard moves >= limits.entries else { return .notChecked("fewer than \(limits.entries) entries with a bar") }
        guard Double(wins.count) > limits.share * Double(moves) else { return .fine }
        return .found(
            .warning, "\(DoctorFacts.share(wins.count, of: moves)) entries are in profit at the close of their first bar.",
            at: wins.map(DoctorFacts.place),
            do: "Signals that know the bar they are filled in look like that: shift them by one bar and compare.")
    }
}
