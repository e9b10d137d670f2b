import Contracts
import Ingest
import Market
import OrderFlow
import Pipeline
import Primitives
import TestKit

/// Small workspaces of the demo's kind: daily series since 2013 and simulated trades in several files.
enum WorkspaceFixture {
    static let series = ["sp500", "nasdaq", "vix", "wti", "default"]

    /// Whether scripts/bootstrap has put the daily series there.
    static let hasSeries = FileBytes.exists(PackageRoot.appending(".deps/arch-data/sp500.csv"))

    /// A workspace with filled inbox and nothing ingested. The ES trades are three simulated days, a file each; the quotes are
    /// some minutes.
    static func make(_ root: String) throws {
        _ = try WorkspaceTemplate.create(root)
        for name in series {
            let text = try FileBytes.readText(PackageRoot.appending(".deps/arch-data/\(name).csv"))
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            let kept =
                lines.prefix(1)
                + lines.dropFirst().filter { line in
                    let date = line.split(separator: ",")[0]
                    return (Int(date.split(separator: "/").last ?? "") ?? 0) >= 2013
                }
            try AtomicFile.write(kept.joined(separator: "\n") + "\n", to: "\(root)/inbox/\(name).csv")
        }
        try AtomicFile.write(try SimulatedSeries.treasury(), to: "\(root)/inbox/treasury.csv")
        try AtomicFile.write(try SimulatedSeries.flows(), to: "\(root)/inbox/flows.csv")
        for (index, day) in ["2023-12-26", "2023-12-27", "2023-12-28"].enumerated() {
            guard let start = CivilDate(day) else { continue }
            _ = try Simulation.write(
                SimulationParameters(seed: UInt64(index + 1), startDate: start, tradesPerDay: 3_000),
                to: "\(root)/inbox/es/day\(index).dbn.zst")
        }
        try quotes(to: "\(root)/inbox/es_quotes/night.dbn.zst")
    }

    private static func quotes(to path: String) throws {
        guard let start = CivilDate("2024-07-02") else { return }
        let parameters = SimulationParameters(
            seed: 4, startDate: start, tradesPerDay: 60_000, symbol: "ESU4", instrumentID: 118, startPrice: 5_500)
        var simulator = try QuoteSimulator(parameters: parameters)
        let empty = RawQuote(instrumentID: 0, tsEvent: 0, tsRecv: 0, action: 0, bidPrice: 0, askPrice: 0, bidSize: 0, askSize: 0)
        var quotes = [RawQuote](repeating: empty, count: 3_000)
        _ = try quotes.withUnsafeMutableBufferPointer { try simulator.fill($0) }
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: .mbp1, start: quotes[0].time, symbols: ["ESU4"])
        metadata.mappings = [
            DBNSymbolMapping(
                rawSymbol: "ESU4", intervals: [DBNMappingInterval(start: start + -1, end: start + 2, symbol: "118")])
        ]
        let writer = try DBNWriter(path: path, metadata: metadata, compress: true)
        try writer.append(quotes)
        try writer.finish()
    }

    /// Path and sha256 of every file that is a result: all but the database, the log and the snapshot with its time in the name.
    static func digests(_ root: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for path in files(root + "/data") where !path.contains("/duckdb/") && !path.contains("/logs/") {
            found[String(path.dropFirst(root.utf8.count))] = try Digest.ofFile(path).hex
        }
        return found
    }

    /// Path and sha256 of every file of a workspace.
    static func allDigests(_ root: String) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try files(root).map { ($0, try Digest.ofFile($0).hex) })
    }

    private static func files(_ folder: String) -> [String] {
        Folder.names(in: folder).flatMap { name in
            let path = folder + "/" + name
            return Folder.isFolder(path) ? files(path) : [path]
        }
    }
}
