import Contracts
import Lake
import Market
import Pipeline
import Portfolio
import Primitives
import TestKit
import Testing

/// Ten days of ES minutes by contract, October and December 2013, in LEAN's zip files.
///
/// The days are 10-06 to 10-11, 12-02, 12-03, 12-18 and 12-20. So the December roll can be checked in part: the days from 12-04
/// to 12-17 and 12-19 are missing, there is no open interest, and no settlement price.
@Suite(.enabled(if: SharedData.has("es/minute_2013")))
struct ContinuousFuturesTests {
    private static let multiplier = 50.0

    private static func request(_ rule: RollRule, _ adjustment: Adjustment = .none) throws -> ContinuousRequest {
        ContinuousRequest(
            root: "ES", inputs: [try #require(SharedData.path("es/minute_2013"))], rule: rule, adjustment: adjustment)
    }

    private static func time(_ text: String) throws -> UnixNanos { try #require(UnixNanos(iso8601: text)) }

    // MARK: Rolls of December 2013

    @Test func rollByVolume() throws {
        let result = try ContinuousFutures.build(Self.request(.volume(sessions: 1, lag: 0)))
        #expect(result.files.count == 10 && result.ignored.isEmpty)
        let rolls = result.series.schedule.rolls
        let roll = try #require(rolls.first)
        #expect(rolls.count == 1 && "\(roll.from) \(roll.to)" == "ESZ13 ESH14")
        // 2013-12-18 is the first session of the files in which ESH14 leads: 2,245,000 contracts to 284,000. Known at its close,
        // so the roll is the first minute of the next session, 17:00 in Chicago.
        #expect("\(roll.decided?.description ?? "-") \(roll.session)" == "2013-12-18 2013-12-19")
        #expect(roll.time == (try Self.time("2013-12-18T23:00:00Z")))
        #expect(roll.oldPrice == 1810 && roll.newPrice == 1804)
        // The map file's roll by open interest comes no later: its last day of ESZ13 is 2013-12-17.
        #expect(roll.session > (try #require(CivilDate("2013-12-17"))))
        let series = result.series
        let last = series.segments[0].upperBound - 1
        #expect(series.times[last] == (try Self.time("2013-12-18T22:14:00Z")) && series.contract(ofRow: last).code == "ESZ13")
        #expect(series.times[last + 1] == roll.time && series.contract(ofRow: last + 1).code == "ESH14")
    }

    @Test func rollByCalendar() throws {
        // The map file: last day of ESZ13 is 2013-12-19 by last trading day, 2013-11-30 by first day of the month.
        for (rule, session, time) in [
            (RollRule.calendar(.expiry, sessionsBefore: 0), "2013-12-20", "2013-12-20T00:00:00Z"),
            (.calendar(.month, sessionsBefore: 0), "2013-12-02", "2013-12-02T00:00:00Z"),
        ] {
            let rolls = try ContinuousFutures.build(Self.request(rule)).series.schedule.rolls
            #expect(rolls.map { "\($0.session)" } == [session])
            // The evening before is missing, so the first minute there is begins at midnight UTC.
            #expect(try rolls.map(\.time) == [Self.time(time)])
        }
    }

    /// The factor file's steps of this roll are -6.50 and 0.996410 on 2013-11-30, -6.50 and 0.996349 on 12-17, -6.75 and 0.996269
    /// on 12-19: closes of days that the files do not have. The spread moves slowly, so the opens of the sessions beside them are
    /// within two ticks, 0.5 in 1,800, and what that and the level of the day make of the ratio.
    @Test func spreadsAreNearTheFactorFile() throws {
        for (rule, difference, ratio) in [
            (RollRule.calendar(.month, sessionsBefore: 0), -6.5, 0.996410), (.volume(sessions: 1, lag: 0), -6.5, 0.996349),
            (.calendar(.expiry, sessionsBefore: 0), -6.75, 0.996269),
        ] {
            let roll = try #require(try ContinuousFutures.build(Self.request(rule)).series.schedule.rolls.first)
            #expect(abs(roll.difference - difference) <= 0.5)
            #expect(abs(roll.ratio - ratio) < 0.0004)
        }
    }

    @Test func openInterestIsNotInTheFiles() throws {
        let error = #expect(throws: ApusError.self) {
            try ContinuousFutures.build(Self.request(.openInterest(sessions: 1, lag: 0)))
        }
        #expect(error?.code == "futures.activity")
    }

    // MARK: Booking on real contracts

    /// Random positions in the series, booked trade by trade on the contracts, make what the contracts' own prices make of the
    /// positions held, and what the difference-adjusted series makes of them.
    @Test(arguments: [UInt64(31), 32, 33]) func profitIsThatOfTheContracts(seed: UInt64) throws {
        let series = try ContinuousFutures.build(Self.request(.volume(sessions: 1, lag: 0), Adjustment(.difference))).series
        var random = SeededGenerator(seed: seed)
        let roll = series.segments[1].lowerBound
        // Targets take effect at a row's close; some near the roll. Not on its row: that one's position is the roll's.
        let rows = Set((0..<200).map { _ in Int(random.next() % UInt64(series.count)) } + [roll - 2, roll - 1, roll + 1])
        var wanted: [Int: Double] = [:]
        for row in rows.subtracting([roll]) { wanted[row] = Double(random.next() % 21) - 10 }
        wanted[roll - 1] = 7

        let profit = try Self.booked(series, wanted)
        var position = 0.0
        var byContract: [String: Double] = [:]
        var bySeries = 0.0
        let adjusted = series.adjusted(series.rawClose)
        for row in 0..<series.count {
            if row > 0 {
                bySeries += position * (adjusted[row] - adjusted[row - 1]) * Self.multiplier
                if row == roll {
                    let prices = series.schedule.rolls[0]
                    byContract["ESZ13", default: 0] += position * (prices.oldPrice - series.rawClose[row - 1]) * Self.multiplier
                    byContract["ESH14", default: 0] += position * (series.rawClose[row] - prices.newPrice) * Self.multiplier
                } else {
                    byContract[series.contract(ofRow: row).code, default: 0] +=
                        position * (series.rawClose[row] - series.rawClose[row - 1]) * Self.multiplier
                }
            }
            position = wanted[row] ?? position
        }
        let total = byContract.values.reduce(0, +)
        #expect(byContract.count == 2 && byContract.values.allSatisfy { $0 != 0 })
        #expect(abs(profit - total) < 1e-6 && abs(profit - bySeries) < 1e-6, "\(profit) \(byContract) \(bySeries)")
    }

    /// The profit of an account that books every leg on its contract.
    private static func booked(_ series: ContinuousSeries, _ wanted: [Int: Double]) throws -> Double {
        let assets = series.schedule.contracts.map(\.code)
        var account = Account(
            initialCash: 1_000_000, instruments: assets.map { Account.Instrument(asset: $0, multiplier: multiplier) },
            policy: AccountPolicy())
        let targets = wanted.keys.sorted().map { ContinuousTarget(time: series.times[$0], position: wanted[$0] ?? 0) }
        let legs = series.schedule.legs(for: targets)
        #expect(legs.filter { $0.reason == .rollClose }.map(\.quantity) == [-7])
        #expect(legs.filter { $0.reason == .rollOpen }.map(\.quantity) == [7])
        for leg in legs {
            let row = try #require(series.times.firstIndex(of: leg.time))
            let asset = try #require(assets.firstIndex(of: leg.contract.code))
            _ = account.book(
                Booking(
                    instrument: asset, time: leg.time, index: row, signedQuantity: leg.quantity,
                    price: leg.price ?? series.rawClose[row], commission: 0, slippage: 0))
        }
        let closes = series.segments.map { series.rawClose[$0.upperBound - 1] }
        closes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            let slice = MarketSlice(
                time: UnixNanos(0), index: 0, count: closes.count, open: start, high: start, low: start, close: start,
                volume: start)
            account.mark(slice, by: .close)
        }
        #expect(account.violatedInvariant() == nil)
        #expect(account.positions[0].quantity == 0)
        return account.equity - account.initialCash
    }

    // MARK: Files

    @Test func tablesHoldWhatTheSeriesHolds() throws {
        let folder = try TemporaryFolder()
        let result = try ContinuousFutures.build(Self.request(.volume(sessions: 1, lag: 0), Adjustment(.ratio)))
        let path = folder.file("out/es.parquet")
        let files = try ContinuousTables.write(result.series, to: path)
        #expect(files.map(\.rows) == [result.series.count, 1])
        #expect(folder.names(in: "out") == ["es.parquet", "es.rolls.parquet"])
        let table = try ParquetReader.table(path)
        #expect(
            table.schema.map(\.name).joined(separator: " ")
                == "ts symbol contract open high low close volume open_interest raw_open raw_high raw_low raw_close factor offset"
        )
        for name in ["open", "high", "low", "close"] {
            let raw = try #require(table["raw_" + name]).doubles, factor = try #require(table["factor"]).doubles
            #expect(table[name]?.doubles == zip(raw, factor).map { $0 * $1 + 0 })
        }
        #expect(table["raw_close"]?.doubles == result.series.rawClose)
        #expect(table["symbol"]?.strings.first == "ES.volume-1.ratio")
        #expect(Set(table["contract"]?.strings ?? []) == ["ESZ13", "ESH14"])
        #expect(table["open_interest"]?.validity == Array(repeating: false, count: table.rowCount))
        let rolls = try ParquetReader.table(folder.file("out/es.rolls.parquet"))
        #expect(rolls["from_contract"]?.strings == ["ESZ13"] && rolls["to_contract"]?.strings == ["ESH14"])
        #expect(rolls["old_price"]?.doubles == [1810] && rolls["new_price"]?.doubles == [1804])
        #expect(rolls["decided"]?.ints == [Int64(try #require(CivilDate("2013-12-18")).daysSinceEpoch)])
        #expect(try ContinuousTables.schedule(folder.file("out/es.rolls.parquet")) == result.series.schedule)
        // The same bytes again.
        let again = try ContinuousTables.write(result.series, to: folder.file("again.parquet"))
        #expect(again.map(\.digest) == files.map(\.digest))
        // Neither the series nor its rolls replace what was read.
        for (input, output) in [("again.parquet", "again.parquet"), ("again.rolls.parquet", "again.parquet")] {
            let error = #expect(throws: ApusError.self) {
                try ContinuousTables.write(result.series, to: folder.file(output), protecting: [folder.file(input)])
            }
            #expect(error?.code == "input.overwrite")
        }
    }

    /// The same bars as CSV and as Parquet, cut into files another way, give the same series.
    @Test func everyFormatGivesTheSameSeries() throws {
        let folder = try TemporaryFolder()
        let rule = RollRule.volume(sessions: 1, lag: 0)
        let expected = try ContinuousFutures.build(Self.request(rule, Adjustment(.ratio))).series
        // Both contracts' own bars, from series that never roll (the other months are left out).
        var rows: [(code: String, series: ContinuousSeries)] = []
        for (letter, code) in [(Character("Z"), "ESZ3"), (Character("H"), "ESH4")] {
            var request = try Self.request(rule)
            request.months = [letter]
            let built = try ContinuousFutures.build(request)
            rows.append((code, built.series))
        }
        for (code, series) in rows {
            var csv = "Timestamp,Open,High,Low,Close,Volume\n"
            for row in series.segments[0].reversed() {
                let text = [series.rawOpen, series.rawHigh, series.rawLow, series.rawClose, series.volume].map { "\($0[row])" }
                csv += "\(series.times[row])," + text.joined(separator: ",") + "\n"
            }
            try AtomicFile.write(csv, to: folder.file("csv/\(code).csv"))
        }
        try Self.writeParquet(rows.map { ($0.code, $0.series) }, to: folder.file("bars.parquet"))
        for input in ["csv", "bars.parquet"] {
            var request = try Self.request(rule, Adjustment(.ratio))
            request.inputs = [folder.file(input)]
            let series = try ContinuousFutures.build(request).series
            #expect(series.schedule == expected.schedule && series.times == expected.times, "\(input)")
            #expect(series.adjusted(series.rawClose) == expected.adjusted(expected.rawClose), "\(input)")
            #expect(series.volume == expected.volume && series.barNanos == expected.barNanos)
        }
    }

    /// As `apus derive file` writes bars: microseconds, symbol, whole volumes; and a spread, which is no contract.
    private static func writeParquet(_ contracts: [(String, ContinuousSeries)], to path: String) throws {
        func join<Value>(_ column: (ContinuousSeries) -> [Value]) -> [Value] {
            contracts.flatMap { Array(column($0.1)[$0.1.segments[0]]) }
        }
        func prices(_ name: String, _ values: [Double]) -> Column {
            Column(ColumnSpec(name, .double), .doubles(values + [-6]))
        }
        let times = join(\.times).map(\.microseconds)
        let symbols = contracts.flatMap { code, series in series.segments[0].map { _ in code } }
        let table = Table([
            Column(ColumnSpec("ts", .timestampMicros(utc: true)), .ints(times + [0])),
            Column(ColumnSpec("symbol", .string), .strings(symbols + ["ESZ3-ESH4"])), prices("open", join(\.rawOpen)),
            prices("high", join(\.rawHigh)), prices("low", join(\.rawLow)), prices("close", join(\.rawClose)),
            Column(ColumnSpec("volume", .int64), .ints(join(\.volume).map { Int64($0) } + [1])),
        ])
        let writer = try ParquetWriter(path, schema: table.schema)
        try writer.append(table)
        _ = try writer.finish()
    }

    @Test func asOfTheDayBeforeTheRoll() throws {
        var request = try Self.request(.volume(sessions: 1, lag: 0), Adjustment(.ratio))
        request.asOf = try Self.time("2013-12-18T23:00:00Z")
        let series = try ContinuousFutures.build(request).series
        #expect(series.schedule.rolls.isEmpty && series.scales == [.identity])
        #expect(series.times.last == (try Self.time("2013-12-18T22:14:00Z")))
    }
}

