import Pipeline
import Primitives
import Statistics
import TestKit
import Testing

/// `apus features show` on a workspace, and what the audit tells beside it.
@Suite("A feature's page", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct FeatureShowTests {
    private static func apus(_ root: String, _ words: String...) throws -> ChildProcess.Result {
        try BuiltProgram.run(words + ["--workspace", root])
    }

    @Test func pagesOfDailyAndIntradayFeatures() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        try #require(try Self.apus(root, "ingest").exitCode == 0)
        try #require(try Self.apus(root, "derive").exitCode == 0)
        // The gate of the strategy on SPX reads credit_z; es_delta names its instrument; nothing uses equity_flows, which takes the
        // first instrument of its calendar.
        for (id, instrument, words) in [
            ("credit_z", "SPX", ["BAA - AAA", "known at 18:00@US_EQUITY, 25 sessions later", "default.csv"]),
            ("es_delta", "ESH4", ["sum of the last window rows", "known at the end of its row"]),
            ("equity_flows", "SPX", ["Total Equity", "5 sessions later", "flows.csv"]),
            ("credit_slope", "SPX", ["known as the feature vix_level is"]),
            ("spx_trend_strength", "SPX", ["z-score over window rows of the mean log return", "house definition"]),
        ] {
            let page = folder.file("\(id).html")
            let result = try Self.apus(root, "features", "show", id, "--out", page, "--json")
            try #require(result.exitCode == 0, "\(result.error)")
            let answer = try JSONParser.parse(result.output)
            #expect(answer["page"]?.stringValue == page && answer["instrument"]?.stringValue == instrument, "\(answer)")
            let text = try FileBytes.readText(page)
            for word in words + ["return of \(instrument)"] {
                #expect(text.contains(word), "\(id): no \(word)")
            }
            #expect(!text.contains("http"), "\(id)")
            let again = folder.file("again.html")
            try #require(try Self.apus(root, "features", "show", id, "--out", again).exitCode == 0)
            #expect(try FileBytes.readText(again) == text, "\(id)")
        }
        let other = try Self.apus(root, "features", "show", "credit_z", "--instrument", "NDQ", "--out", folder.file("n.html"))
        #expect(other.exitCode == 0)
        #expect(try FileBytes.readText(folder.file("n.html")).contains("return of NDQ"))
        let unknown = try Self.apus(root, "features", "show", "credit_z", "--instrument", "NDX", "--out", folder.file("x.html"))
        #expect(unknown.exitCode != 0 && unknown.error.contains("NDQ"), "\(unknown.error)")
        #expect(!FileBytes.exists(folder.file("x.html")))
    }

    @Test func theAuditTellsWhetherAFeatureIsStationary() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        try #require(try Self.apus(root, "ingest", "TREASURY").exitCode == 0)
        let audit = try Self.apus(root, "features", "audit", "ten_year", "ten_year_change", "--json")
        try #require(audit.exitCode == 0, "\(audit.error)")
        let found = try #require(try JSONParser.parse(audit.output).arrayValue)
        // The same numbers from the file itself: yields of the sessions since the calendar begins, at most the last 2,000.
        let column = try SimulatedSeries.treasury().split(separator: "\n").dropFirst().compactMap { line in
            Double(line.split(separator: ",", omittingEmptySubsequences: false)[9])
        }
        let changes = zip(column.dropFirst(21), column).map { $0 - $1 }
        for (item, values) in zip(found, [column, changes]) {
            let test = try #require(AugmentedDickeyFuller(Array(values.suffix(2_000))))
            #expect(item["dickey_fuller"]?.doubleValue == test.statistic)
            #expect(item["dickey_fuller_p_value"]?.doubleValue == test.pValue)
        }
    }
}
