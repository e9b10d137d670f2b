import Contracts
import Lake
import Primitives
import Reporting
import TestKit
import Testing

/// Results beside those that ml4t-backtest 0.2.0 computes itself.
@Suite(
    .enabled(
        if: Oracle.isInstalled312 && SharedData.existing("conformance/ml4t/random_cases.py") != nil,
        "needs the oracles and ../shared"))
struct ResultInteropTests {
    /// The folders of the conformance cases, and of fresh random ones, which have every file.
    private func folders(_ scratch: TemporaryFolder) throws -> [String] {
        let cases = try #require(SharedData.existing("conformance/ml4t/cases"))
        let script = try #require(SharedData.existing("conformance/ml4t/random_cases.py"))
        _ = try Oracle.run312(script: script, arguments: [scratch.file("random"), "7300", "12"])
        return Folder.names(in: cases).map { "\(cases)/\($0)" }
            + Folder.names(in: scratch.file("random")).map { scratch.file("random/" + $0) }
    }

    private func recording(_ result: BacktestResult) -> BacktestRecording {
        BacktestRecording(
            trades: result.trades, equity: result.equity, fills: result.fills, rejectedOrders: result.rejectedOrders,
            orderCount: result.metrics["num_orders"]?.intValue.map { Int($0) },
            skippedBars: Int(result.metrics["skipped_bars"]?.intValue ?? 0))
    }

    @Test func metricsAreThoseOfML4T() throws {
        let scratch = try TemporaryFolder("interop")
        for folder in try folders(scratch) {
            let result = try ResultFolder.read(folder + "/expected")
            let ours = ML4TMetrics.compute(recording(result), configuration: result.configuration)
            #expect(ours.count == 56)
            #expect(ours.keys.sorted() == result.metrics.keys.sorted(), "\(folder)")
            for (key, expected) in result.metrics {
                let value = try #require(ours[key])
                guard let a = value.doubleValue, let b = expected.doubleValue else {
                    #expect(value == expected, "\(folder): \(key)")
                    continue
                }
                #expect(a == b || abs(a - b) <= max(1e-9 * max(abs(a), abs(b)), 1e-12), "\(folder): \(key) \(a) is not \(b)")
            }
        }
    }

    @Test func metricsAreThoseOfTheContract() throws {
        let page = try FileBytes.readText(PackageRoot.appending("docs/contracts/results-ml4t.md"))
        let section = try #require(page.split(separator: "\n## metrics.json\n").last)
        let keys = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { line in
            (line.split(separator: "|").first ?? "").split(separator: ",").map { String($0.filter { $0 != " " && $0 != "`" }) }
        }
        let point = EquityPoint(
            timestamp: UnixNanos(0), equity: 1, periodReturn: 0, cumulativeReturn: 0, drawdown: 0, highWaterMark: 1,
            netExposure: 0)
        let metrics = ML4TMetrics.compute(
            BacktestRecording(trades: [], equity: [point], fills: []), configuration: ["cash": ["initial": 1.0]])
        #expect(keys.count == 56)
        #expect(keys.sorted() == metrics.keys.sorted())
        #expect(!metrics.values.contains(.null))
    }

    /// From a recording to a folder that ml4t-backtest and ml4t-diagnostic take for their own, signals included.
    @Test(.enabled(if: FileBytes.exists(PackageRoot.appending(".deps/oracle312/plotly"))), arguments: ResultSchema.allCases)
    func aRecordingBecomesAFolderForML4T(schema: ResultSchema) throws {
        let scratch = try TemporaryFolder("interop")
        let cases = try #require(SharedData.existing("conformance/ml4t/cases"))
        let script = try #require(SharedData.existing("conformance/ml4t/check_interop.py"))
        for name in ["backtrader_03", "vectorbt_oss_08"] {
            let theirs = try ResultFolder.read("\(cases)/\(name)/expected")
            let result = try BacktestResult(recording(theirs), configuration: theirs.configuration, schema: schema)
            try ResultFolder.write(
                result, manifest: [:], to: scratch.file(name), schema: schema, predictions: "\(cases)/\(name)/signals.parquet")
            let answer = try Oracle.run312(
                script: "lake_interop.py",
                arguments: [script, scratch.file(name), "--schema", schema == .v1 ? "v1" : "v2", "--no-shap"])
            #expect(answer.hasSuffix("OK\n"), "\(answer)")
        }
    }

