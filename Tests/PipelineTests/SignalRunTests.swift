import Contracts
import Lake
import Primitives
import TestKit
import Testing

@testable import Pipeline

@Suite struct SignalRunTests {
    private let folder: TemporaryFolder

    /// One asset on five days; a dividend of 2 on the third.
    init() throws {
        folder = try TemporaryFolder()
        let prices = ColumnValues.doubles([100, 100, 100, 100, 100])
        _ = try ParquetWriter.write(
            Table(
                [Column(ColumnSpec("timestamp", .timestampNanos(utc: false)), .ints((0..<5).map { $0 * UnixNanos.perDay }))]
                    + ["open", "high", "low", "close"].map { Column(ColumnSpec($0, .double), prices) }),
            to: folder.file("prices.parquet"))
    }

    private func request(_ configuration: String) throws -> SignalRequest {
        try AtomicFile.write(configuration, to: folder.file("study/engine.yaml"))
        var request = SignalRequest(
            prices: folder.file("prices.parquet"), signals: nil, configuration: EngineConfiguration(), asset: "A")
        try request.configure(file: folder.file("study/engine.yaml"))
        return request
    }

    private static let dividends = """
        strategy: {type: single_entry, shares: 10}
        apus: {actions: {file: ../events/actions.csv}}

        """

    /// The file is found beside the configuration, and the result says neither where it lay nor where the configuration did.
    @Test func filesAreRelativeToTheConfiguration() throws {
        try AtomicFile.write("timestamp,asset,kind,value\n1970-01-03,A,dividend,2\n", to: folder.file("events/actions.csv"))
        let outcome = try SignalRun.run(request(Self.dividends), to: folder.file("result"))
        #expect(outcome.finalEquity == 100_020)
        let written = try FileBytes.readText(folder.file("result/config.yaml"))
        #expect(written.contains("../events/actions.csv") && !written.contains(folder.file("")))
        let manifest = try JSONParser.parse(bytes: FileBytes.read(folder.file("result/run_manifest.json")))
        let actions = try #require(manifest["inputs"]?.arrayValue?.first { $0["role"] == "actions" })
        #expect(try actions["sha256"]?.stringValue == Digest.ofFile(folder.file("events/actions.csv")).hex)
        #expect(actions["file"] == "actions.csv")
    }

    @Test func aMissingFileIsNamedWhereItWasLookedFor() throws {
        let error = #expect(throws: ApusError.self) {
            try SignalRun.run(request(Self.dividends), to: folder.file("result"))
        }
        #expect(error?.code == "file.read")
        #expect(error?.context.first?.value == folder.file("events/actions.csv"))
    }

    /// The digests of a result are those of what was read.
    @Test func aFileThatChangesMeanwhileIsRefused() throws {
        let request = try request("strategy: {type: single_entry}\n")
        let inputs = try SignalInputs(request, notIn: folder.file("result"))
        _ = try inputs.manifest(request.configuration)
        let bytes = try FileBytes.read(request.prices)
        // The same bytes in another file: whoever has the old one open reads that.
        try AtomicFile.write(bytes, to: request.prices)
        let error = #expect(throws: ApusError.self) { try inputs.manifest(request.configuration) }
        #expect(error?.code == "data.changed" && error?.context.first?.value == request.prices)
    }

    /// A result replaces its folder, which must not be the one that the prices lie in.
    @Test func aFolderThatHoldsInputsIsNotReplaced() throws {
        let request = try request("strategy: {type: single_entry}\n")
        for place in [folder.path, folder.path + "/../" + (folder.path.split(separator: "/").last ?? "")] {
            let error = #expect(throws: ApusError.self) { try SignalRun.run(request, to: place) }
            #expect(error?.code == "input.overwrite", "\(error.debugDescription)")
            #expect(FileBytes.exists(request.prices))
        }
    }

    /// Nor is a folder that holds somebody's other files.
    @Test func onlyAResultIsReplaced() throws {
        let request = try request("strategy: {type: single_entry}\n")
        try AtomicFile.write("mine", to: folder.file("notes/ideas.txt"))
        let error = #expect(throws: ApusError.self) { try SignalRun.run(request, to: folder.file("notes")) }
        #expect(error?.code == "result.folder" && FileBytes.exists(folder.file("notes/ideas.txt")))
        #expect(try SignalRun.run(request, to: folder.file("result")).changed)
        #expect(try !SignalRun.run(request, to: folder.file("result")).changed)
    }
}