/// What is wrong with files is told with file and row.
struct ContractFileErrorTests {
    private static let header = "date,contract,open,high,low,close,volume,open_interest\n"

    private static func run(
        _ text: String, name: String = "bars.csv", rule: RollRule = .volume(sessions: 1, lag: 0), expiries: String? = nil
    ) throws -> ContinuousResult {
        let folder = try TemporaryFolder()
        try AtomicFile.write(text, to: folder.file(name))
        if let expiries { try AtomicFile.write(expiries, to: folder.file("expiries")) }
        return try ContinuousFutures.build(
            ContinuousRequest(
                root: "ES", inputs: [folder.file(name)], rule: rule,
                lastTradeDates: expiries == nil ? nil : folder.file("expiries"), interval: .day))
    }

    @Test func openInterestRollsDailyBars() throws {
        let text = """
            2013-12-16,ESZ13,1,1,1,1,,900
            2013-12-17,ESZ13,1,1,1,1,,700
            2013-12-18,ESZ13,4,4,4,4,,600
            2013-12-16,ESH14,2,2,2,2,,800
            2013-12-17,ESH14,2,2,2,2,,1000
            2013-12-18,ESH14,3,3,3,3,,1100
            2013-12-18,ESTC,3,3,3,3,,1100

            """
        let result = try Self.run(Self.header + text, rule: .openInterest(sessions: 1, lag: 0))
        let roll = try #require(result.series.schedule.rolls.first)
        #expect("\(roll.session)" == "2013-12-18" && roll.oldPrice == 4 && roll.newPrice == 3)
        #expect(result.ignored == ["ESTC"] && result.series.count == 3)
        #expect(result.series.volume.allSatisfy(\.isNaN) && result.series.openInterest == [900, 700, 1100])
    }

