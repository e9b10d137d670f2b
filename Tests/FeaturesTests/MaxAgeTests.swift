import Contracts
import Primitives
import Testing

@testable import Features

/// What is older than `max_age` is missing, when rows are joined and when a decision reads.
struct MaxAgeTests {
    private static let hour = UnixNanos.perHour

    private static func series(_ name: String, _ hours: [Int64], late: Int64 = 0) -> Series {
        let labels = hours.map { UnixNanos($0 * hour) }
        return Series(
            name: name, labels: labels, values: hours.map { Double($0) }, availableAt: labels.map { $0 + late * hour })
    }

    private static func bits(_ rows: FeatureRows) -> [[UInt64]] {
        [rows.labels, rows.availableAt].map { $0.map { UInt64(bitPattern: $0.rawValue) } }
            + rows.columns.map { $0.map(\.bitPattern) }
    }

    @Test func aJoinedValueThatIsTooOldIsMissing() throws {
        let bars = Self.series("bars", Array(0..<12)), feed = Self.series("feed", [0, 1, 2, 9], late: 1)
        let any = try FeatureRows.join([bars, feed])
        #expect(any.columns[1] == [0, 1, 2, 2, 2, 2, 2, 2, 2, 9, 9])
        let age = try #require(DataAge("180m"))
        let fresh = try FeatureRows.join([bars, feed], maxAge: age.nanos)
        // The last value before the gap was known at 3 h and may be read until 6 h, that instant included.
        #expect(fresh.columns[1].map { $0.isNaN ? -1 : $0 } == [0, 1, 2, 2, 2, 2, -1, -1, -1, 9, 9])
        #expect(fresh.columns[0] == any.columns[0] && fresh.labels == any.labels)
        let dropped = try fresh.applying(.drop, feature: "f")
        #expect(dropped.count == 8 && !dropped.columns[1].contains { $0.isNaN })
        #expect(throws: FeatureError.missingValue(feature: "f", label: UnixNanos(7 * Self.hour))) {
            try fresh.applying(.error, feature: "f")
        }
    }

    /// Row by row, as a live feed adds them, the joined rows are the same.
    @Test func growingSourcesGiveTheSameRows() throws {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<50 {
            let feed = (0..<200).filter { _ in random.nextUnit() < 0.2 }.map { Int64($0) }
            let sources = [Self.series("bars", Array(0..<200)), Self.series("feed", [0] + feed.drop { $0 == 0 }, late: 2)]
            let age = Int64(random.next() % 9 + 1) * Self.hour
            let whole = try FeatureRows.join(sources, maxAge: age)
            #expect(whole.columns[1].contains { $0.isNaN })
            for _ in 0..<10 {
                let time = UnixNanos(Int64(random.next() % 200) * Self.hour)
                let part = try FeatureRows.join(sources.map { $0.known(at: time) }, maxAge: age)
                let rows = whole.availableAt.prefix { $0 <= time }.count
                let beginning = FeatureRows(
                    labels: Array(whole.labels.prefix(rows)), availableAt: Array(whole.availableAt.prefix(rows)),
                    columns: whole.columns.map { Array($0.prefix(rows)) })
                #expect(Self.bits(part) == Self.bits(beginning))
            }
        }
    }

    @Test func aDecisionReadsNothingThatIsTooOld() throws {
        let feature = Feature(id: "f", lagRows: nil, maxAge: DataAge("2d"), series: Self.series("x", [0, 24, 48]))
        func read(_ hours: Int64) throws -> Double {
            try feature.value(decisionTime: UnixNanos(hours * Self.hour), label: UnixNanos(hours * Self.hour))
        }
        #expect(try read(50) == 48 && read(96) == 48)
        #expect(try read(97).isNaN)
        // Who asks for a row by its distance means that row, however old it is.
        let lagged = Feature(id: "f", lagRows: 2, maxAge: DataAge("1h"), series: Self.series("x", [0, 24, 48]))
        #expect(try lagged.value(decisionTime: UnixNanos(96 * Self.hour), label: UnixNanos(96 * Self.hour)) == 0)
    }

    @Test func agesAreWrittenWithAUnit() {
        #expect(DataAge("90s")?.nanos == 90_000_000_000 && DataAge("4d")?.nanos == 4 * UnixNanos.perDay)
        #expect(DataAge("3650d") != nil && DataAge("36h")?.description == "36h")
        for text in ["", "d", "3", "0d", "-1d", "1.5h", "3651d", "99999999999999999999s", "3 d", "3w", "+3d"] {
            #expect(DataAge(text) == nil, "\(text)")
        }
    }
}
