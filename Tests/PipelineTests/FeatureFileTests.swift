import Contracts
import Features
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
}
