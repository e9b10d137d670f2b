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

    @Test func theManifestNamesEveryOtherFile() throws {
        let folder = try TemporaryFolder("result")
        let path = folder.file("runs/a")
        let result = SampleResults.make(seed: 5, bars: 50, trades: 9)
        let written = try ResultFolder.write(result, manifest: ["snapshot": "abc"], to: path)
        #expect(written.changed)
        #expect(folder.names(in: "runs") == ["a"])
        #expect(folder.names(in: "runs/a") == (ResultFolder.fileNames + [ResultFolder.manifestName]).sorted())
        #expect(try ResultFolder.manifest(of: path) == written.manifest)
        let files = try #require(written.manifest["files"]?.objectValue)
        #expect(files.keys.sorted() == ResultFolder.fileNames)
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
