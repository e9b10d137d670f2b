import Backtesting
import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

/// What was bought, by label.
private func entries(_ orders: JSONValue, _ extra: [String: JSONValue] = [:], bars: [[SignalScenario.Prices]]) throws -> [String]
{
    var configuration: [String: JSONValue] = ["orders": orders, "cash": ["initial": 1_000], "strategy": ["shares": 10]]
    configuration.merge(extra) { $1 }
    return try SignalScenario(
        configuration: .object(configuration), bars: bars,
        signals: bars.indices.map { $0 == 0 ? [0: .longEntry, 2: .longExit] : [$0 + 1: .longEntry] }
    ).run().fills.filter { $0.signedQuantity > 0 }.map { "\($0.asset)\($0.time.rawValue / UnixNanos.perHour)" }
}

@Test func aPrecheckJudgesByThePriceOfTheDecision() throws {
    // Seen at 101, 1,010 in all; the open at 99 would do.
    let bars: [[SignalScenario.Prices]] = [[(101, 101, 101, 101), (99, 99, 99, 99), (99, 99, 99, 99)]]
    #expect(try entries([:], bars: bars) == ["A1"])
    #expect(try entries(["next_bar_submission_precheck": true], bars: bars) == [])
    #expect(try entries(["buying_power_reservation": true], bars: bars) == [])
}

@Test func theSimpleCheckKnowsNoBuffer() throws {
    let bars = [SignalScenario.flat([90, 90, 90])]
    #expect(try entries([:], ["cash": ["initial": 1_000, "buffer_pct": 0.5]], bars: bars) == [])
    let simple = try entries(
        ["next_bar_simple_cash_check": true], ["cash": ["initial": 1_000, "buffer_pct": 0.5]], bars: bars)
    #expect(simple == ["A1"])
}

@Test func theQueueIsJudgedByTheLabelsPrices() throws {
    let bars: [[SignalScenario.Prices]] = [[(99, 99, 99, 99), (99, 120, 99, 120), (120, 120, 120, 120)]]
    #expect(try entries([:], bars: bars) == ["A1"])
    #expect(try entries(["next_bar_queue_shadow_validation": true], bars: bars) == [])
}

@Test func immediateFillsComeAsTheyWereSent() throws {
    // At label 2 B is bought and A is sold, in the order A, B; with B and A exchanged the money comes too late.
    let bars = [SignalScenario.flat([90, 90, 90, 90]), SignalScenario.flat([90, 90, 90, 90])]
    let sameBar: [String: JSONValue] = ["execution": ["execution_mode": "same_bar", "execution_price": "close"]]
    #expect(try entries(["immediate_fill": true], sameBar, bars: bars) == ["A0", "B2"])
    func exchanged(_ immediate: Bool) throws -> Int {
        try SignalScenario(
            configuration: [
                "orders": ["immediate_fill": .bool(immediate)], "cash": ["initial": 1_000], "strategy": ["shares": 10],
                "execution": ["execution_mode": "same_bar", "execution_price": "close"],
            ], bars: bars, signals: [[2: .longEntry], [0: .longEntry, 2: .longExit]]
        ).run().fills.count
    }
    #expect(try exchanged(false) == 3)
    #expect(try exchanged(true) == 2)
}

@Test func refusedOrdersAreRecorded() throws {
    let recording = try SignalScenario(
        configuration: [
            "orders": ["next_bar_submission_precheck": true], "cash": ["initial": 1_000], "strategy": ["shares": 10],
        ],
        bars: [SignalScenario.flat([101, 101, 90, 90])], signals: [[0: .longEntry, 2: .longEntry]]
    ).run()
    #expect(recording.rejectedOrders.map(\.code) == ["insufficient_cash"])
    #expect(recording.rejectedOrders.map(\.orderID) == ["ORD-1"])
    #expect(recording.orderCount == 2)
    #expect(recording.fills.map(\.orderID) == ["ORD-2"])
}
