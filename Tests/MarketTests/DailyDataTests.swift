import Market
import Primitives
import TestKit
import Testing

/// Dates on which real daily series have values against the US_EQUITY sessions.
struct DailyDataTests {
    /// The S&P 500 traded on every session and on no other day, 1999-2018.
    @Test(.enabled(if: Oracle.isInstalled && SharedData.has("daily/sp500.csv.gz"))) func sp500DaysAreTheSessions() throws {
        let path = try #require(SharedData.path("daily/sp500.csv.gz"))
        let dates = try Oracle.run(script: "flow_dates.py", arguments: [path]).split(separator: "\n").compactMap {
            CivilDate(String($0))
        }
        try #require(dates.count == 5_031)
        let sessions = try SessionCalendars.usEquity.sessions(in: dates[0]...dates[dates.count - 1])
        #expect(sessions.map(\.tradeDate) == dates)
    }

    /// The VIX index since 1990. Its own exceptions are listed: CBOE published no value on four sessions; it did publish on one
    /// day of mourning and, since global trading hours, on the days when only its extended session runs.
    @Test(.enabled(if: SharedData.has("daily/vix-daily.csv"))) func vixDaysAreTheSessions() throws {
        let path = try #require(SharedData.path("daily/vix-daily.csv"))
        let dates = try FileBytes.readText(path).split(whereSeparator: \.isNewline).dropFirst().compactMap {
            CivilDate(String($0.prefix(10)))
        }
        try #require(dates.count > 9_000)
        let calendar = SessionCalendars.usEquity
        let sessions = Set(try calendar.sessions(in: dates[0]...dates[dates.count - 1]).map(\.tradeDate))
        let days = Set(dates)
        let missing = sessions.subtracting(days).sorted().map(\.description)
        #expect(missing == ["1991-03-01", "1997-01-31", "1997-11-26", "1999-12-31"])
        let extra = days.subtracting(sessions).sorted()
        #expect(extra.filter { $0.year < 2022 }.map(\.description) == ["2004-06-11"])
        #expect(extra.count == 33)
        // Each of the later ones is a weekday holiday on which CME's equity futures do trade.
        for date in extra where date.year >= 2022 {
            #expect(try SessionCalendars.cmeEquity.session(on: date) != nil, "\(date)")
        }
    }
}
