import Contracts
import Lake
import Primitives
import TestKit
import Testing

@Suite struct ResultFolderTests {
    private static let conformance = SharedData.existing("conformance/ml4t/check_interop.py")

    /// ml4t-diagnostic draws with plotly, which it does not require.
    private static let canDraw = FileBytes.exists(PackageRoot.appending(".deps/oracle312/plotly"))

    /// The real ml4t-backtest and ml4t-diagnostic read the folder.
    @Test(.enabled(if: Oracle.isInstalled312 && conformance != nil && canDraw), arguments: [3, 250] as [Int])
    func passesTheInteroperabilityCheck(trades: Int) throws {
        let folder = try TemporaryFolder("result")
        let result = SampleResults.make(seed: UInt64(trades), bars: 700, trades: trades)
        try ResultFolder.write(result, manifest: ["run": "sample"], to: folder.file("run"))
        let script = try #require(Self.conformance)
        let answer = try Oracle.run312(
            script: "lake_interop.py", arguments: [script, folder.file("run"), "--schema", "v1", "--no-shap"])
        #expect(answer.hasSuffix("OK\n"), "\(answer)")
    }

    /// ml4t-backtest opens the other layout without its recovery mode.
    @Test(.enabled(if: Oracle.isInstalled312 && conformance != nil && canDraw), arguments: [3, 250] as [Int])
    func passesTheInteroperabilityCheckAsML4TItself(trades: Int) throws {
        let folder = try TemporaryFolder("result")
        let result = SampleResults.ml4t(seed: UInt64(trades), bars: 700, trades: trades)
        try ResultFolder.write(result, manifest: ["run": "sample"], to: folder.file("run"), schema: .ml4t02)
        let script = try #require(Self.conformance)
        let answer = try Oracle.run312(
            script: "lake_interop.py", arguments: [script, folder.file("run"), "--schema", "v2", "--no-shap"])
        #expect(answer.hasSuffix("OK\n"), "\(answer)")
        #expect(answer.contains("from_parquet(strict)"), "\(answer)")
    }

    /// What ml4t-backtest recorded is read, written again, and the same to ml4t-backtest and polars.
    @Test(.enabled(if: Oracle.isInstalled312 && conformance != nil))
    func keepsTheResultsOfML4TItself() throws {
        let folder = try TemporaryFolder("result")
        let cases = try #require(SharedData.existing("conformance/ml4t/cases"))
        var pairs: [String] = []
        for name in Folder.names(in: cases) {
            let result = try ResultFolder.read("\(cases)/\(name)/expected")
            #expect(!result.equity.isEmpty && result.metrics["initial_cash"] != nil)
            try ResultFolder.write(result, manifest: [:], to: folder.file(name), schema: .ml4t02)
            pairs += ["\(cases)/\(name)/expected", folder.file(name)]
        }
        #expect(pairs.count >= 30)
        #expect(try Oracle.run312(script: "lake_ml4t.py", arguments: pairs) == "OK\n")
    }

    @Test func aFolderOfML4TNamesItsFiles() throws {
        let folder = try TemporaryFolder("result")
        let result = SampleResults.ml4t(seed: 5, bars: 50, trades: 9)
        let signals = folder.file("signals.parquet")
        try ParquetWriter.write(Table([Column(ColumnSpec("score", .double), .doubles([1, 2]))]), to: signals)
        try ResultFolder.write(result, manifest: [:], to: folder.file("a"), schema: .ml4t02, predictions: signals)
        let names = ResultFolder.fileNames(.ml4t02, hasPredictions: true)
        #expect(folder.names(in: "a") == (names + [ResultFolder.manifestName]).sorted())
        #expect(try FileBytes.read(folder.file("a/predictions.parquet")) == FileBytes.read(signals))
        try ResultFolder.verify(folder.file("a"))
        #expect(try ResultFolder.schema(of: folder.file("a")) == .ml4t02)
        let configuration = try ResultFolder.read(folder.file("a")).configuration
        #expect(configuration["metadata"] == ["note": "x", "strategy": ["type": "long_signal"]])
        #expect(configuration["strategy"] == nil)
    }

    @Test(arguments: ResultSchema.allCases) func writesTheSameBytesAgain(schema: ResultSchema) throws {
        let folder = try TemporaryFolder("result")
        for (seed, trades) in [0, 1, 40].enumerated() {
            let result = SampleResults.ml4t(seed: UInt64(seed), bars: trades * 5, trades: trades)
            var first = result
            if schema == .v1 { first.metrics["profit_factor"] = nil }
            try ResultFolder.write(first, manifest: [:], to: folder.file("a\(seed)"), schema: schema)
            let back = try ResultFolder.read(folder.file("a\(seed)"))
            #expect(try ResultFolder.schema(of: folder.file("a\(seed)")) == schema)
            #expect(try !ResultFolder.write(back, manifest: [:], to: folder.file("a\(seed)"), schema: schema).changed)
            guard schema == .ml4t02 else { continue }
            #expect(back.trades == result.trades)
            #expect(back.fills == result.fills)
            #expect(back.equity.map(\.account) == result.equity.map(\.account))
            #expect(back.equity.map(\.netExposure) == result.equity.map(\.netExposure))
            #expect(back.rejectedOrders == result.rejectedOrders)
            #expect(back.metrics == result.metrics)
        }
    }

