import Primitives
import TestKit
import Testing

@Suite struct UnixNanosTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999999Z", -1),
        ("2023-12-25T23:00:00.105900877Z", 1_703_545_200_105_900_877),
        ("2001-09-09T01:46:40Z", 1_000_000_000_000_000_000), ("2024-02-29T12:34:56.789Z", 1_709_210_096_789_000_000),
        ("2024-02-29T12:34:56.000001Z", 1_709_210_096_000_001_000), ("2262-04-11T23:47:16.854775807Z", Int64.max),
        ("1677-09-21T00:12:43.145224192Z", Int64.min),
    ])
    func knownInstants(_ text: String, _ nanos: Int64) {
        #expect(UnixNanos(nanos).description == text)
        #expect(UnixNanos(iso8601: text) == UnixNanos(nanos))
    }

    @Test(arguments: [
        ("2024-03-10", "2024-03-10T00:00:00Z"), ("2024-03-10 09:30", "2024-03-10T09:30:00Z"),
        ("2024-03-10T09:30:15.5-05:00", "2024-03-10T14:30:15.500Z"), ("2024-01-01T00:30+01:00", "2023-12-31T23:30:00Z"),
        ("2024-01-01T00:30:00+0530", "2023-12-31T19:00:00Z"), ("2024-01-01T00:00:00.123456789", "2024-01-01T00:00:00.123456789Z"),
    ])
    func otherFormsAreRead(_ text: String, _ expected: String) {
        #expect(UnixNanos(iso8601: text)?.description == expected)
    }

    @Test(arguments: [
        "", "2024-03-10T", "2024-03-10T9:30", "2024-03-10T24:00", "2024-03-10T23:60", "2024-03-10T23:59:60",
        "2024-03-10T23:59:59.",
        "2024-03-10T23:59:59.1234567890", "2024-03-10T09:30Zx", "2024-03-10T09:30+5", "2024-03-10T09:30+24:00",
        "2024-02-30T09:30",
        "2262-04-11T23:47:16.854775808Z", "1677-09-21T00:12:43.145224191Z", "9999-12-31", "0001-01-01",
    ])
    func otherTextsAreNil(_ text: String) { #expect(UnixNanos(iso8601: text) == nil) }

    @Test func datesOutOfRangeAreNil() throws {
        #expect(UnixNanos(exactly: try #require(CivilDate("2262-04-12"))) == nil)
        #expect(UnixNanos(exactly: try #require(CivilDate("1677-09-21"))) == nil)
        #expect(UnixNanos(exactly: try #require(CivilDate("2262-04-11")))?.description == "2262-04-11T00:00:00Z")
    }

    @Test func tenThousandInstantsRoundTrip() {
        var generator = SeededGenerator(seed: 20_240_101)
        for _ in 0..<10_000 {
            var raw = Int64.random(in: .min ... .max, using: &generator)
            // A third each with whole microseconds, milliseconds, nanoseconds.
            raw -= raw % [1, 1_000, 1_000_000][Int(generator.next() % 3)]
            let instant = UnixNanos(raw)
            #expect(UnixNanos(iso8601: instant.description) == instant, "seed 20240101: \(raw)")
            #expect((0..<UnixNanos.perDay).contains(instant.nanosOfDay))
            if let midnight = UnixNanos(exactly: instant.utcDate) { #expect(midnight + instant.nanosOfDay == instant) }
            let micros = instant.microseconds
            #expect((0..<1_000).contains(Int128(raw) - Int128(micros) * 1_000), "microseconds round toward the past: \(raw)")
        }
    }

    @Test func arithmeticAndOrder() throws {
        let a = try #require(UnixNanos(iso8601: "2024-01-01T00:00:00Z"))
        #expect(a + UnixNanos.perDay - a == UnixNanos.perDay)
        #expect(a - 1 < a && a < a + 1)
        #expect((a - 1).utcDate.description == "2023-12-31")
        #expect((a + 36_610 * UnixNanos.perSecond).compactDescription == "20240101T101010Z")
        #expect(Int64(-7).flooredDivision(by: 3) == -3)
        #expect(Int64(7).flooredDivision(by: 3) == 2)
        #expect(Int64(-6).flooredDivision(by: 3) == -2)
    }

    @Test(.enabled(if: Oracle.isInstalled)) func agreesWithPython() throws {
        var generator = SeededGenerator(seed: 11)
        let nanos = (0..<2_000).map { _ in Int64.random(in: .min ... .max, using: &generator) }
        let text = try Oracle.run(
            script: "primitives.py", arguments: ["times"], input: nanos.map(String.init).joined(separator: "\n"))
        #expect(text.split(separator: "\n").map(String.init) == nanos.map { UnixNanos($0).description })
    }
}
