import Contracts
import Ingest
import Lake
import Market
import OrderFlow
import Pipeline
import Primitives
import TestKit
import Testing

private func derive(_ file: String, _ folder: String, interval: BarInterval = .minute) throws -> FlowOutput {
    let request = FlowRequest(
        calendar: "CME_EQUITY", session: .full, barIntervals: [interval], footprintInterval: .minute, cvdInterval: .minute,
        bigTradeRules: [])
    return try FileDerivation.run(file: file, request: request, folder: folder)
}

/// Lines of a golden CSV as numbers, without the header.
private func golden(_ path: String) throws -> [[Int64]] {
    try FileBytes.readText(path).split(separator: "\n").dropFirst().map { line in
        line.split(separator: ",").map { Int64($0) ?? .min }
    }
}

private func ints(_ table: Table, _ column: String) throws -> [Int64] { try #require(table[column]).ints }
private func prices(_ table: Table, _ column: String) throws -> [Int64] {
    try #require(table[column]).doubles.map { Int64(($0 * 1e9).rounded()) }
}

@Suite(
    "Derived tables equal the golden ones",
    .enabled(if: SharedData.has("es/esh4-20231225.trades.dbn.zst"), "../shared/data is absent"))
struct GoldenFlowTests {
    /// The trades file and the order-by-order file of the same hour hold the same trades.
    @Test(arguments: ["es/esh4-20231225.trades.dbn.zst", "es/esh4-glbx-mdp3-20231225.mbo.dbn.zst"])
    func esh4(file: String) throws {
        let folder = try TemporaryFolder()
        _ = try derive(try #require(SharedData.path(file)), folder.path)
        let bars = try ParquetReader.table(folder.file("bars.parquet"))
        let footprint = try ParquetReader.table(folder.file("footprint.parquet"))
        let cvd = try ParquetReader.table(folder.file("cvd.parquet"))

        let wantBars = try golden(try #require(SharedData.path("es/esh4_20231225_bars_1m.csv")))
        #expect(wantBars.count == 60)
        #expect(try ints(bars, "ts") == wantBars.map { $0[0] / 1000 })
        for (index, name) in ["open", "high", "low", "close"].enumerated() {
            #expect(try prices(bars, name) == wantBars.map { $0[1 + index] }, "\(name)")
        }
        for (index, name) in ["volume", "trade_count", "buy_volume", "sell_volume", "unknown_volume"].enumerated() {
            #expect(try ints(bars, name) == wantBars.map { $0[5 + index] }, "\(name)")
        }
        #expect(try ints(cvd, "delta") == wantBars.map { $0[10] })
        #expect(try ints(cvd, "cvd") == wantBars.map { $0[11] })
        #expect(try ints(cvd, "cvd").last == 796)

        let wantFootprint = try golden(try #require(SharedData.path("es/esh4_20231225_footprint_1m.csv")))
        #expect(wantFootprint.count == 227)
        #expect(try ints(footprint, "ts") == wantFootprint.map { $0[0] / 1000 })
        #expect(try prices(footprint, "price") == wantFootprint.map { $0[1] })
        for (index, name) in ["buy_volume", "sell_volume", "unknown_volume"].enumerated() {
            #expect(try ints(footprint, name) == wantFootprint.map { $0[2 + index] }, "\(name)")
        }
        #expect(Set(try #require(bars["symbol"]).strings) == ["ESH4"])
    }

    /// Databento's own one-minute bars of the same window.
    @Test func esu4() throws {
        let folder = try TemporaryFolder()
        _ = try derive(try #require(SharedData.path("es/futures_trades_2024-07-01T23-58_2024-07-02T00-02.dbn.zst")), folder.path)
        let bars = try ParquetReader.table(folder.file("bars.parquet"))
        let symbols = try #require(bars["symbol"]).strings
        let times = try ints(bars, "ts")
        var compared = 0
        let official = try #require(SharedData.path("es/futures_ohlcv-1m_2024-07-01T23-40_2024-07-02T00-10.dbn.zst"))
        try DBNConverter.tables(file: official, options: .raw) { table in
            for row in 0..<table.rowCount {
                let time = try ints(table, "ts_event")[row] / 1000
                let symbol = try #require(table["symbol"]).strings[row]
                guard let mine = times.indices.first(where: { times[$0] == time && symbols[$0] == symbol }) else { continue }
                for name in ["open", "high", "low", "close"] {
                    #expect(try prices(bars, name)[mine] == ints(table, name)[row], "\(name) at \(time)")
                }
                #expect(try ints(bars, "volume")[mine] == ints(table, "volume")[row])
                compared += 1
            }
        }
        #expect(compared == 4)
    }
}

/// 250,601 real prints of which 68 % share their stamp: opens and closes follow the order of the file.
@Test(
    .enabled(if: Oracle.isInstalled, "the Python oracles are not installed"),
    .enabled(if: SharedData.has("equities/spy-20131007.trades.dbn.zst"), "../shared/data is absent"))
func spyOpensAndClosesFollowTheFile() throws {
    let folder = try TemporaryFolder()
    let file = try #require(SharedData.path("equities/spy-20131007.trades.dbn.zst"))
    let request = FlowRequest(
        calendar: "US_EQUITY", session: .full, barIntervals: [.minute], footprintInterval: nil, cvdInterval: nil,
        bigTradeRules: [])
    _ = try FileDerivation.run(file: file, request: request, folder: folder.path)
    let answer = try Oracle.run(script: "flow_file_order.py", arguments: [file, folder.file("bars.parquet")])
    #expect(answer.hasPrefix("ok "), "\(answer)")
}
