import Primitives
import TestKit
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11016, 2), ("2024-02-29", 19782, 4),
        ("1900-03-01", -25508, 4),
        ("2038-01-19", 24855, 2), ("0001-01-01", -719_162, 1), ("9999-12-31", 2_932_896, 5),
    ])
    func knownDates(_ text: String, _ days: Int, _ weekday: Int) throws {
        let date = try #require(CivilDate(text))
        #expect(date.daysSinceEpoch == Int32(days))
        #expect(date.isoWeekday == weekday)
        #expect(date.description == text)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00", "24-01-01", "2024-1-01",
        "2024-01-01 ", "+024-01-01",
        "2024/01/01", "", "2024-01", "2024-01-01-01", "２０２４-01-01", "0000-01-01",
    ])
    func impossibleDatesAreNil(_ text: String) { #expect(CivilDate(text) == nil) }

    @Test func everyDayOfEightCenturiesRoundTrips() throws {
        let first = try #require(CivilDate("1600-01-01")), last = try #require(CivilDate("2400-12-31"))
        var weekday = first.isoWeekday
        var date = first
        while date <= last {
            let (year, month, day) = date.components
            #expect(CivilDate(year: year, month: month, day: day) == date)
            #expect(date.isoWeekday == weekday)
            weekday = weekday % 7 + 1
            date = date + 1
        }
        #expect(last - first == 292_559)
    }

    @Test func addingMonthsClampsTheDay() throws {
        let january = try #require(CivilDate("2024-01-31"))
        #expect(january.adding(months: 1).description == "2024-02-29")
        #expect(january.adding(months: 13).description == "2025-02-28")
        #expect(january.adding(months: -2).description == "2023-11-30")
        #expect(january.adding(months: -13).description == "2022-12-31")
        #expect(january.adding(months: 0) == january)
    }

    @Test(.enabled(if: Oracle.isInstalled)) func agreesWithPython() throws {
        var generator = SeededGenerator(seed: 7)
        let days = (0..<10_000).map { _ in Int32.random(in: -719_162...2_932_896, using: &generator) }
        let text = try Oracle.run(
            script: "primitives.py", arguments: ["dates"], input: days.map(String.init).joined(separator: "\n"))
        let expected = text.split(separator: "\n").map(String.init)
        try #require(expected.count == days.count)
        for (day, line) in zip(days, expected) {
            let date = CivilDate(daysSinceEpoch: day)
            #expect("\(date.year) \(date.month) \(date.day) \(date.isoWeekday)" == line)
        }
    }
}
