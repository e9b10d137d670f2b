internal import Glibc
import Market
import Primitives

/// Daily series with the columns of the real ones, for a demonstration without them. The same bytes every time.
public enum SimulatedSeries {
    /// Treasury yields of the US equity market's sessions from 1990 to March 2017, fractions: a level that returns to 4 % and a
    /// slope that returns to 2 %.
    public static func treasury() throws -> String {
        let maturities: [(name: String, years: Double)] = [
            ("1month", 1.0 / 12), ("3month", 0.25), ("6month", 0.5), ("1year", 1), ("2year", 2), ("3year", 3), ("5year", 5),
            ("7year", 7), ("10year", 10), ("20year", 20), ("30year", 30),
        ]
        let calendar = try SessionCalendars.named("US_EQUITY")
        var random = SeededGenerator(seed: 1990)
        var (level, slope) = (0.08, 0.002)
        var lines = ["Time Period," + maturities.map(\.name).joined(separator: ",")]
        for date in try days(from: "1990-01-02", through: "2017-03-29") where try calendar.session(on: date) != nil {
            level = max(0.016, level + 0.0004 * (0.04 - level) + 0.0006 * random.nextNormal())
            slope += 0.002 * (0.02 - slope) + 0.0004 * random.nextNormal()
            let yields = maturities.map { max(0.0001, level - slope * (exp(-$0.years / 3) - exp(-10.0 / 3))) }
            lines.append("\(date) 00:00:00+00:00," + yields.map { decimals($0, 4) }.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Flows into US mutual funds in the weeks that end on the Wednesdays from October 2011 to 2024, million USD. Parts add up to
    /// their totals.
    public static func flows() throws -> String {
        var random = SeededGenerator(seed: 2011)
        var lines = ["Date,Total Equity,Domestic Equity,World Equity,Hybrid,Total Bond,Taxable Bond,Municipal Bond,Total"]
        var drift = -2_000.0
        for (index, date) in try days(from: "2011-10-05", through: "2024-12-31").enumerated() where index % 7 == 0 {
            drift = 0.9 * drift - 200 + 1_500 * random.nextNormal()
            func amount(_ mean: Double, _ deviation: Double) -> Int { Int((mean + deviation * random.nextNormal()).rounded()) }
            let (domestic, world, hybrid) = (amount(drift, 2_500), amount(500, 1_200), amount(100, 600))
            let (taxable, municipal) = (amount(3_000, 2_500), amount(300, 500))
            let (equity, bond) = (domestic + world, taxable + municipal)
            let cells = [equity, domestic, world, hybrid, bond, taxable, municipal, equity + hybrid + bond]
            lines.append("\(date)," + cells.map(String.init).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func days(from first: String, through last: String) throws -> [CivilDate] {
        guard let first = CivilDate(first), let last = CivilDate(last) else { return [] }
        return (0...Int(last.daysSinceEpoch - first.daysSinceEpoch)).map { first + $0 }
    }

    /// `0.0794`, for a value from 0 to below 1.
    private static func decimals(_ value: Double, _ count: Int) -> String {
        let digits = String(Int((value * pow(10, Double(count))).rounded()))
        return "0." + String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
