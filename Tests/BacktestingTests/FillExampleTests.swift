import Backtesting
import Contracts
import Foundation
import Market
import Primitives
import TestKit
import Testing

/// Every example of docs/concepts/fills.md is run.
@Suite struct FillExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let document: JSONValue
        var testDescription: String { name }
    }

    static let examples: [Example] = {
        guard let text = try? String(decoding: FileBytes.read(PackageRoot.path + "/docs/concepts/fills.md"), as: UTF8.self) else {
            return []
        }
        return text.components(separatedBy: "```yaml\n").dropFirst().compactMap { part in
            guard let end = part.range(of: "```"), let document = try? YAML.parse(String(part[..<end.lowerBound])) else {
                return nil
            }
            return document["example"]?.stringValue.map { Example(name: $0, document: document) }
        }
    }()

    @Test func thePageHasExamples() throws {
        let text = String(decoding: try FileBytes.read(PackageRoot.path + "/docs/concepts/fills.md"), as: UTF8.self)
        #expect(Self.examples.count == text.components(separatedBy: "```yaml").count - 1)
        #expect(Self.examples.count >= 20)
    }

    @Test(arguments: FillExampleTests.examples) func theExampleHolds(_ example: Example) throws {
        let document = example.document
        let bars = try #require(document["bars"]?.arrayValue).map {
            try #require($0.arrayValue).map { try #require($0.doubleValue) }
        }
        let volume = document["volume"]?.doubleValue ?? 1e9
        let times = bars.indices.map { UnixNanos(Int64($0) * 86_400 * UnixNanos.perSecond) }
        let panel = BarPanel(
            assets: ["A"], times: times, open: bars.map { $0[0] }, high: bars.map { $0[1] }, low: bars.map { $0[2] },
            close: bars.map { $0[3] }, volume: bars.map { _ in volume })
        let lines = document["orders"]?.arrayValue ?? []
        let orders = try lines.enumerated().map { try order($1, row: $0, times: times) }
        var sets = try document["weights"]?.arrayValue.map { try $0.map { try weights($0, times: times) }[...] }
        try #require(sets != nil || !orders.isEmpty)
        var engine = try SignalBacktest(
            try configuration(document["config"]), assets: ["A"], orders: orders,
            weights: sets == nil ? nil : { sets?.popFirst() }, checkInvariants: true)
        try engine.process(panel, SignalPanel(flags: bars.map { _ in 0 }))
        let recording = try engine.finish()
        let wanted = try #require(document["fills"]?.arrayValue)
        #expect(recording.fills.count == wanted.count, "\(recording.fills)")
        let ids = orders.filter { $0.action == .submit }.map(\.id)
        for (fill, want) in zip(recording.fills, wanted) {
            #expect(fill.time == times[Int(want["bar"]?.doubleValue ?? -1)])
            let quantity = try #require(want["quantity"]?.doubleValue)
            let price = try #require(want["price"]?.doubleValue)
            #expect((fill.price - price).magnitude < 1e-9, "\(fill.price)")
            #expect(want["id"] == nil ? fill.signedQuantity == quantity : fill.signedQuantity.magnitude == quantity)
            if let commission = want["commission"]?.doubleValue { #expect(fill.commission == commission) }
            if let id = want["id"]?.stringValue, example.document["config"]?["strategy"] == nil {
                #expect(fill.orderID == "ORD-\((ids.firstIndex(of: id) ?? -1) + 1)")
            }
        }
    }

    private func configuration(_ overrides: JSONValue?) throws -> EngineConfiguration {
        var members = overrides?.objectValue ?? [:]
        members["account"] = members["account"] ?? ["allow_short_selling": true]
        return try EngineConfiguration(json: .object(members))
    }

    private func weights(_ line: JSONValue, times: [UnixNanos]) throws -> WeightSet {
        let label = Int(try #require(line["at"]?.doubleValue))
        return WeightSet(time: times[label], instruments: [0], weights: [try #require(line["weight"]?.doubleValue)])
    }

    private func target(_ line: JSONValue) -> ScriptedOrder.Target? {
        line["target_quantity"]?.doubleValue.map { .quantity($0) } ?? line["target_percent"]?.doubleValue.map { .percent($0) }
            ?? line["target_value"]?.doubleValue.map { .value($0) }
    }

    private func order(_ line: JSONValue, row: Int, times: [UnixNanos]) throws -> ScriptedOrder {
        func word<Word: RawRepresentable>(_ key: String) -> Word? where Word.RawValue == String {
            line[key]?.stringValue.flatMap { Word(rawValue: $0) }
        }
        let order = ScriptedOrder(
            row: row, time: times[Int(try #require(line["at"]?.doubleValue))], asset: "A",
            id: try #require(line["id"]?.stringValue),
            action: word("action") ?? .submit, side: word("side"), quantity: line["quantity"]?.doubleValue,
            target: target(line), type: word("type") ?? .market, limitPrice: line["limit_price"]?.doubleValue,
            stopPrice: line["stop_price"]?.doubleValue,
            trailAmount: line["trail_amount"]?.doubleValue, trailFraction: line["trail_fraction"]?.doubleValue,
            timeInForce: word("time_in_force") ?? .gtc, parentID: line["parent_id"]?.stringValue,
            ocoGroup: line["oco_group"]?.stringValue, reduceOnly: line["reduce_only"]?.boolValue ?? false,
            postOnly: line["post_only"]?.boolValue ?? false)
        #expect(order.problem == nil)
        return order
    }
}
