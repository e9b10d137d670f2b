import Lake
import Primitives

/// One file on its way into panels: it hands out its rows time by time and says where in the panel each goes.
///
/// Rows are placed one by one but copied batch by batch: where `isSpent`, the reader copies the rows of `placed` and calls
/// `load`.
final class PanelLane {
    let path: String
    let scan: ColumnScan
    /// The cell of the panel that each row of the batch goes to; `nowhere` for one that is left out.
    let cells: UnsafeMutablePointer<Int32>
    static let nowhere: Int32 = -1
    /// `upcoming` after the last row.
    static let ended = Int64.max

    /// The time of the next row, not yet checked; meaningless where `isSpent`.
    @exclusivity(unchecked) private(set) var upcoming = ended
    @exclusivity(unchecked) private(set) var isSpent = true
    private(set) var ignoredRows = 0
    @exclusivity(unchecked) private var position = 0
    @exclusivity(unchecked) private var count = 0
    private var firstPlaced = 0
    @exclusivity(unchecked) private var times = UnsafeBufferPointer<Int64>(start: nil, count: 0)
    @exclusivity(unchecked) private var ordinals = UnsafeBufferPointer<UInt64>(start: nil, count: 0)
    /// The panel's asset for each label of this file; nil for a file without an asset column.
    private let assets: AssetMap?

    init(path: String, scan: ColumnScan, assets: AssetMap?) {
        self.path = path
        self.scan = scan
        self.assets = assets
        cells = .allocate(capacity: ColumnScan.batchSize)
    }

    deinit { cells.deallocate() }

    /// Reads the next batch. The first column of a scan is the time, the second the asset where there is one.
    func load() throws {
        isSpent = false
        (position, firstPlaced) = (0, 0)
        guard try scan.next() else {
            (upcoming, count) = (Self.ended, 0)
            return
        }
        count = scan.count
        times = scan.times(0)
        upcoming = times[0]
        if let assets {
            ordinals = scan.ordinals(1)
            assets.extend(scan)
            if let index = ordinals.firstIndex(of: UInt64(ColumnScan.nullText)) {
                throw error("data.asset", "the asset is null", at: index)
            }
        }
    }

    /// Places the batch's rows of the upcoming time: asset `a` goes to the cell `base + a`.
    @inline(__always)
    func take(base: Int32) {
        let time = upcoming
        var row = position
        repeat {
            if let assets {
                let asset = assets[ordinals[row]]
                if asset < 0 { ignoredRows += 1 }
                cells[row] = asset < 0 ? Self.nowhere : base + asset
            } else {
                cells[row] = base
            }
            row += 1
        } while row < count && times[row] == time
        position = row
        if row < count { upcoming = times[row] } else { isSpent = true }
    }

    /// The rows that were placed and not yet asked for.
    func placed() -> Range<Int> {
        defer { firstPlaced = position }
        return firstPlaced..<position
    }

    func error(_ code: String, _ message: String, at index: Int, column: String? = nil) -> ApusError {
        let row = "\(scan.row + index)"
        let time = time(index)
        guard let column else { return ApusError(code, message, context: ["file": path, "row": row, "timestamp": time]) }
        return ApusError(code, message, context: ["file": path, "row": row, "timestamp": time, "column": column])
    }

    /// Of a row of the batch, for people.
    func time(_ index: Int) -> String {
        let time = scan.times(0)[index]
        return time == ColumnScan.nullTime ? "null" : UnixNanos(time).description
    }

    /// What is wrong with an upcoming time that is not later than the one before.
    func disorder() -> ApusError {
        if upcoming == ColumnScan.nullTime { return error("data.timestamp", "the timestamp is null", at: position) }
        return error("data.order", "the rows are not sorted by timestamp", at: position)
    }
}

/// Which asset of the panel a label of a file is.
final class AssetMap {
    private let ordinals: [String: Int32]
    @exclusivity(unchecked) private var byLabel: [Int32] = []

    init(_ assets: [String]) {
        ordinals = Dictionary(assets.enumerated().map { ($0.element, Int32($0.offset)) }, uniquingKeysWith: { first, _ in first })
    }

    /// -1 for one that is not in the panel.
    @inline(__always)
    subscript(label: UInt64) -> Int32 { byLabel[Int(label)] }

    func extend(_ scan: ColumnScan) {
        let labels = scan.labels(1)
        for index in byLabel.count..<labels.count { byLabel.append(ordinals[labels[index]] ?? -1) }
    }
}