    @Test(arguments: [
        ("2013-12-16,ESZ13,1,1,x,1,5,5\n", "futures.value", "line: 2"),
        ("2013-12-16,ESZ13,1,1,1,1,5,5\n2013-12-17T00:00:00Z,ESZ13,1,1,1,1,5,5\n", "futures.value", "line: 3"),
        ("2013-12-16,ESZ13,1,0.5,1,1,5,5\n", "futures.bar", "line: 2"),
        ("2013-12-16,ESZ13,1,1,1,1,-5,5\n", "futures.bar", "line: 2"),
        ("2013-12-16,ESZ13,1,1,1,1,5,5\n2013-12-16,ESZ3,1,1,1,1,5,5\n", "futures.duplicate", "line: 3"),
        ("2013-12-16,NQZ13,1,1,1,1,5,5\n", "futures.contracts", "found: NQZ13"),
        ("2013-12-16,ESZ13,1,1\n", "csv.fields", "line: 2"),
        ("9999-12-31,ESZ13,1,1,1,1,5,5\n", "futures.value", "line: 2"),
        ("2013-12-16,ESZ13,1,1,1,1,5,\n2013-12-30,ESH14,1,1,1,1,5,\n", "futures.overlap", "root: ES"),
    ]) func rowsAreNamed(text: String, code: String, place: String) throws {
        let error = try #require(#expect(throws: ApusError.self) { try Self.run(Self.header + text) })
        #expect(error.code == code && "\(error)".contains(place), "\(error)")
    }

