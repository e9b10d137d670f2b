import Contracts
import Lake
import Primitives
import TestKit
import Testing

/// The files have the columns that docs/contracts lists, in that order.
@Suite struct ResultContractTests {
    private static let types: [String: ColumnType] = [
        "string": .string, "double": .double, "int32": .int32, "uint32": .uint32, "bool": .bool, "date": .date,
        "timestamp": .timestampMicros(utc: false),
    ]

    /// The rows of the table below the headline of a file.
    private func columns(of file: String, in page: String) throws -> [ColumnSpec] {
        let section = try #require(page.split(separator: "\n## \(file)\n").dropFirst().first)
        var specs: [ColumnSpec] = []
        for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { break }
            guard line.hasPrefix("| `") else { continue }
            let cells = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
            let type = try #require(Self.types[cells[1]], "\(line)")
            for name in cells[0].split(separator: ", ") {
                let isNullable = cells[2].hasPrefix("nullable:") || cells[2].hasPrefix("null:")
                specs.append(ColumnSpec(String(name.filter { $0 != "`" }), type, nullable: isNullable))
            }
        }
        return specs
    }

    @Test(arguments: [(ResultSchema.v1, "results.md", 15, 18), (.ml4t02, "results-ml4t.md", 33, 28)])
    func columnsAreThoseOfTheContract(schema: ResultSchema, page: String, trades: Int, fills: Int) throws {
        let text = try FileBytes.readText(PackageRoot.appending("docs/contracts/" + page))
        let folder = try TemporaryFolder("contract")
        var result = SampleResults.ml4t(seed: 1, bars: 30, trades: 5)
        if schema == .v1 { result.metrics["profit_factor"] = nil }
        try ResultFolder.write(result, manifest: [:], to: folder.file("run"), schema: schema)
        var files = ["trades", "equity", "daily_pnl", "fills"]
        if schema == .ml4t02 { files += ["portfolio_state", "rejected_orders"] }
        for file in files {
            let documented = try columns(of: file + ".parquet", in: text)
            #expect(try ParquetReader.schema(folder.file("run/\(file).parquet")) == documented, "\(file)")
        }
        #expect(try columns(of: "trades.parquet", in: text).count == trades)
        #expect(try columns(of: "fills.parquet", in: text).count == fills)
        for name in ResultFolder.fileNames(schema, hasPredictions: true) + [ResultFolder.manifestName] {
            #expect(text.contains("`\(name)`"), "\(name)")
        }
    }
}
