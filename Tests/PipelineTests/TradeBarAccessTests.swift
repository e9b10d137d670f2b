import Contracts
import Lake
import Market
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// Bars that trades close as the input of features and instruments.
struct TradeBarAccessTests {
    /// 21:30 UTC on a Wednesday: after regular hours, half an hour before the session ends.
    private static let start = UnixNanos(1_703_712_600_000_000_000)
    private static let rules: [JSONValue] = [
        "tick:1", "tick:40", "volume:300", "dollar:1e6", "tick_imbalance:10", "volume_runs:100",
    ]

    private static func trades(_ seed: UInt64, _ symbol: String = "ESH4", after: Int64 = 0) -> [SmallTrade] {
        var random = SeededGenerator(seed: seed)
        let evening = SmallTrade.random(symbol, 1_500, from: start + after, &random)
        return evening + SmallTrade.random(symbol, 1_500, from: start + 2 * 3_600_000_000_000, &random)
    }

    private static func derived(_ trades: [SmallTrade], _ small: SmallWorkspace) throws {
        small.alternativeBars = rules
        try small.write(trades, to: "a.dbn")
        try small.ingest("T")
        _ = try small.derive()
    }

    private static func series(_ small: SmallWorkspace, _ reference: String) throws -> DataAccess.DerivedSeries {
        let workspace = try small.workspace
        let access = DataAccess(workspace, registry: try workspace.registry())
        return try access.derived(try #require(DatasetReference(reference)), symbol: "ESH4").0
    }

    @Test(arguments: ["bars_tick_1", "bars_tick_40", "bars_dollar_1000000", "bars_volume_runs_100"])
    func labelsIncreaseAndNothingIsKnownEarly(table: String) throws {
        let small = try SmallWorkspace()
        let trades = Self.trades(1)
        try Self.derived(trades, small)
        let series = try Self.series(small, "T:\(table):FULL")
        #expect(series.labels.count > 5 && !series.names.contains("ts_end") && series.names.contains("dollar_volume"))
        #expect(zip(series.labels, series.labels.dropFirst()).allSatisfy { $0 < $1 })
        #expect(zip(series.labels, series.closes).allSatisfy { $0 < $1 })
        #expect(zip(series.closes, series.labels.dropFirst()).allSatisfy { $0 <= $1 })
        // Counted by hand: when the bar's last trade was reported.
        let counts = try #require(series.names.firstIndex(of: "trade_count").map { series.columns[$0] })
        var trade = 0
        for (row, count) in counts.enumerated() {
            trade += Int(count)
            #expect(series.closes[row] >= trades[trade - 1].time)
            #expect(series.closes[row] <= series.sessionCloses[row])
        }
        #expect(Set(series.tradeDates).count == 2)
        if table == "bars_tick_1" {
            let tied = zip(trades, trades.dropFirst()).filter { $0.time == $1.time }.count
            let moved = zip(series.labels, trades).filter { $0 != $1.time }.count
            #expect(series.labels.count == trades.count && tied > 500 && moved >= tied)
            // A tie moves a label by a microsecond, and the next pause takes it back.
            #expect(zip(series.labels, trades).allSatisfy { $0 >= $1.time && $0 <= $1.time + 20_000 })
        }
    }

    @Test func theSessionsRestIsKnownAtItsEnd() throws {
        let small = try SmallWorkspace()
        try Self.derived(Self.trades(2), small)
        let series = try Self.series(small, "T:bars_tick_40:FULL")
        let counts = try #require(series.names.firstIndex(of: "trade_count").map { series.columns[$0] })
        let rest = try #require(counts.firstIndex { $0 != 40 })
        #expect(series.closes[rest] == series.sessionCloses[rest] && series.tradeDates[rest] < series.tradeDates[rest + 1])
        #expect(counts.filter { $0 != 40 }.count == 1, "the rest of the data is no bar yet")
    }

    @Test func anInstrumentTradesOnThem() throws {
        let small = try SmallWorkspace()
        small.instruments = [
            [
                "instrument_id": "ESH4", "instrument_type": "future", "prices_dataset_id": "T:bars_volume_300:FULL",
                "open_col": "open", "high_col": "high", "low_col": "low", "close_col": "close", "tick_size": 0.25,
                "multiplier": 50, "currency": "USD", "calendar": "CME_EQUITY",
            ]
        ]
        try Self.derived(Self.trades(3), small)
        let workspace = try small.workspace
        let instrument = try #require(workspace.configuration.instruments.first)
        let data = DataAccess(workspace, registry: try workspace.registry())
        let bars = try InstrumentBars.load(instrument, data, from: nil, through: nil).lane.bars
        #expect(bars.count > 50)
        #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.closeTime <= $1.openTime && $0.openTime < $0.closeTime })
    }

    /// Files apart or together, their names and the number of threads change no byte.
    @Test func filesAndThreadsChangeNothing() throws {
        let all = ["ESH4", "NQH4"].enumerated().map {
            Self.trades(UInt64($0.offset) + 7, $0.element, after: Int64($0.offset) * 60_000_000_000)
        }
        let merged = all.joined().enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        var digests: [[String: String]] = []
        for (threads, names) in [(1, ["a", "b"]), (2, ["b", "a"]), (2, ["all"])] {
            let small = try SmallWorkspace()
            small.threads = threads
            small.alternativeBars = Self.rules
            if names == ["all"] {
                try small.write(merged.map(\.element), to: "all.dbn")
            } else {
                for (name, trades) in zip(names, all) { try small.write(trades, to: name + ".dbn") }
            }
            try small.ingest("T")
            digests.append(try small.deriveDigests())
        }
        #expect(digests[0].count == 8 + 2 * Self.rules.count)
        #expect(digests[0] == digests[1] && digests[0] == digests[2])
    }

    @Test func aTableThatIsNotDerivedIsNamed() throws {
        let small = try SmallWorkspace()
        try Self.derived(Self.trades(4), small)
        let error = #expect(throws: ApusError.self) { try Self.series(small, "T:bars_tick_41:FULL") }
        #expect(error?.code == "run.missing" && error?.description.contains("bars_tick_40") == true)
    }

    /// Another rule in SESSIONS is not answered with the tables of the one before.
    @Test func tablesOfOtherParametersAreRefused() throws {
        let small = try SmallWorkspace()
        try Self.derived(Self.trades(6), small)
        _ = try Self.series(small, "T:bars_1m:FULL")
        small.alternativeBars = ["tick:41"]
        let error = #expect(throws: ApusError.self) { try Self.series(small, "T:bars_1m:FULL") }
        #expect(error?.code == "derive.stale" && error?.description.contains(#"(now ["tick:41"])"#) == true)
        _ = try small.derive()
        _ = try Self.series(small, "T:bars_tick_41:FULL")
    }

    /// The details have the keys and times of the time bars, and imbalances go by the instrument's tick size.
    @Test func detailsAreReadLikeBars() throws {
        let small = try SmallWorkspace()
        small.flowInterval = "1m"
        func instrument(_ tick: Double) -> JSONValue {
            [
                "instrument_id": "ESH4", "instrument_type": "future", "prices_dataset_id": "T:bars_1m:FULL",
                "open_col": "open", "high_col": "high", "low_col": "low", "close_col": "close", "tick_size": .double(tick),
                "multiplier": 50, "currency": "USD", "calendar": "CME_EQUITY",
            ]
        }
        small.instruments = [instrument(0.25)]
        try Self.derived(Self.trades(5), small)
        let bars = try Self.series(small, "T:bars_1m:FULL"), details = try Self.series(small, "T:flow_1m:FULL")
        #expect(bars.labels == details.labels && bars.closes == details.closes && bars.labels.count > 20)
        func imbalances(_ series: DataAccess.DerivedSeries) throws -> Double {
            let index = try #require(series.names.firstIndex(of: "buy_imbalances"))
            return series.columns[index].reduce(0, +)
        }
        let fine = try imbalances(details)
        // A step beyond the bar's range leaves nothing to compare with.
        small.instruments = [instrument(100)]
        #expect(try small.derive().allSatisfy(\.wasBuilt))
        #expect(try imbalances(Self.series(small, "T:flow_1m:FULL")) == 0 && fine > 0)
        // Without the table the key and the other tables do not depend on instruments.
        small.flowInterval = nil
        _ = try small.derive()
        small.instruments = [instrument(0.25)]
        #expect(try small.derive().allSatisfy { !$0.wasBuilt })
    }
}
