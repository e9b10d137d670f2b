import Market
import Primitives
import TestKit
import Testing

struct TimeZoneTests {
    static func utc(_ text: String) throws -> UnixNanos { try #require(UnixNanos(iso8601: text)) }
    static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    @Test(arguments: [
        // Clock changes of each rule, in UTC: one nanosecond before and at the change.
        (USTimeZone.newYork, "1986-04-27T07:00:00Z", -5, -4), (.newYork, "1986-10-26T06:00:00Z", -4, -5),
        (.newYork, "1987-04-05T07:00:00Z", -5, -4), (.newYork, "2006-10-29T06:00:00Z", -4, -5),
        (.newYork, "2007-03-11T07:00:00Z", -5, -4), (.newYork, "2024-11-03T06:00:00Z", -4, -5),
        (.chicago, "2006-04-02T08:00:00Z", -6, -5), (.chicago, "2024-03-10T08:00:00Z", -6, -5),
        (.chicago, "2026-11-01T07:00:00Z", -5, -6),
    ]) func changesAtTwoInTheMorning(zone: USTimeZone, text: String, before: Int64, after: Int64) throws {
        let change = try Self.utc(text)
        #expect(zone.offset(at: change - 1) == before * UnixNanos.perHour)
        #expect(zone.offset(at: change) == after * UnixNanos.perHour)
    }

    @Test func wallClockToInstant() throws {
        let hour = UnixNanos.perHour
        #expect(
            USTimeZone.chicago.instant(on: try Self.date("2023-12-26"), nanosOfDay: -7 * hour)
                == (try Self.utc("2023-12-25T23:00Z")))
        #expect(
            USTimeZone.newYork.instant(on: try Self.date("2013-10-07"), nanosOfDay: 4 * hour)
                == (try Self.utc("2013-10-07T08:00Z")))
        // 01:30 occurs twice on 2024-11-03: the first, daylight one. 02:30 does not exist on 2024-03-10.
        let half = hour / 2
        #expect(
            USTimeZone.chicago.instant(on: try Self.date("2024-11-03"), nanosOfDay: hour + half)
                == (try Self.utc("2024-11-03T06:30Z")))
        #expect(
            USTimeZone.chicago.instant(on: try Self.date("2024-03-10"), nanosOfDay: 2 * hour + half)
                == (try Self.utc("2024-03-10T08:30Z")))
    }

    /// Every hour of 1990-2029 against the tz database that ships with Python or the system.
    @Test(.enabled(if: Oracle.isInstalled)) func offsetsEqualTheTZDatabase() throws {
        for zone in USTimeZone.allCases {
            let lines = try Oracle.run(script: "flow_zone.py", arguments: [zone.rawValue]).split(separator: "\n")
            let changes = try lines.map { line in
                let parts = line.split(separator: " ")
                return (time: try #require(Int64(parts[0])), offset: try #require(Int64(parts[1])))
            }
            try #require(changes.count == 81)
            var next = 0
            var expected: Int64 = 0
            for hour in stride(from: changes[0].time, to: 1_893_456_000, by: 3_600) {
                while next < changes.count, changes[next].time <= hour {
                    expected = changes[next].offset
                    next += 1
                }
                let offset = zone.offset(at: UnixNanos(hour * UnixNanos.perSecond)) / UnixNanos.perSecond
                if offset != expected {
                    Issue.record("\(zone.rawValue) at \(hour): \(offset) instead of \(expected)")
                    return
                }
            }
        }
    }
}
