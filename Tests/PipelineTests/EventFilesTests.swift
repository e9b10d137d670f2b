import Backtesting
import Contracts
import Lake
import Market
import Pipeline
import Portfolio
import Primitives
import TestKit
import Testing

@Suite struct EventFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, times: [Int64?], assets: [String]?, _ numbers: [(String, [Double?])]) throws -> String {
        var columns = [
            Column(
                ColumnSpec("timestamp", .timestampNanos(utc: true), nullable: true), .ints(times.map { $0 ?? 0 }),
                validity: times.map { $0 != nil })
        ]
        if let assets { columns.append(Column(ColumnSpec("asset", .string), .strings(assets))) }
        for (name, values) in numbers {
            columns.append(
                Column(
                    ColumnSpec(name, .double, nullable: true), .doubles(values.map { $0 ?? .nan }),
                    validity: values.map { $0 != nil }))
        }
        let path = folder.file(name)
        _ = try ParquetWriter.write(Table(columns), to: path)
        return path
    }

    private func configuration(trades: String? = nil, quotes: String? = nil, finer: String? = nil) throws -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.apus.trades = trades
        configuration.apus.quotes = quotes
        configuration.apus.finerBars = finer
        if finer != nil { configuration.apus.intrabarPath = .finer }
        return configuration
    }

    /// Hours 0 to 3; two assets. `buy` orders of 10 units at hour 0.
    private func fills(_ configuration: EngineConfiguration, buy: [String]) throws -> (fills: [FillRecord], whole: Int) {
        let assets = ["A", "B"]
        let feed = try #require(try EventFeed.open(configuration, assets: assets, asset: "asset"))
        let orders = buy.enumerated().map {
            ScriptedOrder(
                row: $0, time: Self.hour(0), asset: $1, id: $1, action: .submit, side: .buy, quantity: 10, type: .market,
                timeInForce: .gtc)
        }
        let prices = [Double](repeating: 100, count: 8)
        let panel = BarPanel(
            assets: assets, times: (0..<4).map { Self.hour($0) }, open: prices, high: prices.map { $0 + 5 },
            low: prices.map { $0 - 5 }, close: prices, volume: prices)
        var engine = try SignalBacktest(configuration, assets: assets, orders: orders, feed: feed, checkInvariants: true)
        try engine.process(panel, SignalPanel(flags: prices.map { _ in 0 }))
        return (try engine.finish().fills, feed.barsWithoutEvents)
    }

    private static func hour(_ value: Int) -> UnixNanos { UnixNanos(Int64(value) * UnixNanos.perHour) }
    private static func minute(_ value: Int64) -> Int64 { value * UnixNanos.perMinute }

    @Test func eachAssetMeetsItsOwnEventsAndOneWithoutAnyItsBar() throws {
        let trades = try write(
            "t", times: [59, 61, 62, 63].map(Self.minute), assets: ["A", "C", "A", "A"],
            [("price", [98, 1, 101, 102]), ("size", [1, 1, 10, 1])])
        let (fills, whole) = try fills(configuration(trades: trades), buy: ["A", "B"])
        #expect(fills.map(\.asset) == ["A", "B"])
        #expect(fills.map(\.price) == [101, 100])
        #expect(fills.map(\.time.rawValue) == [Self.minute(62), Self.minute(60)])
        #expect(whole == 1)
    }

    @Test func finerBarsComeFromAFileLikeThePrices() throws {
        let prices: [Double?] = [99, 101, 102]
        let finer = try write(
            "f", times: [0, 75, 90].map(Self.minute), assets: ["A", "A", "A"],
            ["open", "high", "low", "close"].map { ($0, prices) })
        let (fills, whole) = try fills(configuration(finer: finer), buy: ["A"])
        #expect(fills.map(\.price) == [101])
        #expect(fills.map(\.time.rawValue) == [Self.minute(75)])
        #expect(whole == 0)
    }

    /// Row 3 is the bar of A in the second hour; bars run from 95 to 105.
    @Test(arguments: [(105.1, 105.1), (94.9, 94.9), (105, nil), (95, nil), (105.00001, nil)] as [(Double, Double?)])
    func aFinerBarOutsideOfItsBarIsRefused(_ price: Double, _ bad: Double?) throws {
        let prices: [Double?] = [99, 500, 101, price, 102]
        let finer = try write(
            "f", times: [0, 70, 75, 90, 91].map(Self.minute), assets: ["A", "C", "A", "A", "A"],
            ["open", "high", "low", "close"].map { ($0, prices) })
        guard bad != nil else {
            #expect(try fills(configuration(finer: finer), buy: ["A"]).fills.count == 1)
            return
        }
        let error = try #require(throws: ApusError.self) { try fills(configuration(finer: finer), buy: ["A"]) }
        #expect(error.code == "data.finer")
        #expect(error.context.map(\.value) == [finer, "3", "A", "1970-01-01T01:30:00Z", "1970-01-01T01:00:00Z"])
    }

    @Test func crossedQuotesAreRefused() throws {
        let quotes = try write(
            "q", times: [61, 62, 63].map(Self.minute), assets: ["A", "C", "A"],
            [("bid", [100, 9, 100.5]), ("ask", [100, 1, 100]), ("bid_size", [1, 1, 1]), ("ask_size", [1, 1, 1])])
        let error = try #require(throws: ApusError.self) { try fills(configuration(quotes: quotes), buy: ["A"]) }
        #expect(error.code == "data.quote")
        #expect(error.context.map(\.value) == [quotes, "2", "1970-01-01T01:03:00Z", "bid"])
    }

    /// A day of trades does not have to fit into memory, and blocks leave no seam.
    @Test func longFilesAreReadInBlocks() throws {
        let count = 30_000
        let times = (0..<count).map { Int64($0) * 1_000_000 }
        let trades = try write(
            "t", times: times + [Self.minute(61)], assets: nil,
            [("price", times.indices.map { Double($0) } + [123]), ("size", Array(repeating: 1, count: count + 1))])
        let feed = try #require(try EventFeed.open(configuration(trades: trades), assets: ["A"], asset: "A"))
        let prices: [Double] = [100, 100]
        var configuration = try configuration(trades: trades)
        configuration.apus.volumeParticipation = 1
        let order = ScriptedOrder(
            row: 0, time: Self.hour(0), asset: "A", id: "a", action: .submit, side: .buy, quantity: 10, type: .market,
            timeInForce: .gtc)
        var engine = try SignalBacktest(configuration, assets: ["A"], orders: [order], feed: feed)
        var panel = BarPanel(
            assets: ["A"], times: [Self.hour(0), Self.hour(1)], open: prices, high: prices, low: prices, close: prices,
            volume: prices)
        panel.following = Self.hour(2)
        try engine.process(panel, SignalPanel(flags: [0, 0]))
        let fills = try engine.finish().fills
        #expect(fills.map(\.price) == [123])
        #expect(fills.map(\.signedQuantity) == [1])
    }

    private struct Bad: Sendable {
        var times: [Int64?] = [0, 1]
        var prices: [Double?] = [1, 1]
        var sizes: [Double?] = [1, 1]
        let code: String
        let row: String
        let column: String
    }

    private static let bad = [
        Bad(times: [2, 1], code: "data.order", row: "1", column: "timestamp"),
        Bad(times: [1, nil], code: "data.timestamp", row: "1", column: "timestamp"),
        Bad(prices: [1, nil], code: "data.price", row: "1", column: "price"),
        Bad(prices: [.infinity, 1], code: "data.price", row: "0", column: "price"),
        Bad(sizes: [1, -1], code: "data.size", row: "1", column: "size"),
    ]

    @Test(arguments: bad.indices) func whatIsWrongIsNamedWithItsRow(_ index: Int) throws {
        let bad = Self.bad[index]
        let path = try write("t", times: bad.times, assets: ["A", "B"], [("price", bad.prices), ("size", bad.sizes)])
        let error = #expect(throws: ApusError.self) { try fills(configuration(trades: path), buy: ["A"]) }
        #expect(error?.code == bad.code)
        func value(_ key: String) -> String? { error?.context.first { $0.key == key }?.value }
        #expect(value("file") == path)
        #expect(value("row") == bad.row)
        #expect(value("column") == bad.column)
    }

    @Test func aColumnThatIsMissingIsNamed() throws {
        let path = try write("q", times: [0], assets: ["A"], [("bid", [1]), ("ask", [2]), ("bid_size", [1])])
        let error = #expect(throws: ApusError.self) {
            try EventFeed.open(configuration(quotes: path), assets: ["A"], asset: "A")
        }
        #expect(error?.code == "data.column")
        #expect(error?.context.first { $0.key == "column" }?.value == "ask_size")
    }
}
