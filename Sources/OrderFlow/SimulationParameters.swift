public import Primitives

/// A simulated futures market. The defaults resemble the E-mini S&P 500.
public struct SimulationParameters: Hashable, Sendable {
    /// Everything random follows from it.
    public var seed: UInt64
    /// The first trade date; where it has no session, the next one that has.
    public var startDate: CivilDate
    /// Trading days, >= 1.
    public var days: Int
    /// Expected trades in a full session, >= 1; a shortened session has fewer in proportion.
    public var tradesPerDay: Int
    public var symbol: String
    public var instrumentID: UInt32
    /// In currency, > 0; rounded to the tick grid.
    public var startPrice: Double
    /// In 1e-9 of the currency, > 0.
    public var tickSize: Int64
    /// Standard deviation of a full session's log return, a fraction in 0 ... 0.2.
    public var dailyVolatility: Double

    public init(
        seed: UInt64 = 1, startDate: CivilDate, days: Int = 1, tradesPerDay: Int = 400_000, symbol: String = "ESH4",
        instrumentID: UInt32 = 17_077, startPrice: Double = 4_800, tickSize: Int64 = 250_000_000, dailyVolatility: Double = 0.01
    ) {
        self.seed = seed
        self.startDate = startDate
        self.days = days
        self.tradesPerDay = tradesPerDay
        self.symbol = symbol
        self.instrumentID = instrumentID
        self.startPrice = startPrice
        self.tickSize = tickSize
        self.dailyVolatility = dailyVolatility
    }

    func check() throws {
        func demand(_ holds: Bool, _ name: String, _ value: Double) throws {
            if !holds { throw SimulationError.outOfRange(parameter: name, value: value) }
        }
        try demand(days >= 1, "days", Double(days))
        try demand((1...100_000_000).contains(tradesPerDay), "tradesPerDay", Double(tradesPerDay))
        try demand(startPrice > 0 && startPrice < 1e9, "startPrice", startPrice)
        try demand(tickSize >= 1 && Double(tickSize) / 1e9 <= startPrice, "tickSize", Double(tickSize))
        try demand((0...0.2).contains(dailyVolatility), "dailyVolatility", dailyVolatility)
    }
}

public enum SimulationError: Error, Equatable, CustomStringConvertible {
    case outOfRange(parameter: String, value: Double)

    public var description: String {
        switch self {
        case .outOfRange(let parameter, let value): "simulation parameter \(parameter) is out of range: \(value)"
        }
    }
}
