import Contracts
import Features
import Lake
import Market
import Primitives
import TestKit
import Testing
import Workbook

@testable import Pipeline

/// Timed series from file to rows: dataset `S` of a small workspace.
struct TimedIngestTests {
    static func workspace(_ settings: [String: JSONValue] = [:]) throws -> SmallWorkspace {
        let small = try SmallWorkspace()
        small.daily = [
            "dataset_id": "S", "dataset_type": "timed_series", "source_type": "csv", "source_path_or_id": "inbox/s.csv",
            "update_mode": "append_only", "date_col": "time", "bar_frequency": "5m", "known_time_rule": "bar_close@ALWAYS_OPEN",
            "canonical_table_name": "s_5m",
        ]
        small.daily.merge(settings) { $1 }
        return small
    }

    @discardableResult
    static func ingest(_ small: SmallWorkspace, _ text: String) throws -> IngestOutcome.Action? {
        try small.write(text, to: "s.csv")
        return try small.ingest("S").first?.action
    }

    static func rows(_ small: SmallWorkspace) throws -> DataAccess.DerivedSeries {
        let workspace = try small.workspace
        return try #require(try DataAccess(workspace, registry: try workspace.registry()).timed("S")).0
    }

    private static let two = "time,close,volume\n2024-03-10T00:00:00Z,10,\n2024-03-10T00:05:00Z,11,7\n"

