import Contracts
import Market
import Primitives

/// Bars of several instruments on one time axis: every label of any of them, with nothing where an instrument has no bar.
struct MergedLanes {
    struct Label: Hashable {
        let time: UnixNanos
        let close: UnixNanos
        let tradeDate: CivilDate
        let sessionClose: UnixNanos
    }

    let labels: [Label]
    /// Of every lane: its bar at each label.
    private let rows: [[Int?]]

    /// - Parameter assets: names of the lanes, for errors.
    /// - Throws: `ApusError` `run.lanes` where bars of different instruments overlap without being of the same time: what was
    ///   known when a decision was made would not follow from the labels.
    init(_ lanes: [BarLane], assets: [String]) throws {
        guard lanes.count != 1 else {
            labels = lanes[0].bars.indices.map { Self.label(lanes[0], $0) }
            rows = [lanes[0].bars.indices.map { $0 }]
            return
        }
        var next = Array(repeating: 0, count: lanes.count)
        var labels: [Label] = []
        var rows: [[Int?]] = Array(repeating: [], count: lanes.count)
        while true {
            let waiting = lanes.indices.filter { next[$0] < lanes[$0].bars.count }
            guard let first = waiting.min(by: { lanes[$0].bars[next[$0]].openTime < lanes[$1].bars[next[$1]].openTime }) else {
                break
            }
            let label = Self.label(lanes[first], next[first])
            if let last = labels.last, label.time < last.close { throw Self.overlap(assets[first], label) }
            for lane in lanes.indices {
                guard next[lane] < lanes[lane].bars.count, lanes[lane].bars[next[lane]].openTime == label.time else {
                    rows[lane].append(nil)
                    continue
                }
                guard Self.label(lanes[lane], next[lane]) == label else { throw Self.overlap(assets[lane], label) }
                rows[lane].append(next[lane])
                next[lane] += 1
            }
            labels.append(label)
        }
        self.labels = labels
        self.rows = rows
    }

    private static func label(_ lane: BarLane, _ row: Int) -> Label {
        Label(
            time: lane.bars[row].openTime, close: lane.bars[row].closeTime, tradeDate: lane.tradeDates[row],
            sessionClose: lane.sessionCloses[row])
    }

    private static func overlap(_ asset: String, _ label: Label) -> ApusError {
        ApusError(
            "run.lanes", "instruments of one backtest have bars that begin and end together, or one after the other",
            context: ["instrument": asset, "time": label.time.description])
    }

    /// Label by label the value of each lane's bar, NaN without one.
    /// - Parameter values: of every lane, a value for each bar.
    func column(_ values: [[Double]]) -> [Double] {
        labels.indices.flatMap { label in rows.indices.map { lane in rows[lane][label].map { values[lane][$0] } ?? .nan } }
    }
}
