import Contracts
import Lake
import Market
import Pipeline
import Primitives
import TestKit
import Testing

@Suite struct PanelReaderTests {
    /// Rows of a long table; the close is also open, high and low.
    struct Rows {
        var times: [Int64] = []
        var assets: [String] = []
        var closes: [Double?] = []
        var volumes: [Double?] = []
        var flags: [String: [Bool?]] = [:]
        var numbers: [String: [Double?]] = [:]
        var hasAsset = true

        mutating func add(_ time: Int64, _ asset: String, _ close: Double? = 1, volume: Double? = 10) {
            times.append(time)
            assets.append(asset)
            closes.append(close)
            volumes.append(volume)
        }

        private func column(_ name: String, _ values: [Double?]) -> Column {
            Column(
                ColumnSpec(name, .double, nullable: true), .doubles(values.map { $0 ?? .nan }),
                validity: values.contains(nil) ? values.map { $0 != nil } : nil)
        }

        func write(_ path: String, prices: Bool = true) throws {
            var columns = [Column(ColumnSpec("timestamp", .timestampMicros(utc: false)), .ints(times))]
            if hasAsset { columns.append(Column(ColumnSpec("asset", .string), .strings(assets))) }
            if prices {
                columns += ["open", "high", "low", "close"].map { column($0, closes) } + [column("volume", volumes)]
            }
            for (name, values) in flags.sorted(by: { $0.key < $1.key }) {
                columns.append(
                    Column(
                        ColumnSpec(name, .bool, nullable: true), .bools(values.map { $0 ?? false }),
                        validity: values.map { $0 != nil }))
            }
            for (name, values) in numbers.sorted(by: { $0.key < $1.key }) { columns.append(column(name, values)) }
            _ = try ParquetWriter.write(Table(columns), to: path)
        }
    }

    private let folder: TemporaryFolder
    private var prices: String { folder.file("prices.parquet") }
    private var signals: String { folder.file("signals.parquet") }

    init() throws { folder = try TemporaryFolder() }

    private func reader(
        _ price: Rows, _ signal: Rows?, strategy: SignalStrategySpec = SignalStrategySpec(),
        feed: EngineConfiguration.Feed = EngineConfiguration.Feed(), asset: String = "asset"
    ) throws -> PanelReader {
        try price.write(prices)
        try signal?.write(signals, prices: false)
        return try PanelReader(
            prices: prices, signals: signal == nil ? nil : signals, feed: feed, strategy: strategy, asset: asset)
    }

    /// Everything in one: times, closes, flags.
    private func all(_ reader: PanelReader) throws -> (times: [Int64], close: [Double], volume: [Double], flags: [UInt8]) {
        var all: (times: [Int64], close: [Double], volume: [Double], flags: [UInt8]) = ([], [], [], [])
        while try reader.next({ bars, signals in
            #expect(bars.assets == reader.assets)
            #expect(bars.close.count == bars.times.count * bars.assets.count)
            #expect(bars.open.count == bars.close.count && bars.volume.count == bars.close.count)
            #expect(signals.flags.count == bars.close.count)
            all.times += bars.times.map { $0.rawValue / 1_000 }
            all.close += bars.close
            all.volume += bars.volume
            all.flags += signals.flags
        }) {}
        return all
    }

    @Test func assetsComeAndGoAndAreSorted() throws {
        var price = Rows()
        price.add(1, "B", 10)
        price.add(1, "A", 20, volume: nil)
        price.add(2, "C", 30)
        price.add(3, "A", 40)
        var signal = Rows()
        for (time, asset) in [(1, "A"), (2, "A"), (2, "Z"), (3, "A"), (4, "C")] { signal.add(Int64(time), asset) }
        signal.flags = ["entry": [true, true, true, nil, true], "exit": [true, false, false, true, false]]
        let reader = try reader(price, signal)
        #expect(reader.assets == ["A", "B", "C"])
        let found = try all(reader)
        #expect(found.times == [1, 2, 3, 4])
        let nan = Double.nan
        let expected = [20, 10, nan, nan, nan, 30, 40, nan, nan, nan, nan, nan]
        #expect(found.close.map { "\($0)" } == expected.map { "\($0)" })
        #expect(found.volume[0] == 0 && found.volume[1] == 10)
        // Asset A at 2 has no bar, Z no bars at all, C at 4 none either.
        #expect(found.flags == [3, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0])
        #expect(reader.ignoredSignalRows == 3)
    }

