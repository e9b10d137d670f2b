import Backtesting
import Contracts
import Lake
import Primitives

/// Reads target weights in long form, sorted by time, one set after the other.
final class WeightFile {
    private let lane: PanelLane
    private let weightColumn: Int
    private let assets: [String]
    private var last = Int64.min
    private var seen: [Int64]

    /// - Parameter assets: of the prices.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.type`, `data.column`.
    init(_ path: String, feed: EngineConfiguration.Feed, assets: [String]) throws {
        let source = try ScanSource(path)
        let columns = try PanelColumns(source, feed, [("weight", "strategy.type", .number)])
        guard columns.assetColumn != nil || assets.count == 1 else {
            throw ApusError(
                "data.column", "the file names no asset and the prices have several",
                context: ["file": path, "columns": source.columnNames.joined(separator: ", ")])
        }
        lane = PanelLane(
            path: path, scan: try source.scan(columns.requests), assets: columns.assetColumn.map { _ in AssetMap(assets) })
        weightColumn = columns.index(0)
        self.assets = assets
        seen = Array(repeating: .min, count: assets.count)
    }

    /// The next set; nil after the last.
    /// - Throws: `ApusError` `data.order`, `data.timestamp`, `data.duplicate`, `data.asset`, `data.weight` naming file and row.
    func next() throws -> WeightSet? {
        if lane.isSpent { try lane.load() }
        let time = lane.upcoming
        if time == PanelLane.ended { return nil }
        guard time > last else { throw lane.disorder() }
        last = time
        var set = WeightSet(time: UnixNanos(time))
        repeat {
            lane.take(base: 0)
            try append(lane.placed(), to: &set)
            if lane.isSpent { try lane.load() }
        } while lane.upcoming == time
        return set
    }

    private func append(_ rows: Range<Int>, to set: inout WeightSet) throws {
        let weights = lane.scan.numbers(weightColumn)
        for row in rows {
            let weight = weights[row]
            if weight.isInfinite { throw lane.error("data.weight", "the weight is not finite", at: row, column: "weight") }
            let cell = lane.cells[row]
            if cell == PanelLane.nowhere {
                // A portfolio without the asset would be another one.
                if weight.isNaN || weight == 0 { continue }
                throw lane.error("data.asset", "the prices have no such asset", at: row)
            }
            guard seen[Int(cell)] != last else {
                throw lane.error("data.duplicate", "a second row for the same timestamp and asset", at: row)
            }
            seen[Int(cell)] = last
            set.instruments.append(cell)
            set.weights.append(weight)
        }
    }
}
