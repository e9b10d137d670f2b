import Contracts
import Features
import Lake
import Market
import Primitives
import Testing

@testable import Pipeline

/// `apus explain feature` tells the row that a study reads.
struct FeatureExplanationTests {
    /// Bars of a minute of an hour and a half, with minutes that have no trade.
    private func workspace() throws -> SmallWorkspace {
        let small = try SmallWorkspace()
        var random = SeededGenerator(seed: 21)
        let start = UnixNanos(1_703_687_400_000_000_000)
        var trades: [SmallTrade] = []
        for minute in 0..<90 as Range<Int64> where random.nextUnit() < 0.8 {
            trades += SmallTrade.random("ESH4", 3, from: start + minute * UnixNanos.perMinute, &random)
        }
        try small.write(trades, to: "a.dbn")
        small.instruments = [
            [
                "instrument_id": "ESH4", "instrument_type": "future", "prices_dataset_id": "T:bars_1m:FULL", "open_col": "open",
                "high_col": "high", "low_col": "low", "close_col": "close", "tick_size": 0.25, "multiplier": 50,
                "currency": "USD", "calendar": "CME_EQUITY",
            ]
        ]
        small.features = [
            [
                "feature_id": "lagged", "dataset_id": "T:bars_1m:FULL", "instrument_scope": "ESH4", "input_col": "close",
                "transform": "sma", "params_json": ["window": 3], "lag_days": 2, "missing_policy": "error",
            ],
            [
                "feature_id": "latest", "dataset_id": "T:bars_1m:FULL", "instrument_scope": "ESH4", "input_col": "close",
                "transform": "level", "missing_policy": "error",
            ],
        ]
        small.engineered = [
            [
                "eng_feature_id": "made", "input_feature_ids": ["latest", "lagged"], "combine_transform": "linear",
                "params_json": ["weights": [1, 1]], "missing_policy": "drop",
            ]
        ]
        try small.ingest("T")
        _ = try small.derive()
        return small
    }

    @Test func theRowOfALaggedFeatureIsThatOfTheDecisionsBar() throws {
        let small = try workspace()
        let opened = try small.workspace
        let stage = FeatureStage(opened, registry: try opened.registry())
        let store = try FeatureStore(DataAccess(opened, registry: try opened.registry()))
        let bars = try InstrumentBars.load(
            #require(opened.configuration.instrument("ESH4")), store.data, from: nil, through: nil
        ).lane.bars
        let built = try store.feature("lagged")
        let column = built.column
        #expect(bars.count > 60 && column.labels == bars.map(\.openTime))
        var random = SeededGenerator(seed: 2)
        for bar in stride(from: 0, to: bars.count, by: 4) {
            // At the close itself, and at any time before the next one.
            let rest = bar + 1 < bars.count ? bars[bar + 1].closeTime.rawValue - bars[bar].closeTime.rawValue : 1
            for time in [bars[bar].closeTime, bars[bar].closeTime + Int64(random.nextUnit() * Double(rest))] {
                let told = try stage.explain("lagged", at: time)
                #expect(told.decisionBar == bars[bar].openTime)
                guard bar >= 2 else {
                    #expect(told.reading == nil)
                    continue
                }
                #expect(told.reading?.label == column.labels[bar - 2], "\(time)")
                #expect(told.reading?.value.bitPattern == column.values[bar - 2].bitPattern)
                // What a strategy gets when it asks on that bar.
                let read = try built.feature.value(decisionTime: bars[bar].closeTime, label: bars[bar].openTime)
                #expect(told.reading?.value.bitPattern == read.bitPattern)
            }
        }
        #expect(try stage.explain("lagged", at: bars[0].openTime).reading == nil, "no bar has closed")
    }

    /// A lag says what decisions read, not what another feature is made of.
    @Test func theInputsOfAMadeFeatureAreThoseOfItsRow() throws {
        let small = try workspace()
        let opened = try small.workspace
        let stage = FeatureStage(opened, registry: try opened.registry())
        let store = try FeatureStore(DataAccess(opened, registry: try opened.registry()))
        let made = try store.feature("made").column
        for row in stride(from: 0, to: made.count, by: 7) {
            let told = try stage.explain("made", at: made.availableAt[row])
            #expect(told.decisionBar == nil && told.reading?.label == made.labels[row])
            let parts = told.parents.compactMap(\.reading)
            #expect(parts.map(\.label) == [made.labels[row], made.labels[row]])
            #expect(told.reading?.value == parts.reduce(0) { $0 + $1.value })
        }
    }
}
