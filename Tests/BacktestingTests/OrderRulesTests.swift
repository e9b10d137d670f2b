import Backtesting
import Contracts
import Market
import Primitives
import Testing

/// Bars of six hours (open, high, low, close), by asset, and a list of orders whose times are ordinals of the bars.
private func run(
    _ bars: [[[Double]]], _ orders: [(at: Int, order: ScriptedOrder)], _ configuration: JSONValue,
    from start: UnixNanos = UnixNanos(0),
    step: Int64 = 6 * UnixNanos.perHour
) throws -> BacktestRecording {
    let names = ["A", "B"].prefix(bars.count).map { $0 }
    let labels = bars[0].indices
    func column(_ place: Int) -> [Double] { labels.flatMap { label in bars.map { $0[label][place] } } }
    let times = labels.map { start + Int64($0) * step }
    let panel = BarPanel(
        assets: names, times: times, open: column(0), high: column(1), low: column(2), close: column(3),
        volume: labels.flatMap { _ in bars.map { _ in 1000.0 } })
    let list = orders.enumerated().map { row, line in
        let order = line.order
        return ScriptedOrder(
            row: row, time: times[line.at], asset: order.asset, id: order.id, action: order.action, side: order.side,
            quantity: order.quantity, type: order.type, limitPrice: order.limitPrice, stopPrice: order.stopPrice,
            timeInForce: order.timeInForce, parentID: order.parentID, ocoGroup: order.ocoGroup)
    }
    var engine = try SignalBacktest(EngineConfiguration(json: configuration), assets: names, orders: list, checkInvariants: true)
    try engine.process(panel, SignalPanel(flags: labels.flatMap { _ in bars.map { _ in UInt8(0) } }))
    return try engine.finish()
}

private func order(
    _ id: String, _ side: ScriptedOrder.Side = .buy, _ quantity: Double = 10, asset: String = "A", type: OrderType = .market,
    limit: Double? = nil, stop: Double? = nil, parent: String? = nil, group: String? = nil
) -> ScriptedOrder {
    ScriptedOrder(
        row: 0, time: UnixNanos(0), asset: asset, id: id, action: .submit, side: side, quantity: quantity, type: type,
        limitPrice: limit, stopPrice: stop, parentID: parent, ocoGroup: group)
}

private let quiet: [Double] = [100, 101, 99, 100]

@Suite struct OrderRulesTests {
    /// Four bars are a UTC day. The order of the last bar of a day, the one that has not filled, and the children whose parent
    /// has filled are gone on the next.
    @Test func ordersLapseWithTheDayWithoutACalendar() throws {
        let dip = [100.0, 101, 90, 100]
        let bars = [quiet, quiet, quiet, quiet, dip, dip]
        let orders = [
            (at: 0, order: order("stays", type: .limit, limit: 95)), (at: 0, order: order("entry")),
            (at: 0, order: order("stop", .sell, type: .stop, stop: 95, parent: "entry")), (at: 3, order: order("late")),
            (at: 4, order: order("next")),
        ]
        let kept = try run([bars], orders, ["calendar": ["calendar": nil]])
        #expect(kept.fills.map(\.orderID) == ["ORD-2", "ORD-3", "ORD-1", "ORD-4", "ORD-5"])
        let ended = try run([bars], orders, ["calendar": ["calendar": nil], "execution": ["cancel_policy": "session_end"]])
        #expect(ended.fills.map(\.orderID) == ["ORD-2", "ORD-5"])
        #expect(ended.fills.map(\.time.rawValue) == [6, 30].map { $0 * UnixNanos.perHour })
    }

    /// At 17:00 in Chicago, 23:00 UTC, a session begins: an order of 15:00 is over by then, one of 17:00 works past midnight UTC.
    @Test func ordersLapseWithTheTradeDateOfTheCalendar() throws {
        let start = UnixNanos(CivilDate(daysSinceEpoch: 19_787)) + 21 * UnixNanos.perHour
        let dip = [100.0, 101, 90, 100]
        let bars = [quiet, quiet, quiet, dip, dip, dip]
        let orders = [
            (at: 0, order: order("before", type: .limit, limit: 95)), (at: 2, order: order("after", type: .limit, limit: 95)),
        ]
        let calendar: JSONValue = ["calendar": "CME", "data_frequency": "1h"]
        let recording = try run(
            [bars], orders, ["calendar": calendar, "execution": ["cancel_policy": "session_end"]], from: start,
            step: UnixNanos.perHour)
        #expect(recording.fills.map(\.orderID) == ["ORD-2"])
        #expect(recording.fills.first?.time == start + 3 * UnixNanos.perHour)
    }

