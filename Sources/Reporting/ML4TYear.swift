import Contracts
import Primitives

/// How ml4t-backtest 0.2.0 turns figures per bar into figures per year, from its configuration.
struct ML4TYear {
    let initialCash: Double
    /// Trading days a year.
    let daysPerYear: Double
    /// From the configuration; nil where it says nothing, so that the bars themselves decide.
    private let declared: Double?
    /// Years are counted in bars instead of elapsed time.
    private let countsBars: Bool

    init(_ configuration: JSONValue) {
        let section = configuration["calendar"]
        let feed = configuration["feed"]
        initialCash = configuration["cash"]?["initial"]?.doubleValue ?? 100_000
        let calendar = Self.calendar(configuration)
        let frequency = section?["data_frequency"]?.stringValue ?? feed?["data_frequency"]?.stringValue ?? "daily"
        countsBars = Self.version(configuration) == 2 && calendar == nil
        daysPerYear = calendar.flatMap { Self.calendars[$0.uppercased()]?.days } ?? Self.tradingDays
        declared =
            section?["periods_per_year"]?.doubleValue
            ?? (countsBars ? Self.tradingDays : Self.periods(frequency, calendar))
    }

    private static func version(_ configuration: JSONValue) -> Int64 {
        configuration["calendar"]?["time_contract_version"]?.intValue ?? 1
    }

    /// The name of the calendar; one that is left out is New York's since version 2 of the time contract, and none before.
    static func calendar(_ configuration: JSONValue) -> String? {
        let named = configuration["calendar"]?["calendar"] ?? configuration["feed"]?["calendar"]
        return named == nil && version(configuration) == 2 ? "NYSE" : named?.stringValue
    }

    private static let tradingDays = 252.0
    private static let secondsPerYear = 365.25 * 86_400

    /// Bars a year: declared, or as many as the elapsed time suggests.
    func periodsPerYear(_ curve: CurveSummary) -> Double {
        if let declared { return declared }
        guard let seconds = elapsed(curve) else { return Self.tradingDays }
        return Double(curve.count - 1) * Self.secondsPerYear / seconds
    }

    func years(_ curve: CurveSummary) -> Double {
        if countsBars { return Double(max(curve.count - 1, 0)) / periodsPerYear(curve) }
        return elapsed(curve).map { $0 / Self.secondsPerYear } ?? Double(curve.count) / Self.tradingDays
    }

    private func elapsed(_ curve: CurveSummary) -> Double? {
        guard let first = curve.firstTime, let last = curve.lastTime, last > first else { return nil }
        return Double(last - first) / Double(UnixNanos.perSecond)
    }

    private static func periods(_ frequency: String, _ calendar: String?) -> Double? {
        let known = calendar.flatMap { calendars[$0.uppercased()] }
        let days = known?.days ?? tradingDays
        guard frequency != "daily" else { return days }
        let minutes = ["1h": 60.0, "30m": 30, "15m": 15, "5m": 5, "1m": 1]
        return minutes[frequency].map { days * ((known?.minutes ?? 390) / $0) }
    }

    /// Sessions a year and minutes of one, as ml4t-backtest has them for exchange names of pandas_market_calendars.
    private static let calendars: [String: (days: Double, minutes: Double)] = [
        "CRYPTO": (365, 1440), "ALWAYS_OPEN": (365, 1440), "NYSE": (252, 390), "NASDAQ": (252, 390), "CME_EQUITY": (252, 1380),
        "CME_AGRICULTURE": (252, 1055), "LSE": (253, 510), "XETRA": (252, 510), "TSX": (252, 390), "HKEX": (252, 330),
        "JPX": (245, 300), "CBOT_BOND": (259, 1380), "CME_BOND": (259, 1380), "CME_RATE": (259, 1380), "CFE": (252, 405),
        "EUREX": (256, 840), "ICEUS": (259, 1319), "US_FUTURES": (259, 1440), "24/7": (366, 1440), "24/5": (262, 1440),
        "SIFMA_US": (250, 630),
    ]
}