    @Test func filesAndColumnsAreNamed() throws {
        func code(_ text: String, name: String = "bars.csv", expiries: String? = nil) -> String? {
            let error = #expect(throws: ApusError.self) { try Self.run(text, name: name, expiries: expiries) }
            return error?.code
        }
        #expect(code("date,open,high,low\n2013-12-16,1,1,1\n") == "futures.column")
        #expect(code("open,high,low,close\n1,1,1,1\n") == "futures.column")
        #expect(code("x", name: "bars.txt") == "futures.format")
        #expect(code("x", name: "20131218_trade.zip") == "futures.zip")
        #expect(code("x", name: "bars.parquet") == "parquet.read")
        #expect(code("date,open,high,low,close\n1990-01-02,1,1,1,1\n", name: "readme.csv") == "futures.contracts")
        let row = "2013-12-16,ESZ13,1,1,1,1,5,5\n"
        #expect(code(Self.header + row, expiries: "a,b\n") == "futures.column")
        #expect(code(Self.header + row, expiries: "contract,last_trade_date\nESZ13,soon\n") == "futures.value")
        #expect(code(Self.header + row, expiries: "contract,last_trade_date\nES,2013-12-20\n") == "futures.contract")
        // A time before the calendar.
        #expect(code("ts,open,high,low,close\n1980-01-02T00:00:00Z,1,1,1,1\n", name: "ESH80.csv") == "futures.calendar")
    }

