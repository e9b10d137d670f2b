public import Market
import Primitives

/// Makes the trades of a futures market: seeded, session aware, the same bytes for the same parameters.
///
/// - Arrivals: aggressive orders come as a self-exciting process (Hawkes, exponential kernel, simulated exactly after Dassios
///   and Zhao, 2013) in expected-event time, mapped to the clock by the intraday profile.
/// - Signs: orders are slices of larger ones whose lengths have a Pareto tail, so signs have long memory (Lillo, Mike and
///   Farmer, 2005).
/// - Price: a latent efficient price moves by noise and by the unexpected part of each sign; buys trade at the tick above
///   it, sells at the tick below, which makes the bid-ask bounce.
/// - Prints: an order fills against one or several resting orders at one time stamp, so stamps tie as real ones do.
public struct OrderFlowSimulator {
    public let parameters: SimulationParameters
    private let calendar: any SessionCalendar
    private var random: SeededGenerator
    private var daysLeft: Int
    private var nextSession: TradingSession
    private var profile: IntradayProfile?

    private var arrivals = SelfExcitingArrivals()
    private var signs: MetaorderSigns
    /// Expected events so far in the session.
    private var events = 0.0
    /// Latent price in ticks.
    private var latent: Double
    /// Standard deviation of the latent price per event, ticks.
    private var noise = 0.0
    private var impact = 0.0

    /// The order being printed.
    private var printsLeft = 0
    private var template: RawTrade
    private var lastReceived: UInt64 = 0

    /// Prints of an order, on average: 1 + 0.3 / 0.7.
    private static let meanPrints = 1 / 0.7
    private static let flagLast: UInt8 = 128

    /// - Throws: `SimulationError.outOfRange`, `CalendarError.outsideCoverage`.
    public init(parameters: SimulationParameters, calendar: any SessionCalendar = SessionCalendars.cmeEquity) throws {
        try parameters.check()
        self.parameters = parameters
        self.calendar = calendar
        random = SeededGenerator(seed: parameters.seed)
        signs = MetaorderSigns(random: &random)
        daysLeft = parameters.days
        nextSession = try calendar.session(on: parameters.startDate) ?? calendar.nextSession(after: parameters.startDate)
        latent = (parameters.startPrice * 1e9 / Double(parameters.tickSize)).rounded() + 0.5
        template = RawTrade(
            publisherID: 1, instrumentID: parameters.instrumentID, tsEvent: 0, price: 0, size: 0,
            side: AggressorSide.unknown.rawValue)
    }

    /// Writes the next trades and returns how many; 0 when all days are done.
    /// - Throws: `CalendarError.outsideCoverage` where the days run past the calendar's end.
    public mutating func fill(_ buffer: UnsafeMutableBufferPointer<RawTrade>) throws -> Int {
        var count = 0
        while count < buffer.count {
            if printsLeft == 0 {
                guard try nextOrder() else { break }
            }
            buffer[count] = nextPrint()
            count += 1
        }
        return count
    }

    /// All trades of all days; 48 bytes each.
    public static func trades(
        _ parameters: SimulationParameters, calendar: any SessionCalendar = SessionCalendars.cmeEquity
    ) throws -> [RawTrade] {
        var simulator = try OrderFlowSimulator(parameters: parameters, calendar: calendar)
        var all: [RawTrade] = []
        let empty = RawTrade(instrumentID: 0, tsEvent: 0, price: 0, size: 0, side: 0)
        var block = [RawTrade](repeating: empty, count: 65_536)
        while true {
            let count = try block.withUnsafeMutableBufferPointer { try simulator.fill($0) }
            if count == 0 { return all }
            all.append(contentsOf: block[..<count])
        }
    }

    // MARK: orders

    /// Starts the next aggressive order, in the next session where this one is over. False at the end.
    private mutating func nextOrder() throws -> Bool {
        while true {
            if profile == nil {
                guard daysLeft > 0 else { return false }
                try beginSession()
                return true
            }
            events += arrivals.nextGap(&random)
            guard var current = profile, events < current.total else {
                profile = nil
                continue
            }
            let time = current.instant(after: events)
            profile = current
            startOrder(at: time)
            return true
        }
    }

    /// The session opens with one print of the auction, which has no aggressor.
    private mutating func beginSession() throws {
        let session = nextSession
        daysLeft -= 1
        if daysLeft > 0 { nextSession = try calendar.nextSession(after: session.tradeDate) }
        let eventsPerDay = max(1, Double(parameters.tradesPerDay) / Self.meanPrints)
        profile = IntradayProfile(session: session, calendar: calendar, eventsPerDay: eventsPerDay)
        arrivals = SelfExcitingArrivals()
        events = 0
        let perEvent = parameters.dailyVolatility * latent / eventsPerDay.squareRoot()
        noise = perEvent * 0.8
        impact = perEvent * 0.6
        template.tsEvent = UInt64(session.fullOpen.rawValue)
        template.side = AggressorSide.unknown.rawValue
        template.price = Int64(latent.rounded(.down)) * parameters.tickSize
        printsLeft = 1
    }

    private mutating func startOrder(at time: Int64) {
        let sign = signs.next(&random)
        latent = max(1.5, latent + noise * random.nextNormal() + impact * signs.surprise)
        let bid = Int64(latent.rounded(.down))
        template.tsEvent = UInt64(time)
        template.side = (sign > 0 ? AggressorSide.buy : .sell).rawValue
        template.price = (sign > 0 ? bid + 1 : bid) * parameters.tickSize
        printsLeft = 1
        while printsLeft < 20, random.nextUnit() < 0.3 { printsLeft += 1 }
    }

    private mutating func nextPrint() -> RawTrade {
        printsLeft -= 1
        template.size = nextSize()
        template.sequence &+= 1
        template.flags = printsLeft == 0 ? Self.flagLast : 0
        // 60 to 126 microseconds between matching engine and capture; never out of order.
        let delay = 60_000 + random.next() >> 48
        lastReceived = max(lastReceived, template.tsEvent + delay)
        template.tsRecv = lastReceived
        template.tsInDelta = Int32(12_000 + random.next() >> 52)
        return template
    }

    /// Mostly one lot, some round sizes, and a Pareto tail with exponent 1.6.
    private mutating func nextSize() -> UInt32 {
        let u = random.nextUnit()
        switch u {
        case ..<0.56: return 1
        case ..<0.72: return 2
        case ..<0.79: return 3
        case ..<0.83: return 5
        case ..<0.86: return 10
        default:
            let tail = Double.maximum(random.nextUnit(), 1e-9)
            return UInt32(min(2_000, 2 * power(tail, -1 / 1.6)))
        }
    }
}
