import Contracts
import Foundation
import Primitives
import Reporting
import TestKit
import Testing

/// Writes the pages of the sample runs to the folder that APUS_REPORT_SAMPLES names, for looking at.
@Test(.enabled(if: SharedData.has(SampleRun.file), "no ../shared/data"))
func samplePagesAreWritten() throws {
    let temporary = try TemporaryFolder("report")
    let folder = ProcessInfo.processInfo.environment["APUS_REPORT_SAMPLES"] ?? temporary.path
    let runs = try [(12, 60), (50, 200), (5, 20)].map { fast, slow in
        let run = try SampleRun(fast: fast, slow: slow)
        let name = "trend-\(fast)-\(slow)"
        let page = TearSheet.html(
            result: run.result, title: "S&P 500 trend \(fast)/\(slow)", benchmark: run.benchmark, manifest: SampleRun.manifest)
        try AtomicFile.write(page, to: folder + "/\(name).html")
        return RunSummary(
            title: "S&P 500 trend \(fast)/\(slow)", detail: "1999-01-04 to 2018-12-31", href: "\(name).html",
            metrics: run.result.metrics, equity: run.result.equity.map(\.equity))
    }
    let intraday = random(bars: 900, seed: 2)
    try AtomicFile.write(TearSheet.html(result: intraday, title: "Two days of minutes"), to: folder + "/intraday.html")
    try AtomicFile.write(IndexPage.html(runs: runs), to: folder + "/index.html")
    #expect(try FileBytes.read(folder + "/index.html").count > 5_000)
}