    @Test(arguments: ["2013-12-16", "20131216", "12/16/2013", "2013-12-16T00:00:00Z", "1387152000000000000"])
    func everyFormOfTime(text: String) throws {
        let series = try Self.run(Self.header + "\(text),ESZ13,1,2,1,2,5,5\n").series
        #expect(series.times == [try #require(UnixNanos(iso8601: "2013-12-16"))] && series.rawClose == [2])
    }

    /// Schedules of every rule and reason come back from the file.
    @Test func rollsAreReadBack() throws {
        let folder = try TemporaryFolder()
        let z = try FuturesContract("CL 20131119"),
            h = try FuturesContract(
                "CLF4", asOf: z.lastTradeDate,
                lastTradeDates: [
                    "CLF14": try #require(CivilDate("2013-12-19"))
                ])
        for (rule, reason) in [
            (RollRule.calendar(.month, sessionsBefore: 3), Roll.Reason.calendar),
            (.openInterest(sessions: 2, lag: 1), .openInterest),
            (.volume(sessions: 1, lag: 0), .lastTradeDate),
        ] {
            let roll = Roll(
                from: z, to: h, reason: reason, decided: reason == .openInterest ? z.lastTradeDate - 4 : nil,
                session: z.lastTradeDate, time: UnixNanos(z.lastTradeDate), oldPrice: 93.5, newPrice: 93.25)
            let schedule = RollSchedule(rule: rule, first: z, rolls: [roll])
            let bars = try [z, h].map { contract in
                try ContractBars(
                    contract: contract, times: [roll.time], sessions: [roll.session], open: [1], high: [1], low: [1], close: [1],
                    volume: [1], openInterest: [1])
            }
            let series = try ContinuousSeries(bars, schedule: schedule, adjustment: .none, barNanos: UnixNanos.perDay)
            _ = try ContinuousTables.write(series, to: folder.file("cl.parquet"))
            #expect(try ContinuousTables.schedule(folder.file("cl.rolls.parquet")) == schedule)
            #expect(throws: ApusError.self) { try ContinuousTables.schedule(folder.file("cl.parquet")) }
        }
    }

    @Test func listedLastTradeDatesCount() throws {
        let rows = ["2013-12-16,ESZ13,1,1,1,1,5,5", "2013-12-17,ESZ13,1,1,1,1,5,5", "2013-12-17,ESH14,1,1,1,1,1,5"]
        let text = Self.header + rows.joined(separator: "\n") + "\n"
        let listed = "contract,last_trade_date\nESZ3,2013-12-17\n"
        #expect(try Self.run(text).series.schedule.rolls.isEmpty)
        let roll = try #require(try Self.run(text, expiries: listed).series.schedule.rolls.first)
        #expect("\(roll.session)" == "2013-12-17" && roll.reason == .lastTradeDate)
    }
}