    @Test func theManifestNamesEveryOtherFile() throws {
        let folder = try TemporaryFolder("result")
        let path = folder.file("runs/a")
        let result = SampleResults.make(seed: 5, bars: 50, trades: 9)
        let written = try ResultFolder.write(result, manifest: ["snapshot": "abc"], to: path)
        #expect(written.changed)
        #expect(folder.names(in: "runs") == ["a"])
        #expect(folder.names(in: "runs/a") == (ResultFolder.fileNames(.v1) + [ResultFolder.manifestName]).sorted())
        #expect(try ResultFolder.manifest(of: path) == written.manifest)
        let files = try #require(written.manifest["files"]?.objectValue)
        #expect(files.keys.sorted() == ResultFolder.fileNames(.v1))
        for (name, digest) in files {
            #expect(try Digest.ofFile(path + "/" + name).hex == digest.stringValue)
        }
        try ResultFolder.verify(path)
    }

    @Test func anEqualResultIsLeftAndAnotherReplacesIt() throws {
        let folder = try TemporaryFolder("result")
        let path = folder.file("a")
        let first = SampleResults.make(seed: 1, bars: 20, trades: 3)
        #expect(try ResultFolder.write(first, manifest: [:], to: path).changed)
        #expect(try !ResultFolder.write(first, manifest: [:], to: path).changed)
        // A damaged file is noticed and replaced.
        try AtomicFile.write("x", to: path + "/config.yaml")
        let error = #expect(throws: ApusError.self) { try ResultFolder.verify(path) }
        #expect(error?.code == "result.digest")
        #expect(try ResultFolder.write(first, manifest: [:], to: path + "/").changed)
        try ResultFolder.verify(path)
        let second = SampleResults.make(seed: 2, bars: 20, trades: 3)
        #expect(try ResultFolder.write(second, manifest: [:], to: path).changed)
        try ResultFolder.verify(path)
        #expect(folder.names() == ["a"])
    }

    @Test func readsWhatItWrote() throws {
        let folder = try TemporaryFolder("result")
        for (seed, trades) in [0, 1, 40].enumerated() {
            let result = SampleResults.make(seed: UInt64(seed), bars: trades * 5, trades: trades)
            let path = folder.file("r\(seed)")
            try ResultFolder.write(result, manifest: [:], to: path)
            let back = try ResultFolder.read(path)
            #expect(back.trades == result.trades)
            #expect(back.equity == result.equity)
            #expect(back.dailyPnL == result.dailyPnL)
            #expect(back.fills == result.fills)
            #expect(back.metrics == result.metrics)
            #expect(back.configuration == result.configuration)
        }
    }

    /// The specification's first return is 0 and its returns count from the first bar, whatever a recording counts from.
    @Test func returnsCountFromTheFirstBar() throws {
        let folder = try TemporaryFolder("result")
        var result = SampleResults.make(seed: 3, bars: 40, trades: 2)
        for index in result.equity.indices {
            result.equity[index].equity -= 500
            result.equity[index].periodReturn = 9
            result.equity[index].cumulativeReturn = 9
            result.equity[index].drawdown = 9
            result.equity[index].highWaterMark = 9
        }
        try ResultFolder.write(result, manifest: [:], to: folder.file("a"))
        let equity = try ResultFolder.read(folder.file("a")).equity
        #expect(equity[0].periodReturn == 0 && equity[0].cumulativeReturn == 0 && equity[0].drawdown == 0)
        var high = 0.0
        for (row, point) in equity.enumerated() {
            high = max(high, point.equity)
            #expect(point.highWaterMark == high && point.drawdown == point.equity / high - 1)
            #expect(point.cumulativeReturn == point.equity / equity[0].equity - 1)
            if row > 0 { #expect(point.periodReturn == point.equity / equity[row - 1].equity - 1) }
        }
    }

    @Test func aFailureLeavesNothing() throws {
        let folder = try TemporaryFolder("result")
        var result = SampleResults.make(seed: 1, bars: 20, trades: 3)
        result.metrics["sharpe"] = .double(.nan)
        let error = #expect(throws: ApusError.self) { try ResultFolder.write(result, manifest: [:], to: folder.file("a")) }
        #expect(error?.code == "result.metrics")
        #expect(throws: ApusError.self) { try ResultFolder.write(result, manifest: ["files": 1], to: folder.file("a")) }
        #expect(folder.names().isEmpty)
    }
}