    @Test func rowsCarryTheTimeTheyWereKnown() throws {
        let small = try Self.workspace()
        #expect(try Self.ingest(small, Self.two) == .added)
        #expect(try Self.ingest(small, Self.two) == .unchanged)
        let rows = try Self.rows(small)
        #expect(rows.names == ["close", "volume"] && rows.columns[0] == [10, 11] && rows.columns[1][0].isNaN)
        #expect(rows.labels.map(\.description) == ["2024-03-10T00:00:00Z", "2024-03-10T00:05:00Z"])
        #expect(rows.availableAt.map(\.description) == ["2024-03-10T00:05:00Z", "2024-03-10T00:10:00Z"])
        #expect(rows.closes == rows.availableAt && rows.tradeDates.map(\.description) == ["2024-03-10", "2024-03-10"])
        #expect(rows.sessionCloses.map(\.description) == ["2024-03-11T00:00:00Z", "2024-03-11T00:00:00Z"])
        let record = try #require(try DatasetFiles(try small.workspace.registry(), "S").current)
        #expect(record.schema == "ts,close,volume" && record.firstTime == rows.labels[0] && record.lastTime == rows.labels[1])
        #expect(
            record.rawPath.hasPrefix("data/raw/timed/S/s_5m/") && record.canonicalPath?.hasPrefix("data/canonical/timed/") == true
        )
        #expect(try small.status().damage.isEmpty)
    }

    @Test(arguments: [
        ("bar_close+5s@ALWAYS_OPEN", "5m", "00:00:00Z 00:05:00Z 00:05:05Z"),
        ("close_label@ALWAYS_OPEN", "5m", "23:55:00Z 00:00:00Z 00:00:00Z"),
        ("label@ALWAYS_OPEN", "5m", "00:00:00Z 00:00:00Z 00:00:00Z"),
        ("label+1500ms@ALWAYS_OPEN", "irregular", "00:00:00Z 00:00:00Z 00:00:01.500Z"),
        ("bar_close+2m@ALWAYS_OPEN", "1m", "00:00:00Z 00:01:00Z 00:03:00Z"),
    ]) func rules(rule: String, frequency: String, expected: String) throws {
        let small = try Self.workspace(["known_time_rule": .string(rule), "bar_frequency": .string(frequency)])
        try Self.ingest(small, Self.two)
        let rows = try Self.rows(small)
        let found = [rows.labels[0], rows.closes[0], rows.availableAt[0]].map { $0.description.dropFirst(11) }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test func aLagIsASessionLater() throws {
        let small = try Self.workspace(["default_availability_lag_days": 2])
        try Self.ingest(small, Self.two)
        small.features = [["feature_id": "f", "dataset_id": "S", "input_col": "close", "transform": "level"]]
        let workspace = try small.workspace
        let built = try FeatureStore(DataAccess(workspace, registry: try workspace.registry())).feature("f")
        #expect(built.column.availableAt.map(\.description) == ["2024-03-12T00:05:00Z", "2024-03-12T00:10:00Z"])
        #expect(built.column.labels.map(\.description) == ["2024-03-10T00:00:00Z", "2024-03-10T00:05:00Z"])
    }

    @Test(arguments: [
        ("time,close\n2024-03-10T00:05:00Z,1\n2024-03-10T00:00:00Z,2\n", "timed.order", "line: 3"),
        ("time,close\n2024-03-10T00:05:00Z,1\n2024-03-10T00:05:00Z,2\n", "timed.order", "occurs twice"),
        ("time,close\n2024-03-10T00:05:00Z,1\n2024-03-10T00:06:00Z,2\n", "timed.frequency", "nearer than 5m"),
        ("time,close\n2024-03-10T00:05:00Z,1\n1710030000,2\n", "timed.mixed", "seconds since 1970"),
        ("time,close\n2024-03-10T00:05:00Z,1\n2024-03-10T00:10:00Z,x\n", "timed.number", "column: close"),
        ("time,close\n,1\n", "timed.time", "the timestamp is missing"), ("time,close\n", "timed.empty", "no rows"),
        ("stamp,close\n2024-03-10T00:05:00Z,1\n", "timed.column", "columns: stamp, close"),
        ("time,TS\n2024-03-10T00:05:00Z,1\n", "timed.column", "called like the stored timestamps"),
        ("time,close\n2024-03-10T00:05:00Z,1,2\n", "csv.fields", "line: 2"),
    ]) func whatIsRefusedIsNamedAndLeavesNothing(text: String, code: String, words: String) throws {
        let small = try Self.workspace()
        let error = #expect(throws: ApusError.self) { try Self.ingest(small, text) }
        #expect(error?.code == code && error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.description.contains("s.csv") == true)
        #expect(try DatasetFiles(try small.workspace.registry(), "S").known.isEmpty)
        for store in ["raw", "canonical"] {
            let files = FilePattern.expand("\(small.root)/data/\(store)/timed/S/s_5m/*")
            #expect(files.isEmpty, "\(files)")
        }
    }

    /// A file whose bars are longer than it is said would be known before their end.
    @Test func barsThatAreLongerThanTheyAreSaidAreRefused() throws {
        let lines = (0..<12).map { "\(1_710_030_000 + $0 * 900),\($0 + 1)" }.joined(separator: "\n")
        let small = try Self.workspace()
        let error = #expect(throws: ApusError.self) { try Self.ingest(small, "time,close\n\(lines)\n") }
        #expect(error?.code == "timed.frequency" && error?.description.contains("900.0 s apart") == true)
        small.daily["bar_frequency"] = "15m"
        #expect(try Self.ingest(small, "time,close\n\(lines)\n") == .added)
        // Settings that the file does not fit are refused later too, and others that it fits make it anew.
        small.daily["bar_frequency"] = "30m"
        #expect(throws: ApusError.self) { try small.ingest("S") }
        small.daily["known_time_rule"] = "label@ALWAYS_OPEN"
        #expect(try small.ingest("S").map(\.action) == [.rebuilt])
    }

    /// One odd pair among hourly rows makes no five-minute bars of them; gaps of a market with few trades are none.
    @Test func onePairDoesNotMakeAFrequency() throws {
        func text(_ minutes: [Int]) -> String {
            "time,close\n" + minutes.map { "\(1_710_028_800 + $0 * 60),1\n" }.joined()
        }
        let hours = (0..<300).map { $0 * 60 }
        let error = #expect(throws: ApusError.self) { try Self.ingest(Self.workspace(), text([-5] + hours)) }
        #expect(error?.code == "timed.frequency" && error?.description.contains("only 1 of 301 rows") == true)
        let sparse = hours.filter { $0 % 3_000 != 0 } + hours.filter { $0 % 3_000 == 0 }.flatMap { [$0, $0 + 5] }
        #expect(try Self.ingest(Self.workspace(), text(sparse.sorted())) == .added)
    }

    /// A day of New York on which clocks are put back has 25 hours: its bar would be known an hour early, in UTC or with a zone.
    @Test(arguments: [
        ("America/New_York", "2024-11-02T00:00\n2024-11-03T00:00\n2024-11-04T00:00\n"),
        ("UTC", "2024-11-03T00:00-04:00\n2024-11-04T00:00-05:00\n"),
    ]) func barsOfLocalDaysAreRefused(zone: String, times: String) throws {
        let small = try Self.workspace(["bar_frequency": "1d", "timestamp_tz": .string(zone)])
        let text = "time,close\n" + times.split(separator: "\n").map { $0 + ",1\n" }.joined()
        let error = #expect(throws: ApusError.self) { try Self.ingest(small, text) }
        #expect(error?.code == "timed.frequency" && error?.description.contains("clocks put forward") == true)
    }

    /// Settings that give the same bytes other times are not read before they were checked against the file.
    @Test func otherSettingsWantAnIngest() throws {
        let small = try Self.workspace()
        try Self.ingest(small, Self.two)
        for (column, value) in [("bar_frequency", "1m"), ("timestamp_tz", "America/New_York")] {
            let own = small.daily[column]
            small.daily[column] = .string(value)
            let error = #expect(throws: ApusError.self, "\(column)") { try Self.rows(small) }
            #expect(error?.code == "ingest.stale")
            small.daily[column] = own
        }
        _ = try Self.rows(small)
    }

    /// What a label claims to know is known by the dataset's rule, delay and lag included.
    @Test func labelsKnowNothingBeforeItIsPublished() throws {
        let small = try Self.workspace(["known_time_rule": "bar_close+1h@ALWAYS_OPEN"])
        try Self.ingest(small, Self.two)
        small.instruments = [
            [
                "instrument_id": "X", "instrument_type": "crypto", "prices_dataset_id": "S", "close_col": "close",
                "return_model": "price", "currency": "USD", "calendar": "ALWAYS_OPEN",
            ]
        ]
        for (lag, expected) in [(0, "2024-03-10T01:05:00Z"), (1, "2024-03-11T01:05:00Z")] {
            small.daily["default_availability_lag_days"] = .int(Int64(lag))
            let workspace = try small.workspace
            let data = DataAccess(workspace, registry: try workspace.registry())
            let instrument = try #require(workspace.configuration.instrument("X"))
            let bars = try InstrumentBars.load(instrument, data, from: nil, through: nil)
            #expect(bars.availableAt.first?.description == expected)
            #expect(bars.lane.bars.first?.closeTime.description == "2024-03-10T00:05:00Z")
        }
    }

    @Test func columnsOfTextsAreLeftOut() throws {
        let small = try Self.workspace()
        try Self.ingest(
            small, "time,symbol,close,source,empty\n2024-03-10T00:00:00Z,BTC,10,a,\n2024-03-10T00:05:00Z,BTC,,a,\n")
        let rows = try Self.rows(small)
        #expect(rows.names == ["close", "empty"] && rows.columns[0][0] == 10 && rows.columns[0][1].isNaN)
    }

    @Test func historyIsFixedOrKeptAsVintages() throws {
        let small = try Self.workspace()
        let revised = Self.two.replacing(",11,", with: ",12,")
        #expect(try Self.ingest(small, Self.two) == .added)
        let longer = Self.two + "2024-03-10T00:10:00Z,12,8\n"
        #expect(try Self.ingest(small, longer) == .added)
        let error = #expect(throws: ApusError.self) { try Self.ingest(small, revised) }
        #expect(error?.code == "ingest.revised")
        #expect(error?.description.contains("close of 2024-03-10T00:05:00Z was 11.0 and is 12.0") == true)
        #expect(try Self.rows(small).columns[0] == [10, 11, 12])
        small.daily["update_mode"] = "revisable"
        #expect(try Self.ingest(small, revised) == .revised)
        #expect(try Self.rows(small).columns[0] == [10, 12])
        let vintages = try DatasetFiles(try small.workspace.registry(), "S").vintages
        #expect(vintages.map(\.rows) == [3, 2] && vintages.last?.firstRevision?.description == "2024-03-10")
        // What was known first is read where a study asks for it.
        let workspace = try small.workspace
        let first = DataAccess(workspace, registry: try workspace.registry(), firstVintages: true)
        #expect(try first.timed("S")?.0.columns[0] == [10, 11, 12])
    }

    @Test func localTimesAreConverted() throws {
        let small = try Self.workspace(["timestamp_tz": "America/New_York", "known_time_rule": "bar_close@US_EQUITY"])
        try Self.ingest(small, "time,close\n2024-03-08 15:55,1\n2024-03-11 09:30,2\n")
        let rows = try Self.rows(small)
        #expect(rows.labels.map(\.description) == ["2024-03-08T20:55:00Z", "2024-03-11T13:30:00Z"])
        #expect(rows.tradeDates.map(\.description) == ["2024-03-08", "2024-03-11"])
        let error = #expect(throws: ApusError.self) { try Self.ingest(small, "time,close\n2024-03-10 02:30,1\n") }
        #expect(error?.code == "timed.zone" && error?.description.contains("line: 2") == true)
    }

    /// What pandas writes as csv, Parquet and xlsx is one table, whatever form its timestamps have.
    @Test(.enabled(if: Oracle.isInstalled)) func everyFormatGivesTheSameRows() throws {
        let small = try Self.workspace()
        _ = try Oracle.run(script: "timed_files.py", arguments: [small.root + "/inbox"])
        var tables: [String: [UnixNanos]] = [:]
        for name in FilePattern.expand(small.root + "/inbox/*").map({ String($0.split(separator: "/").last ?? "") }) {
            let format = String(name.split(separator: ".").last ?? "")
            small.daily["source_type"] = .string(format)
            small.daily["source_path_or_id"] = .string("inbox/" + name)
            small.daily["dataset_id"] = .string("S")
            small.daily["timestamp_tz"] = name.hasPrefix("local") ? "America/New_York" : nil
            // Each into a lake of its own.
            small.paths["DATA_ROOT"] = .string("data-" + name)
            #expect(try small.ingest("S").map(\.action) == [.added], "\(name)")
            let rows = try Self.rows(small)
            #expect(rows.names == ["open", "close", "is_gap"], "\(name)")
            #expect(rows.columns[0][2].isNaN && rows.columns[0][3] == 1.5 + 3 && rows.columns[2][2] == 1, "\(name)")
            tables[name] = rows.labels
        }
        #expect(tables.count == 12)
        let expected = (0..<40).map { UnixNanos(1_714_573_800_000_000_000 + $0 * 300_000_000_000) }
        for (name, labels) in tables { #expect(labels == expected, "\(name)") }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func parquetErrorsNameTheRow() throws {
        let small = try Self.workspace(["source_type": "parquet", "source_path_or_id": "inbox/bad.parquet"])
        _ = try Oracle.run(script: "timed_files.py", arguments: [small.root + "/inbox", "bad"])
        let error = #expect(throws: ApusError.self) { try small.ingest("S") }
        #expect(error?.code == "timed.order" && error?.description.contains("row: 3") == true, "\(String(describing: error))")
    }
}
