import Contracts
import Lake
import Pipeline
import Portfolio
import Primitives
import TestKit
import Testing

@Suite struct AccountSeriesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ section: String, _ file: String, _ text: String) throws -> AccountSchedule {
        let path = folder.file(file)
        if !text.isEmpty { try AtomicFile.write(text, to: path) }
        let configuration = try EngineConfiguration(json: ["apus": [section: ["file": .string(path)]]])
        return try AccountSchedule(configuration.apus, assets: ["BTC", "XRP"])
    }

    /// The way an exchange stamps them: 17 ms and 7 ms late.
    @Test func fundingTimesAreTakenForTheHourTheyAreOf() throws {
        let schedule = try read(
            "funding", "f.csv",
            """
            timestamp,asset,rate,mark_price
            2021-11-18T08:00:00.007,XRP,0.0001,1.1075
            2021-11-18T00:00:00.017,XRP,0.0001,
            2021-11-18T00:00:00.017,ETH,0.0001,
            2021-11-18T09:30:00,BTC,-0.0002,
            """)
        #expect(
            schedule.funding.map(\.time.description) == ["2021-11-18T00:00:00Z", "2021-11-18T08:00:00Z", "2021-11-18T09:30:00Z"])
        #expect(schedule.funding.map(\.instrument) == [1, 1, 0])
        #expect(schedule.funding.map(\.rate) == [0.0001, 0.0001, -0.0002])
        #expect(schedule.funding.map { $0.mark.isNaN } == [true, false, true])
    }

    @Test func parquetHoldsTheSame() throws {
        let table = Table([
            Column(ColumnSpec("timestamp", .timestampNanos(utc: true)), .ints([28_800_000_000_000])),
            Column(ColumnSpec("asset", .string), .strings(["XRP"])), Column(ColumnSpec("rate", .double), .doubles([0.0001])),
        ])
        _ = try ParquetWriter.write(table, to: folder.file("f.parquet"))
        let schedule = try read("funding", "f.parquet", "")
        #expect(schedule.funding.map(\.time.rawValue) == [28_800_000_000_000])
        #expect(schedule.funding.map(\.instrument) == [1])
    }

    @Test func actionsAreSplitsAndDividends() throws {
        let schedule = try read(
            "actions", "a.csv", "timestamp,asset,kind,value\n2021-01-05,XRP,split,2\n2021-01-04,BTC,dividend,0.5\n")
        #expect(schedule.actions.map(\.kind) == [.dividend, .split])
        #expect(schedule.actions.map(\.value) == [0.5, 2])
    }

    @Test(arguments: [
        ("funding", "timestamp,asset\n", "events.column"),
        ("funding", "timestamp,asset,rate,fee\n", "events.column"),
        ("funding", "timestamp,asset,rate\nsoon,XRP,1\n", "events.value"),
        ("funding", "timestamp,asset,rate\n2021-01-05,XRP,nan\n", "events.value"),
        ("funding", "timestamp,asset,rate\n2021-01-05,XRP,1\n2021-01-05T00:00:01,XRP,1\n", "events.value"),
        ("actions", "timestamp,asset,kind,value\n2021-01-05,XRP,merger,1\n", "events.value"),
        ("actions", "timestamp,asset,kind,value\n2021-01-05,XRP,split,0\n", "events.value"),
    ])
    func wrongFilesAreRefused(section: String, text: String, code: String) throws {
        let error = #expect(throws: ApusError.self) { try read(section, "x.csv", text) }
        #expect(error?.code == code)
    }
}
