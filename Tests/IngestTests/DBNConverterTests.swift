import Contracts
import Ingest
import Market
import Primitives
import TestKit
import Testing

/// Every file of Databento's test vectors and some of real market data, converted by databento's packages and by us.
@Suite(.enabled(if: Oracle.isInstalled && !DBNSamples.vectors.isEmpty))
struct DBNConverterTests {
    static let realFiles = [
        "es/esh4-20231225.trades.dbn.zst", "es/esh4-glbx-mdp3-20231224.mbo.dbn.zst", "es/definition-glbx-es-fut.dbn.zst",
        "es/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst",
        "es/futures_ohlcv-1m_2024-07-01T23-40_2024-07-02T00-10.dbn.zst",
    ]

    @Test func everyFileEqualsTheReference() throws {
        let files = (DBNSamples.vectors.map { "dbn/" + $0 } + Self.realFiles).compactMap { SharedData.path($0) }
        #expect(files.count >= 58)
        let folder = try TemporaryFolder("dbn")
        _ = try Oracle.run(script: "dbn_oracle.py", arguments: ["convert", folder.path] + files)
        for file in files {
            let name = String(file.split(separator: "/").last ?? "")
            var raw = DBNConverter.Options.raw
            raw.mapSymbols = false
            var asIs = DBNConverter.Options()
            asIs.upgrades = false
            func expect(_ suffix: String, _ ours: String) throws {
                let reference = try FileBytes.readText(folder.file(name + suffix))
                #expect(firstDifference(ours, reference) == nil, "\(name)\(suffix)")
            }
            try expect(".csv", text { try DBNConverter.csv(file: file, write: $0) })
            try expect(".json", text { try DBNConverter.json(file: file, write: $0) })
            try expect(".raw.csv", text { try DBNConverter.csv(file: file, options: raw, write: $0) })
            try expect(".raw.json", text { try DBNConverter.json(file: file, options: raw, write: $0) })
            try expectTable(folder.file(name + ".table"), file, DBNConverter.Options())
            try expectTable(folder.file(name + ".raw.table"), file, .raw)
            try expectTable(folder.file(name + ".asis.table"), file, asIs)
        }
    }

    /// Sentinels, quoting, `ts_out`, live recordings and upgrades that the test vectors do not hold.
    @Test func unusualValuesEqualTheReference() throws {
        let folder = try TemporaryFolder("dbn")
        let lines = try Oracle.run(script: "dbn_oracle.py", arguments: ["edges", folder.path]).split(separator: "\n")
        #expect(lines.count == 17)
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let file = folder.file(words[0])
            var options = DBNConverter.Options()
            options.schema = DBNSchema(name: words[1])
            let csv = try text { try DBNConverter.csv(file: file + ".dbn", options: options, write: $0) }
            #expect(firstDifference(csv, try FileBytes.readText(file + ".csv")) == nil, "\(line)")
            let json = try text { try DBNConverter.json(file: file + ".dbn", options: options, write: $0) }
            #expect(firstDifference(json, try FileBytes.readText(file + ".json")) == nil, "\(line)")
            for part in json.split(separator: "\n") { _ = try JSONParser.parse(String(part)) }
        }
    }

    private func expectTable(_ reference: String, _ file: String, _ options: DBNConverter.Options) throws {
        let columns = try DBNConverter.columns(file: file, options: options)
        var cells = columns.map { _ in [String]() }
        try DBNConverter.tables(file: file, options: options) { table in
            #expect(table.schema == columns)
            for (index, column) in table.columns.enumerated() { cells[index] += TableText.cells(column) }
        }
        let lines = try FileBytes.readText(reference).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.map { $0[0] } == columns.map(\.name), "\(reference)")
        for (index, line) in lines.enumerated() where index < cells.count {
            #expect(Array(line.dropFirst(2)) == cells[index], "\(reference) \(line[0])")
            // pandas gives an empty frame types of its own.
            if line.count > 2 { #expect(line[1] == TableText.name(columns[index].type), "\(reference) \(line[0])") }
        }
    }

    @Test func metadataEqualsTheReference() throws {
        let files = DBNSamples.vectors.compactMap { SharedData.path("dbn/" + $0) }
        let lines = try Oracle.run(script: "dbn_oracle.py", arguments: ["metadata"] + files).split(separator: "\n")
        #expect(lines.count == files.count)
        for (file, line) in zip(files, lines) {
            let ours = try CanonicalJSON.text(TableText.metadata(try DBNReader(path: file).metadata))
            #expect(ours == (try CanonicalJSON.text(JSONParser.parse(String(line)))), "\(file)")
        }
    }

    @Test(arguments: [false, true]) func reencodedTradesAreTheSameToTheReference(compress: Bool) throws {
        let folder = try TemporaryFolder("dbn")
        for name in [
            "dbn/test_data.trades.v3.dbn.zst", "es/esh4-20231225.trades.dbn.zst", "equities/spy-20131007.trades.dbn.zst",
        ] {
            let source = try #require(SharedData.path(name))
            let reader = try DBNReader(path: source)
            guard reader.metadata.version == 3 else { continue }
            let writer = try DBNWriter(path: folder.file("copy.dbn"), metadata: reader.metadata, compress: compress)
            try reader.forEachTradeBlock { try writer.append($0) }
            try writer.finish()
            let answer = try Oracle.run(script: "dbn_oracle.py", arguments: ["same", source, folder.file("copy.dbn")])
            #expect(answer == "{\"equal\": true, \"metadata\": true, \"records\": \(writer.count)}\n", "\(name)")
        }
    }

    private func text(_ convert: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) rethrows -> String {
        var bytes: [UInt8] = []
        try convert { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first line that differs, for a message of bearable length.
    private func firstDifference(_ ours: String, _ reference: String) -> String? {
        if ours == reference { return nil }
        let (a, b) = (ours.split(separator: "\n"), reference.split(separator: "\n"))
        for index in 0..<max(a.count, b.count) {
            let (left, right) = (index < a.count ? String(a[index]) : "-", index < b.count ? String(b[index]) : "-")
            if left != right { return "line \(index + 1):\n\(left)\n\(right)" }
        }
        return "line ends"
    }
}
