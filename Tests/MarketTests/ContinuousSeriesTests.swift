import Market
import Primitives
import TestKit
import Testing

struct ContinuousSeriesTests {
    private static let calendar = FuturesSamples.calendar
    static let adjustments: [Adjustment] = [
        .none, Adjustment(.ratio), Adjustment(.difference), Adjustment(.ratio, .forward), Adjustment(.difference, .forward),
    ]

    private static func series(
        _ chain: [ContractBars], _ rule: RollRule, _ adjustment: Adjustment, barNanos: Int64 = UnixNanos.perHour
    ) throws -> ContinuousSeries {
        let schedule = try RollSchedule(chain, rule: rule, calendar: calendar)
        return try ContinuousSeries(chain, schedule: schedule, adjustment: adjustment, barNanos: barNanos)
    }

    /// The table of docs/concepts/futures-roll.md, read from the page.
    @Test func theExampleOfThePage() throws {
        let page = try FileBytes.readText(PackageRoot.appending("docs/concepts/futures-roll.md"))
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| 2013-12-") }.map { line in
            line.split(separator: "|").map { String($0.filter { $0 != " " }) }
        }
        #expect(rows.count == 5)
        func bars(_ code: String, column: Int) throws -> ContractBars {
            try FuturesSamples.daily(
                FuturesContract(code),
                rows.map { row in
                    let numbers = try row[column..<column + 3].map { try #require(Double($0)) }
                    return .init(
                        date: try FuturesSamples.date(row[0]), open: numbers[0], close: numbers[1], volume: numbers[2])
                })
        }
        let chain = try [bars("ESZ13", column: 1), bars("ESH14", column: 4)]
        for (column, kind) in [(8, Adjustment.Kind.none), (9, .ratio), (10, .difference)] {
            let series = try Self.series(chain, .volume(sessions: 1, lag: 0), Adjustment(kind), barNanos: UnixNanos.perDay)
            #expect(series.name == "ES.volume-1.\(kind.rawValue)")
            #expect((0..<5).map { series.contract(ofRow: $0).code } == rows.map { $0[7] })
            let closes = (0..<5).map { series.bar($0).close }
            for (close, row) in zip(closes, rows) { #expect(abs(close - (Double(row[column]) ?? .nan)) < 1e-9) }
            #expect(series.adjusted(series.rawClose) == closes)
        }
        let roll = try #require(try RollSchedule(chain, rule: .volume(sessions: 1, lag: 0), calendar: Self.calendar).rolls.first)
        #expect(roll.ratio == 0.995 && roll.difference == -8 && "\(roll.session)" == "2013-12-19")
    }

    /// Rows are those of the contracts, bit for bit and each contract's in one stretch; scales do what they say.
    @Test(arguments: [UInt64(11), 12], adjustments) func rawIsRecoverableAndScalesHold(seed: UInt64, adjustment: Adjustment)
        throws
    {
        let chain = try FuturesSamples.randomChain(seed: seed, years: 2012...2013, barsPerSession: 6)
        for rule in FuturesSamples.rules {
            let series = try Self.series(chain, rule, adjustment)
            let closes = series.adjusted(series.rawClose)
            #expect(series.segments.count == 8 && series.segments.allSatisfy { $0.count > 50 }, "\(rule)")
            #expect(zip(series.times, series.times.dropFirst()).allSatisfy { $0 < $1 })
            var wrong = 0
            for (index, rows) in series.segments.enumerated() {
                let bars = try #require(chain.first { $0.contract == series.schedule.contracts[index] })
                let offset = try #require(bars.times.firstIndex(of: series.times[rows.lowerBound]))
                for row in rows {
                    let source = offset + row - rows.lowerBound
                    let isSame =
                        series.times[row] == bars.times[source] && series.rawOpen[row] == bars.open[source]
                        && series.rawHigh[row] == bars.high[source] && series.rawLow[row] == bars.low[source]
                        && series.rawClose[row] == bars.close[source] && series.volume[row] == bars.volume[source]
                        && series.contractIndex(ofRow: row) == index
                    guard row > rows.lowerBound else { continue }
                    let change = series.rawClose[row] - series.rawClose[row - 1]
                    let isKept =
                        switch adjustment.kind {
                        // Ticks are powers of two, so differences are exact.
                        case .none, .difference: closes[row] - closes[row - 1] == change
                        case .ratio:
                            abs(closes[row] / closes[row - 1] / (series.rawClose[row] / series.rawClose[row - 1]) - 1) < 1e-14
                        }
                    wrong += isSame && isKept ? 0 : 1
                }
            }
            #expect(wrong == 0, "\(rule)")
            let end = adjustment.direction == .backward ? series.scales.last : series.scales.first
            #expect(end == .identity)
            try Self.expectNoJump(series)
        }
    }

    /// At a roll the two contracts' prices become one.
    private static func expectNoJump(_ series: ContinuousSeries) throws {
        for (index, roll) in series.schedule.rolls.enumerated() {
            let old = series.scales[index](roll.oldPrice), new = series.scales[index + 1](roll.newPrice)
            switch series.adjustment.kind {
            case .none: #expect(old == roll.oldPrice && new == roll.newPrice)
            case .difference: #expect(old == new)
            case .ratio: #expect(abs(old / new - 1) < 1e-14)
            }
        }
    }

    /// What was built from the bars complete at a time equals what `asOf` makes of the whole.
    @Test(arguments: FuturesSamples.rules) func asOfIsWhatWasKnown(rule: RollRule) throws {
        let chain = try FuturesSamples.randomChain(seed: 21, years: 2013...2013, barsPerSession: 5)
        var random = SeededGenerator(seed: 22)
        let whole = try Self.series(chain, rule, Adjustment(.ratio))
        let limits = (try #require(whole.times.first), try #require(whole.times.last))
        // Around each roll, and anywhere.
        var times = whole.schedule.rolls.flatMap { [$0.time, $0.time + UnixNanos.perHour - 1, $0.time + UnixNanos.perHour] }
        for _ in 0..<40 {
            times.append(limits.0 + UnixNanos.perDay + Int64(random.next() % UInt64(limits.1 - limits.0)))
        }
        var counts = Set<Int>()
        for time in times {
            let known = try chain.compactMap { bars in
                let rows = bars.times.prefix { $0 + UnixNanos.perHour <= time }.count
                return rows == 0 ? nil : try FuturesSamples.copy(bars, rows: rows)
            }
            for adjustment in Self.adjustments {
                let cut = try Self.series(chain, rule, adjustment).asOf(time)
                let built = try Self.series(known, rule, adjustment)
                #expect(cut.schedule == built.schedule && cut.scales == built.scales && cut.segments == built.segments, "\(time)")
                #expect(cut.times == built.times && cut.rawClose == built.rawClose && cut.name == built.name)
                #expect(cut.adjusted(cut.rawClose) == built.adjusted(built.rawClose))
                counts.insert(cut.schedule.rolls.count)
                // The same from the columns of the whole: divide by, or subtract, the newest row's.
                let late = try Self.series(chain, rule, adjustment)
                guard cut.count > 0 else { continue }
                let newest = late.scale(ofRow: cut.count - 1)
                if adjustment.direction == .backward, cut.segments.last?.isEmpty == false {
                    for row in stride(from: 0, to: cut.count, by: 97) {
                        let scale = late.scale(ofRow: row)
                        #expect(abs(scale.factor / newest.factor / cut.scale(ofRow: row).factor - 1) < 1e-14)
                        #expect(scale.offset - newest.offset == cut.scale(ofRow: row).offset)
                    }
                }
            }
        }
        #expect(counts.count == 4)
    }

    @Test func ratiosNeedPricesAboveZero() throws {
        let contracts = try (FuturesContract("ESZ13"), FuturesContract("ESH14"))
        let roll = Roll(
            from: contracts.0, to: contracts.1, reason: .calendar, decided: nil, session: contracts.0.lastTradeDate,
            time: UnixNanos(contracts.0.lastTradeDate), oldPrice: -37.63, newPrice: 10)
        let schedule = RollSchedule(rule: .calendar(.expiry, sessionsBefore: 0), first: contracts.0, rolls: [roll])
        #expect(throws: FuturesError.priceNotPositive(contract: "ESZ13", time: roll.time)) {
            try Adjustment(.ratio).scales(schedule)
        }
        #expect(try Adjustment(.difference).scales(schedule).map(\.offset) == [47.63, 0])
        #expect(schedule.contract(at: roll.time - 1).code == "ESZ13" && schedule.contract(at: roll.time).code == "ESH14")
    }

    // MARK: The factor file

    struct FactorRow {
        let ratio: Double
        let backward: Double
        let forward: Double
    }

    private static func factors(mode: Int) throws -> [FactorRow] {
        let text = try FileBytes.readText(try #require(SharedData.path("es/es_factor_file.csv")))
        return try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
            .filter { $0["DataMappingMode"]?.intValue == Int64(mode) }
            .map { row in
                func front(_ key: String) throws -> Double { try #require(row[key]?.arrayValue?.first?.doubleValue) }
                return FactorRow(
                    ratio: try front("BackwardsRatioScale"), backward: try front("BackwardsPanamaCanalScale"),
                    forward: try front("ForwardPanamaCanalScale"))
            }
    }

    /// LEAN's factor file of ES, 2009 to 2023, in four rules: the nearest contract's columns.
    ///
    /// The file has no prices. But a roll's step of the ratio column and of the difference column together give both prices of
    /// the roll, and if columns mean what ours mean those are on the tick grid of 0.25. They are, to 1e-8; and from these prices
    /// our adjustment must give all columns back. What cannot be checked here is that those are the prices of the market.
    @Test(.enabled(if: SharedData.has("es/es_factor_file.csv")), arguments: 0...3)
    func factorFileFollowsFromItsPrices(mode: Int) throws {
        let rows = try Self.factors(mode: mode)
        #expect(rows.count > 50)
        let start = try FuturesSamples.date("2009-12-01")
        let contracts = try (0..<rows.count).map { index in
            try FuturesContract(root: "ES", month: ContractMonth(of: start.adding(months: 3 * index)))
        }
        var rolls: [Roll] = []
        for (index, (row, next)) in zip(rows, rows.dropFirst()).enumerated() {
            let step = row.ratio / next.ratio, difference = row.backward - next.backward
            // The newest rolls of two rules have no prices: their steps are 1 and 0.
            let old = difference == 0 ? 4000 : difference / (step - 1)
            #expect(abs(old * 4 - (old * 4).rounded()) < 1e-7)
            let price = (old * 4).rounded() / 4
            rolls.append(
                Roll(
                    from: contracts[index], to: contracts[index + 1], reason: .calendar, decided: nil,
                    session: contracts[index].lastTradeDate, time: UnixNanos(contracts[index].lastTradeDate), oldPrice: price,
                    newPrice: price + difference))
        }
        let schedule = RollSchedule(rule: .calendar(.expiry, sessionsBefore: 0), first: contracts[0], rolls: rolls)
        let ratios = try Adjustment(.ratio).scales(schedule), differences = try Adjustment(.difference).scales(schedule)
        for (index, row) in rows.enumerated() {
            #expect(abs(ratios[index].factor / row.ratio - 1) < 1e-12)
            #expect(differences[index].offset == row.backward)
        }
        // LEAN's forward column is one roll ahead of ours and begins with the second roll: a row counts the roll of its own date.
        let forward = try Adjustment(.difference, .forward).scales(schedule)
        for index in rows.indices.dropLast() {
            #expect(forward[index + 1].offset - forward[1].offset == rows[index].forward)
        }
    }
}