    /// `apus report` and `apus enrich` on a folder that ml4t-backtest wrote.
    @Test func commandsTakeAFolderOfML4T() throws {
        let scratch = try TemporaryFolder("interop")
        let folder = try #require(SharedData.existing("conformance/ml4t/cases/vectorbt_oss_08"))
        let report = try BuiltProgram.run(["report", folder + "/expected", "--out", scratch.file("r.html"), "--json"])
        #expect(report.exitCode == 0, "\(report.error)")
        let page = try FileBytes.readText(scratch.file("r.html"))
        #expect(page.contains("<h1>expected</h1>") && page.contains("\u{2212}1.40%"), "a loss of 1.40 %, as metrics.json says")
        let enriched = try BuiltProgram.run([
            "enrich", folder + "/expected", "--signals", folder + "/signals.parquet", "--out", scratch.file("e.parquet"),
            "--json",
        ])
        #expect(enriched.exitCode == 0 && enriched.error.isEmpty, "\(enriched.error)")
        let document = try JSONParser.parse(enriched.output)
        let table = try ParquetReader.table(scratch.file("e.parquet"))
        #expect(table.rowCount == 10 && document["trades"] == 10 && document["without_entry"] == 0)
        #expect(table.columns.count == 33 + (document["columns"]?.arrayValue?.count ?? 0))
        #expect(document["sha256"]?.stringValue == (try Digest.ofFile(scratch.file("e.parquet")).hex))
    }

    /// Days are those of ml4t-backtest's own aggregation, over the changes to and from daylight saving time.
    @Test(
        arguments: [
            ("CME_Equity", "UTC", nil), ("CME_Equity", "America/Chicago", nil), ("CME_Equity", "UTC", "18:00"),
            ("NYSE", "UTC", nil),
            ("NYSE", "America/New_York", nil), ("calendar days", "UTC", nil),
        ] as [(String, String, String?)])
    func daysAreThoseOfML4T(calendar: String, zone: String, start: String?) throws {
        var generator = SeededGenerator(seed: 11)
        let first = try #require(UnixNanos(iso8601: "2024-01-01T00:00:00Z"))
        var time = first
        var value = 100_000.0
        var equity: [EquityPoint] = []
        while time < first + 330 * UnixNanos.perDay {
            value *= 1 + generator.nextNormal() * 0.001
            equity.append(
                EquityPoint(
                    timestamp: time, equity: value, periodReturn: 0, cumulativeReturn: 0, drawdown: 0, highWaterMark: value,
                    netExposure: 0))
            time = time + (30 + Int64(generator.next() % 90)) * UnixNanos.perMinute
        }
        let aligned = calendar != "calendar days"
        let configuration: JSONValue = [
            "cash": ["initial": 100_000.0],
            "calendar": [
                "calendar": .string(aligned ? calendar : "NYSE"), "timezone": .string(zone), "data_frequency": "1m",
                "enforce_sessions": .bool(aligned && start == nil), "time_contract_version": 2,
            ],
            "feed": ["session_start_time": start.map { .string($0) } ?? .null],
        ]
        let result = try BacktestResult(
            BacktestRecording(trades: [], equity: equity, fills: []), configuration: configuration, schema: .v1)
        let input: JSONValue = [
            "calendar": .string(calendar), "zone": .string(zone), "start": start.map { .string($0) } ?? .null,
            "equity": .array(equity.map { [.int($0.timestamp.microseconds), .double($0.equity)] }),
        ]
        let answer = try Oracle.run312(script: "report_days.py", input: try CanonicalJSON.text(input))
        let expected = try #require(try JSONParser.parse(answer).arrayValue)
        #expect(expected.count == result.dailyPnL.count && expected.count > 200)
        for (row, day) in zip(expected, result.dailyPnL) {
            #expect(row["date"]?.stringValue == day.date.description)
            #expect(row["num_bars"]?.intValue == Int64(day.numBars))
            for (key, number) in [
                ("open_equity", day.openEquity), ("close_equity", day.closeEquity), ("high_equity", day.highEquity),
                ("low_equity", day.lowEquity), ("pnl", day.pnl), ("return_pct", day.returnPct),
                ("cumulative_return", day.cumulativeReturn),
            ] {
                let theirs = try #require(row[key]?.doubleValue)
                #expect(abs(theirs - number) <= 1e-12 * max(1, abs(number)), "\(day.date) \(key)")
            }
        }
    }

    @Test func aMistakeInTheCalendarNamesItsKey() {
        for (calendar, zone, start, key) in [
            ("Mars", "UTC", "17:00", "calendar"), ("NYSE", "Europe/Paris", "09:30", "calendar.timezone"),
            ("NYSE", "UTC", "half past nine", "feed.session_start_time"),
        ] {
            let error = #expect(throws: ApusError.self) {
                try DailyAlignment([
                    "calendar": ["calendar": .string(calendar), "timezone": .string(zone), "data_frequency": "1m"],
                    "feed": ["session_start_time": .string(start)],
                ])
            }
            #expect(error?.code == "config.calendar")
            #expect(error?.context.first { $0.key == "key" }?.value == key)
        }
    }
}
