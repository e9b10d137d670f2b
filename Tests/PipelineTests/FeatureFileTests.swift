import Contracts
import Features
import Glibc
import Lake
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// Features of a plain table: `apus features compute`.
struct FeatureFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func table(rows: Int) throws -> (path: String, closes: [Double]) {
        var random = SeededGenerator(seed: 4)
        var close = 100.0
        let closes = (0..<rows).map { row -> Double in
            close *= 1 + 0.001 * random.nextNormal()
            return row == 700 ? .nan : close
        }
        let path = folder.path + "/bars.parquet"
        try ParquetWriter.write(
            Table([
                Column(
                    ColumnSpec("ts", .timestampMicros(utc: true)), .ints((0..<Int64(rows)).map { $0 * 60_000_000 })),
                Column(ColumnSpec("close", .double), .doubles(closes)),
            ]), to: path)
        return (path, closes)
    }

    private func compute(_ specification: String, of data: String) throws -> Table {
        let spec = folder.path + "/features.yaml"
        try AtomicFile.write(specification, to: spec)
        let output = folder.path + "/features.parquet"
        _ = try FeatureFile.compute(data: data, specification: spec, output: output)
        return try ParquetReader.table(output)
    }

    /// Blocks of the file are one stream: the columns are those of one kernel over the whole table.
    @Test func columnsAreThoseOfTheKernels() throws {
        let (data, closes) = try table(rows: 20_000)
        let result = try compute(
            """
            features:
              - {id: rsi_14, transform: rsi, inputs: [close]}
              - {id: rsi_z, transform: zscore, inputs: [rsi_14], parameters: {window: 50}}
              - {id: spread, transform: difference, inputs: [rsi_14, rsi_z]}
              - {id: level_z, transform: level, inputs: [close], normalize: "zscore:30"}
            """, of: data)
        #expect(result.columns.map(\.spec.name) == ["ts", "rsi_14", "rsi_z", "spread", "level_z"])
        func run(_ name: String, _ parameters: [String: JSONValue], _ column: [Double]) throws -> [Double] {
            var kernel = try #require(TransformCatalogue.named(name)).makeKernel(parameters)
            return kernel.apply([column])
        }
        let rsi = try run("rsi", [:], closes), z = try run("zscore", ["window": 50], rsi)
        let expected = [rsi, z, zip(rsi, z).map { $0 - $1 }, try run("zscore", ["window": 30], closes)]
        for (column, values) in zip(result.columns.dropFirst(), expected) {
            #expect(zip(column.doubles, values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(column.spec.name)")
            #expect(column.validity?[700] == false || column.spec.name == "ts", "\(column.spec.name)")
        }
    }

    @Test(arguments: [
        ("features: [{id: a, transform: rsy, inputs: [close]}]", "features[0].transform", "did you mean rsi?"),
        ("features: [{id: a, transform: rsi, inputs: [clsoe]}]", "features[0].inputs", "did you mean close?"),
        ("features: [{id: a, transform: rsi, inputs: [close], parameters: {windw: 3}}]", "features[0]", "windw"),
        ("features: [{id: a, transform: atr}]", "features[0].inputs", "high is no column"),
        ("features: [{id: a, transform: day_of_week}]", "features[0].transform", "calendar"),
        (
            "features: [{id: a, transform: level, inputs: [close]}, {id: a, transform: level, inputs: [close]}]",
            "features[1].id", "taken"
        ),
        ("time: when\nfeatures: [{id: a, transform: level, inputs: [close]}]", "time", "when"),
        ("fetures: []", "features", "required"),
    ])
    func aMistakeIsAnErrorThatNamesItsPlace(_ text: String, _ key: String, _ words: String) throws {
        let (data, _) = try table(rows: 50)
        let error = try #require(throws: ApusError.self) { _ = try compute(text, of: data) }
        #expect(error.code == "features.spec" && error.context.contains { $0.key == "key" && $0.value == key }, "\(error)")
        #expect("\(error)".contains(words), "\(error)")
        #expect(!FileBytes.exists(folder.path + "/features.parquet"))
    }

    /// A feature may be called like a column: it and those before it read the column, those behind it the feature.
    @Test func aFeatureHidesTheColumnOfItsNameFromThoseBehindIt() throws {
        let (data, closes) = try table(rows: 200)
        let result = try compute(
            """
            features:
              - {id: before, transform: level, inputs: [close]}
              - {id: close, transform: momentum, inputs: [close], parameters: {window: 5}}
              - {id: after, transform: level, inputs: [close]}
            """, of: data)
        let columns = result.columns.dropFirst().map(\.doubles)
        #expect(columns[0] == closes)
        #expect(columns[1].count == 200 && abs(columns[1][10] - (closes[10] / closes[5] - 1)) < 1e-12)
        #expect(zip(columns[1], columns[2]).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }

    /// What is read is never replaced, whatever its path is called.
    @Test func anInputIsNotReplaced() throws {
        let (data, _) = try table(rows: 50)
        let before = try Digest.ofFile(data)
        let spec = folder.path + "/features.yaml"
        try AtomicFile.write("features: [{id: a, transform: level, inputs: [close]}]", to: spec)
        let link = folder.path + "/link.parquet"
        #expect(symlink(data, link) == 0)
        for output in [data, link, spec, folder.path + "/./bars.parquet"] {
            let error = try #require(throws: ApusError.self) {
                _ = try FeatureFile.compute(data: data, specification: spec, output: output)
            }
            #expect(error.code == "input.overwrite", "\(error)")
        }
        #expect(try Digest.ofFile(data) == before)
        // Through the link too, from the other side.
        #expect(throws: ApusError.self) { _ = try FeatureFile.compute(data: link, specification: spec, output: data) }
        _ = try FeatureFile.compute(data: link, specification: spec, output: folder.path + "/out.parquet")
    }

    /// The row and both times are named, also where the mistake lies between two blocks of the file.
    @Test(arguments: [(1, 0), (40, -3), (65_536, 0), (65_536, -9), (65_537, 0)])
    func rowsOutOfOrderAreRefused(_ row: Int, _ step: Int) throws {
        var times = (0..<66_000).map { Int64($0) * 60_000_000 }
        times[row] = times[row - 1] + Int64(step) * 60_000_000
        let path = folder.path + "/bars.parquet"
        try ParquetWriter.write(
            Table([
                Column(ColumnSpec("ts", .timestampMicros(utc: true)), .ints(times)),
                Column(ColumnSpec("close", .double), .doubles(times.map(Double.init))),
            ]), to: path)
        let error = try #require(throws: ApusError.self) {
            _ = try compute("features: [{id: a, transform: level, inputs: [close]}]", of: path)
        }
        let context = Dictionary(uniqueKeysWithValues: error.context.map { ($0.key, $0.value) })
        #expect(error.code == "data.order" && context["file"] == path && context["row"] == "\(row)", "\(error)")
        #expect(context["time"] == UnixNanos(times[row] * 1_000).description, "\(error)")
        #expect(context["time before"] == UnixNanos(times[row - 1] * 1_000).description, "\(error)")
        #expect(!FileBytes.exists(folder.path + "/features.parquet"))
    }
}
