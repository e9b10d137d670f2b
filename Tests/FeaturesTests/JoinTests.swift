import Primitives
import Testing

@testable import Features

/// How rows of several sources stand beside each other.
struct JoinTests {
    private static func series(_ name: String, _ labels: [Int64], known: [Int64], values: [Double]? = nil) -> Series {
        Series(
            name: name, labels: labels.map { UnixNanos($0) }, values: values ?? labels.map { Double($0) },
            availableAt: known.map { UnixNanos($0) })
    }

    /// A holiday's row becomes known with that of the next session. A row behind them, which only one column has, pairs them no
    /// other way.
    @Test func whatBecomesKnownTogetherIsPairedInOrder() throws {
        let labels: [Int64] = [12, 13, 16, 17, 18, 19], known: [Int64] = [12, 13, 17, 17, 18, 19]
        let a = Self.series("a", labels, known: known)
        let same = try FeatureRows.join([a, Self.series("b", labels, known: known)])
        let shorter = try FeatureRows.join([a, Self.series("b", Array(labels.dropLast()), known: Array(known.dropLast()))])
        #expect(same.columns[1] == [12, 13, 16, 17, 18, 19])
        #expect(shorter.columns[1] == [12, 13, 16, 17, 18, 18])
    }

    /// Of rows that become known together, those that are all labelled later are taken too: they are known.
    @Test func aLaterLabelIsNoReasonToWait() throws {
        let bars = Self.series("bars", [0, 10, 20], known: [10, 20, 30])
        let events = Self.series("events", [5, 20, 31], known: [5, 20, 31])
        #expect(try FeatureRows.join([bars, events]).columns[1] == [5, 20, 20])
        let batch = Self.series("batch", [12, 14, 16], known: [20, 20, 20])
        #expect(try FeatureRows.join([bars, batch]).columns[1] == [16, 16], "ten is before them all, twenty behind")
    }

    /// A row is known when all before it are: what is computed from them is not earlier.
    @Test func aRowWaitsForThoseBeforeIt() throws {
        let a = Self.series("a", [1, 2, 3], known: [5, 4, 6])
        #expect(try FeatureRows.join([a]).availableAt.map(\.rawValue) == [5, 5, 6])
        #expect(try FeatureRows.join([a, Self.series("b", [1, 2, 3], known: [5, 4, 6])]).columns[1] == [1, 2, 3])
    }

    /// Whatever is appended, the rows that were known stay as they are.
    @Test func nothingThatFollowsChangesARow() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            // Labels of one grid with gaps; known at the end of a week of three to seven days.
            func source(_ name: String, _ week: Int64) -> Series {
                let labels = (0..<60).filter { _ in random.nextUnit() < 0.8 }.map { Int64($0) }
                return Self.series(name, labels, known: labels.map { ($0 / week + 1) * week })
            }
            let week = Int64(random.next() % 5 + 3)
            let sources = [source("a", week), source("b", week), source("c", Int64(random.next() % 4 + 1))]
            let whole = try FeatureRows.join(sources)
            for time in stride(from: Int64(0), to: 66, by: 1) {
                let part = try FeatureRows.join(sources.map { $0.known(at: UnixNanos(time)) })
                let rows = whole.availableAt.prefix { $0.rawValue <= time }.count
                #expect(part.count == rows)
                for column in part.columns.indices {
                    #expect(part.columns[column] == Array(whole.columns[column].prefix(rows)))
                }
            }
        }
    }
}
