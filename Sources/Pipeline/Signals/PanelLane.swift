import Lake
import Primitives

/// One file on its way into panels: it hands out its rows time by time and says where in the panel each goes.
///
/// Rows are placed one by one but copied batch by batch: `flush` is called with the rows that were placed since the last time.
final class PanelLane {
    let path: String
    let scan: ColumnScan
    /// The cell of the panel that each row of the batch goes to; `nowhere` for one that is left out.
    let cells: UnsafeMutablePointer<Int32>
    static let nowhere: Int32 = -1

    private(set) var ignoredRows = 0
    private var position = 0
    private var firstPlaced = 0
    private var last = Int64.min
    private var isLoaded = false
    /// The panel's asset for each label of this file; nil for a file without an asset column.
    private let assets: AssetMap?

    init(path: String, scan: ColumnScan, assets: AssetMap?) {
        self.path = path
        self.scan = scan
        self.assets = assets
        cells = .allocate(capacity: ColumnScan.batchSize)
    }

    deinit { cells.deallocate() }

    /// The time of the next row; nil at the end. The first column of a scan is the time.
    /// - Throws: `ApusError` `data.order`, `data.timestamp` with the row.
    @inline(__always)
    func nextTime(flush: (Range<Int>) throws -> Void) throws -> Int64? {
        if position == scan.count || !isLoaded { guard try advance(flush) else { return nil } }
        let time = scan.times(0)[position]
        guard time > last else { throw disorder(time) }
        return time
    }

    /// Places all rows of that time: asset `a` goes to the cell `base + a`.
    func take(_ time: Int64, base: Int, flush: (Range<Int>) throws -> Void) throws {
        last = time
        while true {
            let (times, count) = (scan.times(0), scan.count)
            if let assets {
                let ordinals = scan.ordinals(1)
                while position < count, times[position] == time {
                    guard ordinals[position] != UInt64(ColumnScan.nullText) else {
                        throw error("data.asset", "the asset is null", at: position)
                    }
                    let asset = assets[Int(ordinals[position]), scan]
                    if asset >= 0 {
                        cells[position] = Int32(truncatingIfNeeded: base) + asset
                    } else {
                        cells[position] = Self.nowhere
                        ignoredRows += 1
                    }
                    position += 1
                }
            } else {
                while position < count, times[position] == time {
                    cells[position] = Int32(truncatingIfNeeded: base)
                    position += 1
                }
            }
            guard position == count, try advance(flush), scan.times(0)[0] == time else { return }
        }
    }

    /// Hands over what is placed: before the panel is used, and before another batch replaces this one.
    func finish(_ flush: (Range<Int>) throws -> Void) throws {
        if firstPlaced < position { try flush(firstPlaced..<position) }
        firstPlaced = position
    }

    func error(_ code: String, _ message: String, at index: Int, column: String? = nil) -> ApusError {
        let row = "\(scan.row + index)"
        guard let column else { return ApusError(code, message, context: ["file": path, "row": row]) }
        return ApusError(code, message, context: ["file": path, "row": row, "column": column])
    }

    private func advance(_ flush: (Range<Int>) throws -> Void) throws -> Bool {
        try finish(flush)
        isLoaded = true
        let isMore = try scan.next()
        position = 0
        firstPlaced = 0
        return isMore
    }

    private func disorder(_ time: Int64) -> ApusError {
        if time == ColumnScan.nullTime { return error("data.timestamp", "the timestamp is null", at: position) }
        return error("data.order", "the rows are not sorted by timestamp", at: position)
    }
}

/// Which asset of the panel a label of a file is.
final class AssetMap {
    private let ordinals: [String: Int32]
    private var byLabel: [Int32] = []

    init(_ assets: [String]) {
        ordinals = Dictionary(assets.enumerated().map { ($0.element, Int32($0.offset)) }, uniquingKeysWith: { first, _ in first })
    }

    /// -1 for one that is not in the panel.
    @inline(__always)
    subscript(label: Int, scan: ColumnScan) -> Int32 {
        if label >= byLabel.count { extend(scan) }
        return byLabel[label]
    }

    private func extend(_ scan: ColumnScan) {
        let labels = scan.labels(1)
        for index in byLabel.count..<labels.count { byLabel.append(ordinals[labels[index]] ?? -1) }
    }
}
