import Contracts
import Lake
import Pipeline
import Primitives
import TestKit
import Testing

@Suite struct WeightFileTests {
    private let folder: TemporaryFolder
    private static let day = UnixNanos.perDay / UnixNanos.perMicrosecond

    init() throws {
        folder = try TemporaryFolder()
        let flat = Column(ColumnSpec("open", .double), .doubles(Array(repeating: 100, count: 8)))
        let prices = ["open", "high", "low", "close"].map { Column(ColumnSpec($0, .double), flat.values) }
        let keys = keys(days: [0, 0, 1, 1, 2, 2, 3, 3], assets: ["A", "B", "A", "B", "A", "B", "A", "B"])
        _ = try ParquetWriter.write(Table(keys + prices), to: folder.file("prices.parquet"))
    }

    private func keys(days: [Double], assets: [String]) -> [Column] {
        let times = days.map { Int64($0 * Double(Self.day)) }
        return [
            Column(ColumnSpec("timestamp", .timestampMicros(utc: false)), .ints(times)),
            Column(ColumnSpec("asset", .string), .strings(assets)),
        ]
    }

    private func run(_ days: [Double], _ assets: [String], _ weights: [Double?], strategy: JSONValue = [:]) throws -> [String] {
        let column = Column(
            ColumnSpec("weight", .double, nullable: true), .doubles(weights.map { $0 ?? 0 }), validity: weights.map { $0 != nil })
        _ = try ParquetWriter.write(Table(keys(days: days, assets: assets) + [column]), to: folder.file("weights.parquet"))
        let request = SignalRequest(
            prices: folder.file("prices.parquet"), signals: nil, weights: folder.file("weights.parquet"),
            configuration: try EngineConfiguration(json: ["strategy": strategy]))
        _ = try SignalRun.run(request, to: folder.file("result"))
        let manifest = try FileBytes.readText(folder.file("result/run_manifest.json"))
        #expect(manifest.contains("weights.parquet"))
        return try ResultFolder.read(folder.file("result")).fills.map {
            "\($0.time.utcDate.daysSinceEpoch) \($0.asset) \($0.signedQuantity)"
        }
    }

    /// 0.5 is a timestamp without a bar: its weights count at the next label.
    @Test func setsAreInForceFromTheNextLabelOn() throws {
        let fills = try run([0, 0, 0.5, 0.5], ["A", "B", "B", "A"], [0.5, 0.25, 0.5, nil])
        #expect(fills == ["1 A 500.0", "1 B 250.0", "2 B 250.0"])
    }

    @Test func anUnknownAssetMattersWhereItHasAWeight() throws {
        #expect(try run([0, 0, 0], ["A", "X", "Y"], [0.5, 0, nil]) == ["1 A 500.0"])
    }

    @Test(
        arguments: [
            ([1, 0], ["A", "A"], [0.5, 0.5], "data.order", "1"), ([0, 0], ["A", "A"], [0.5, 0.5], "data.duplicate", "1"),
            ([0, 0], ["A", "X"], [0.5, 0.5], "data.asset", "1"), ([0, 0], ["A", "B"], [0.5, .infinity], "data.weight", "1"),
        ] as [([Double], [String], [Double], String, String)])
    func errorsNameTheRow(_ days: [Double], _ assets: [String], _ weights: [Double], _ code: String, _ row: String) throws {
        let error = #expect(throws: ApusError.self) { try run(days, assets, weights) }
        #expect(error?.code == code && error?.value(of: "row") == row)
        #expect(error?.value(of: "file") == folder.file("weights.parquet"))
    }

    @Test func weightsAndTheStrategyTypeGoTogether() throws {
        let error = #expect(throws: ApusError.self) { try run([0], ["A"], [0.5], strategy: ["type": "short_only"]) }
        #expect(error?.value(of: "key") == "strategy.type")
        let alone = SignalRequest(
            prices: folder.file("prices.parquet"), signals: nil,
            configuration: try EngineConfiguration(json: ["strategy": ["type": "target_weights"]]))
        let other = #expect(throws: ApusError.self) { try SignalRun.run(alone, to: folder.file("result")) }
        #expect(other?.value(of: "key") == "strategy.type")
    }

    /// A type that somebody wrote down is not overruled, also where it is the default.
    @Test(arguments: ["strategy: {type: long_signal}\n", "metadata: {apus: {strategy: {type: long_signal}}}\n"])
    func weightsDoNotOverruleAWrittenType(_ text: String) throws {
        _ = try run([0], ["A"], [0.5])
        var request = SignalRequest(
            prices: folder.file("prices.parquet"), signals: nil, weights: folder.file("weights.parquet"),
            configuration: EngineConfiguration())
        try AtomicFile.write("strategy: {shares: 5}\n", to: folder.file("engine.yaml"))
        try request.configure(file: folder.file("engine.yaml"))
        _ = try SignalRun.run(request, to: folder.file("result"))
        try AtomicFile.write(text, to: folder.file("engine.yaml"))
        try request.configure(file: folder.file("engine.yaml"))
        let error = #expect(throws: ApusError.self) { try SignalRun.run(request, to: folder.file("result")) }
        #expect(error?.value(of: "key") == "strategy.type" && error?.value(of: "value") == "long_signal")
    }

    @Test(
        arguments: [
            "cadence": "session", "no_trade_band": 0.01, "min_trade_value": 5, "dates": ["2024-01-31"],
        ] as [String: JSONValue]) func keysOfRebalancingNeedWeights(_ key: String, _ value: JSONValue) throws
    {
        var strategy = ["type": "single_entry", key: value] as [String: JSONValue]
        if key == "dates" { strategy["cadence"] = "dates" }
        let request = SignalRequest(
            prices: folder.file("prices.parquet"), signals: nil,
            configuration: try EngineConfiguration(json: ["strategy": .object(strategy)]))
        let error = #expect(throws: ApusError.self) { try SignalRun.run(request, to: folder.file("result")) }
        #expect(error?.code == "config.value")
        #expect(error?.value(of: "key") == "strategy." + (key == "dates" ? "cadence" : key))
    }
}

extension ApusError {
    fileprivate func value(of key: String) -> String? { context.first { $0.key == key }?.value }
}
