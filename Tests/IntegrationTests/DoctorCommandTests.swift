import Primitives
import TestKit
import Testing

@Suite struct DoctorCommandTests {
    private static let cases = SharedData.existing("conformance/ml4t").map { $0 + "/cases" }

    private func doctor(_ words: [String]) throws -> (exit: Int32, document: JSONValue) {
        let result = try BuiltProgram.run(["doctor", "--json"] + words)
        return (result.exitCode, (try? JSONParser.parse(result.output)) ?? .null)
    }

    private func codes(_ document: JSONValue, _ severity: String) -> [String] {
        (document["findings"]?.arrayValue ?? []).filter { $0["severity"]?.stringValue == severity }
            .compactMap { $0["code"]?.stringValue }
    }

    /// Real runs of both layouts have no errors; what is wrong with them is said.
    @Test(
        .enabled(if: cases != nil, "needs ../shared/conformance"),
        arguments: ["v1", "ml4t-0.2"], [("backtrader_01", []), ("vectorbt_oss_02", ["fills.same_bar"])])
    func looksAtBothLayouts(_ schema: String, _ example: (name: String, more: [String])) throws {
        let folder = try TemporaryFolder()
        let path = try #require(Self.cases) + "/" + example.name
        let result = folder.file("result")
        let run = try BuiltProgram.run(["backtest", "signals", "--case", path, "--out", result, "--schema", schema])
        try #require(run.exitCode == 0, "\(run.error)")
        let seen = try doctor([result, "--prices", path + "/prices.parquet"])
        #expect(seen.exit == 0 && codes(seen.document, "error").isEmpty)
        #expect(codes(seen.document, "warning") == example.more + ["costs.near_zero", "trades.too_few"])
        #expect(try doctor([result, "--strict", "--prices", path + "/prices.parquet"]).exit == 1)

        let blind = try doctor([result])
        let reasons = blind.document["not_checked"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? []
        #expect(reasons.contains { $0.hasPrefix("no bars: ") })

        // Prices of another run, and a file that was written over.
        let other = try #require(Self.cases) + "/backtrader_11/prices.parquet"
        let wrong = try doctor([result, "--prices", other])
        #expect(codes(wrong.document, "warning").contains("bars.other_file"))
        try AtomicFile.write("cash: {initial: 100000}\n", to: result + "/config.yaml")
        let altered = try doctor([result])
        #expect(altered.exit == 1 && codes(altered.document, "error") == ["result.altered"])
    }

    @Test func whatIsNoResultIsRefused() throws {
        let folder = try TemporaryFolder()
        for (words, code) in [
            ([folder.path], "result.missing"), ([folder.file("nothing")], "result.missing"),
            (["SOME_ID", "--workspace", folder.path], "run.unknown"),
        ] {
            let result = try BuiltProgram.run(["doctor", "--json"] + words)
            #expect(result.exitCode == 3 && result.output.isEmpty)
            let error = try JSONParser.parse(result.error)["error"]
            #expect(error?["code"]?.stringValue == code)
            if code == "run.unknown" {
                #expect(error?["message"]?.stringValue?.hasPrefix("there is no such folder or run") == true)
            }
        }
    }

    /// A run of a workspace knows its own bars; a report shows what was found.
    @Test(.enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first")) func aRunOfAWorkspaceHasItsBars() throws {
        let folder = try TemporaryFolder()
        let demo = try BuiltProgram.run(["demo", folder.file("demo")])
        try #require(demo.exitCode == 0, "\(demo.error)")
        let seen = try doctor(["SPX_MOMENTUM_DAILY", "--workspace", folder.file("demo")])
        #expect(seen.exit == 0)
        #expect(codes(seen.document, "warning") == ["trades.too_few", "returns.one_trade", "exposure.leverage"])
        #expect(seen.document["passed"]?.arrayValue?.contains("fills.outside_bar") == true)
        let run = try #require(seen.document["folder"]?.stringValue)
        let inside = try BuiltProgram.run(["doctor", run])
        #expect(inside.exitCode == 0 && inside.output.contains("One of 13 positions made"))
        let report = try FileBytes.readText(run.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/report.html")
        #expect(report.contains("<h2>Doctor") && report.contains("returns.one_trade"))
    }
}