    /// Any table gives the same panels as a slow and obvious reading of it, in batches and panels of any size.
    @Test(arguments: [1, 2, 3, 40, 5_000]) func panelsAreTheRows(_ assetCount: Int) throws {
        var generator = SeededGenerator(seed: UInt64(assetCount))
        var price = Rows(), signal = Rows()
        var entry: [Bool?] = [], atr: [Double?] = []
        var expected: [Int64: [String: (close: Double?, entry: Bool, atr: Double?)]] = [:]
        let names = (0..<assetCount).map { "N\($0)" }
        let steps = max(30, 150_000 / assetCount)
        for step in 0..<steps {
            let time = Int64(step) * 60_000_000
            var order = names
            if step % 5 == 1 { order.reverse() }
            for name in order {
                if generator.next() % 20 > 0 || step == 0 {
                    let close = generator.nextUnit()
                    price.add(time, name, close)
                    expected[time, default: [:]][name, default: (nil, false, nil)].close = close
                }
                guard generator.next() % 10 > 0 else { continue }
                signal.add(time, name)
                entry.append(generator.next() % 3 == 0)
                atr.append(generator.next() % 4 == 0 ? nil : generator.nextUnit())
                expected[time, default: [:]][name, default: (nil, false, nil)].entry = entry.last == true
                expected[time, default: [:]][name, default: (nil, false, nil)].atr = atr.last ?? nil
            }
        }
        signal.flags["entry"] = entry
        signal.numbers["atr"] = atr
        var strategy = SignalStrategySpec()
        strategy.riskRules = [.volatilityStop(VolatilityStopRule())]
        let reader = try reader(price, signal, strategy: strategy)
        #expect(reader.assets == names.sorted())
        var wrong = 0, seen = 0, panels = 0, ignored = 0
        while try reader.next({ bars, signals in
            panels += 1
            let atr = try #require(signals.context["atr"])
            for (index, time) in bars.times.enumerated() {
                let rows = try #require(expected[time.rawValue / 1_000])
                seen += 1
                for (place, name) in bars.assets.enumerated() {
                    let cell = index * bars.assets.count + place
                    let row = rows[name] ?? (nil, false, nil)
                    let flag: UInt8 = row.entry && row.close != nil ? 1 : 0
                    if bars.close[cell].bitPattern != (row.close ?? .nan).bitPattern, row.close != nil { wrong += 1 }
                    if row.close == nil, !bars.close[cell].isNaN { wrong += 1 }
                    if signals.flags[cell] != flag { wrong += 1 }
                    if row.atr != nil ? atr[cell] != row.atr : !atr[cell].isNaN { wrong += 1 }
                }
                ignored += rows.values.filter { $0.close == nil }.count
            }
        }) {}
        #expect(wrong == 0)
        #expect(seen == expected.count)
        #expect(panels > 1)
        #expect(reader.ignoredSignalRows == ignored)
    }

    @Test func aSingleAssetNeedsNoColumn() throws {
        var price = Rows(), signal = Rows()
        for time in 0..<3 { price.add(Int64(time), "", Double(time + 1)) }
        signal.add(1, "")
        signal.flags = ["entry": [true], "exit": [false]]
        price.hasAsset = false
        signal.hasAsset = false
        let reader = try reader(price, signal, asset: "SPY")
        #expect(reader.assets == ["SPY"])
        let found = try all(reader)
        #expect(found.close == [1, 2, 3])
        #expect(found.flags == [0, 1, 0])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: String
        let row: String?
        var column: String?
        let price: @Sendable (inout Rows) -> Void
        var signal: @Sendable (inout Rows) -> Void = { _ in }
    }