    /// What a broken limit of the portfolio closes does not lapse with the session that broke it.
    @Test func exitsOfLimitsOutliveTheSession() throws {
        let bars = [quiet, quiet, quiet, [100, 101, 79, 80], [80, 81, 79, 80]]
        let recording = try run(
            [bars], [(at: 0, order: order("entry", .buy, 900))],
            [
                "calendar": ["calendar": nil], "execution": ["cancel_policy": "session_end"],
                "apus": ["risk": ["max_drawdown": 0.1]],
            ])
        #expect(recording.fills.map(\.signedQuantity) == [900, -900])
        #expect(recording.fills.last?.time.rawValue == 24 * UnixNanos.perHour)
    }

    /// The notional of a priority does not count the multiplier: 10 contracts of A at 50 money each are less than 6 of B.
    @Test func thePriorityOfNotionalsIgnoresMultipliers() throws {
        let flat = [10.0, 10, 10, 10]
        let other = [20.0, 20, 20, 20]
        for (priority, first) in [("notional_desc", "B"), ("notional_asc", "A")] {
            let recording = try run(
                [[flat, flat], [other, other]], [(at: 0, order: order("a")), (at: 0, order: order("b", .buy, 6, asset: "B"))],
                ["orders": ["entry_order_priority": .string(priority)], "apus": ["instruments": ["A": ["multiplier": 50]]]])
            #expect(recording.fills.map(\.asset).first == first)
        }
    }

    /// Under same_bar a child whose latency is over keeps working at the labels after the one that woke it.
    @Test func aChildWaitsForItsOwnLatencyOnce() throws {
        let bars: [[Double]] = [quiet, quiet, quiet, [100, 106, 99, 105], quiet]
        let orders = [
            (at: 0, order: order("entry")), (at: 0, order: order("target", .sell, type: .limit, limit: 104, parent: "entry")),
        ]
        let recording = try run(
            [bars], orders,
            [
                "execution": ["execution_mode": "same_bar", "execution_price": "close"],
                "apus": ["latency_nanos": .int(7 * UnixNanos.perHour)],
            ])
        #expect(recording.fills.map(\.time.rawValue) == [12, 18].map { $0 * UnixNanos.perHour })
        #expect(recording.fills.map(\.price) == [100, 104])
    }

    /// A commission over a whole order counts the value of its parts with the multiplier, in one fill as in two.
    @Test func aCommissionOverTheOrderCountsTheMultiplierInEachPart() throws {
        for share in [JSONValue.null, 0.005] {
            let recording = try run(
                [[quiet, quiet, quiet]], [(at: 0, order: order("a"))],
                [
                    "commission": ["model": "per_order", "rate": 0.001, "per_trade": 1],
                    "apus": ["instruments": ["A": ["multiplier": 5]], "volume_participation": share],
                ])
            #expect(recording.fills.count == (share == .null ? 1 : 2))
            #expect(cents(recording.fills.reduce(0) { $0 + $1.commission }) == 6)
        }
    }

    /// A second exit that finds nothing left to reduce joins the entries; the order of a linked pair stays that of the path.
    @Test func aLateExitDoesNotDisturbLinkedOrders() throws {
        let orders = [
            (at: 0, order: order("held")), (at: 1, order: order("out", .sell)), (at: 1, order: order("again", .sell)),
            (at: 1, order: order("low", .buy, 1, asset: "B", type: .limit, limit: 98, group: "g")),
            (at: 1, order: order("high", .buy, 1, asset: "B", type: .limit, limit: 102, group: "g")),
        ]
        let recording = try run(
            [[quiet, quiet, quiet], [quiet, quiet, [100, 101, 97, 100]]], orders, ["account": ["allow_short_selling": true]])
        #expect(recording.fills.map(\.orderID) == ["ORD-1", "ORD-2", "ORD-3", "ORD-5"])
    }
}