    @Test(arguments: [
        Bad(testDescription: "unsorted", code: "data.order", row: "3", price: { $0.add(0, "A") }),
        Bad(testDescription: "two rows", code: "data.duplicate", row: "3", price: { $0.add(2, "A") }),
        Bad(testDescription: "null close", code: "data.price", row: "3", column: "open", price: { $0.add(3, "A", nil) }),
        Bad(testDescription: "NaN", code: "data.price", row: "3", column: "open", price: { $0.add(3, "A", .nan) }),
        Bad(testDescription: "infinity", code: "data.price", row: "3", column: "open", price: { $0.add(3, "A", .infinity) }),
        Bad(
            testDescription: "negative volume", code: "data.price", row: "3", column: "volume",
            price: { $0.add(3, "A", volume: -1) }),
        Bad(
            testDescription: "two signals", code: "data.duplicate", row: "1", price: { _ in },
            signal: {
                $0.add(1, "A")
                $0.flags = ["entry": [true, true], "exit": [false, false]]
            }),
        Bad(
            testDescription: "unsorted signals", code: "data.order", row: "1", price: { _ in },
            signal: {
                $0.add(0, "A")
                $0.flags = ["entry": [true, true], "exit": [false, false]]
            }),
        Bad(
            testDescription: "no exit column", code: "data.column", row: nil, column: "exit", price: { _ in },
            signal: {
                $0.flags["exit"] = nil
            }),
    ]) func errorsNameTheRow(_ bad: Bad) throws {
        var price = Rows(), signal = Rows()
        for time in 0..<3 { price.add(Int64(time), "A") }
        signal.add(1, "A")
        signal.flags = ["entry": [true], "exit": [false]]
        bad.price(&price)
        bad.signal(&signal)
        let error = try #require(throws: ApusError.self) { _ = try all(reader(price, signal)) }
        #expect(error.code == bad.code, "\(error)")
        let file = bad.testDescription.contains("signals") || bad.row == nil ? signals : prices
        #expect(error.context.first { $0.key == "file" }?.value == file)
        #expect(error.context.first { $0.key == "row" }?.value == bad.row)
        #expect(error.context.first { $0.key == "column" }?.value == bad.column)
        #expect(bad.row == nil || error.context.contains { $0.key == "timestamp" && $0.value.hasPrefix("1970-01-01T00:00:00") })
    }

    /// Open, high, low, close, bid and ask of a row after 9,000 good ones, so that blocks do not hide it.
    @Test(
        arguments: [
            ([10, 9, 11, 10, 1, 2], "data.bar", "high"), ([12.1, 12, 11, 12, 1, 2], "data.bar", "open"),
            ([10.9, 12, 11, 12, 1, 2], "data.bar", "open"), ([11, 12, 11, 12.1, 1, 2], "data.bar", "close"),
            ([11, 12, 11, 10.9, 1, 2], "data.bar", "close"), ([11, 12, 11, 12, 2.01, 2], "data.quote", "bid"),
            ([11, 12, 11, 12, 2, 2], nil, nil), ([11, 12, 11, 12, .nan, 2], nil, nil),
            // Adjusted prices are rounded one by one.
            ([12.000001, 12, 11, 10.999999, 1, 2], nil, nil), ([-10, -9, -11, -10, 1, 2], nil, nil),
            ([-10, -11, -9, -10, 1, 2], "data.bar", "high"),
        ] as [([Double], String?, String?)])
    func pricesThatContradictEachOtherAreRefused(_ values: [Double], _ code: String?, _ column: String?) throws {
        let count = 9_000
        let names = ["open", "high", "low", "close", "bid", "ask"]
        let good: [Double] = [11, 12, 11, 12, 1, 2]
        let times = (0...count).map { Int64($0) * UnixNanos.perMinute }
        let columns = names.indices.map { index in
            Column(
                ColumnSpec(names[index], .double, nullable: true),
                .doubles(Array(repeating: good[index], count: count) + [values[index]]))
        }
        _ = try ParquetWriter.write(
            Table([Column(ColumnSpec("timestamp", .timestampNanos(utc: true)), .ints(times))] + columns), to: prices)
        var feed = EngineConfiguration.Feed()
        (feed.bidCol, feed.askCol) = ("bid", "ask")
        let reader = try PanelReader(prices: prices, signals: nil, feed: feed, strategy: SignalStrategySpec())
        func readAll() throws { while try reader.next({ _, _ in }) {} }
        guard let code, let column else { return try readAll() }
        let error = try #require(throws: ApusError.self) { try readAll() }
        #expect(error.code == code)
        #expect(error.context.map(\.value) == [prices, "9000", "1970-01-07T06:00:00Z", column], "\(error)")
    }

    @Test func missingColumnsNameTheKey() throws {
        var price = Rows()
        price.add(0, "A")
        var feed = EngineConfiguration.Feed()
        feed.closeCol = "closing"
        feed.priceCol = "closing"
        let error = try #require(throws: ApusError.self) { _ = try reader(price, nil, feed: feed) }
        #expect(error.code == "data.column")
        #expect(error.context.map(\.value).prefix(3) == [prices, "closing", "feed.close_col"])
        feed = EngineConfiguration.Feed()
        feed.bidCol = "bid"
        let quote = try #require(throws: ApusError.self) { _ = try reader(price, nil, feed: feed) }
        #expect(quote.context.map(\.value).prefix(3) == [prices, "bid", "feed.bid_col"])
    }
}
