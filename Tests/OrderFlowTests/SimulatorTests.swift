import Market
import OrderFlow
import Primitives
import Testing

/// The simulator's stylised facts.
struct SimulatorTests {
    static let parameters = SimulationParameters(
        seed: 42, startDate: CivilDate(year: 2024, month: 3, day: 7) ?? CivilDate(daysSinceEpoch: 0), days: 3,
        tradesPerDay: 30_000)
    static let trades = (try? OrderFlowSimulator.trades(parameters)) ?? []

    static func sessions() throws -> [TradingSession] {
        let start = parameters.startDate
        return Array(try SessionCalendars.cmeEquity.sessions(in: start...(start + 10)).prefix(parameters.days))
    }

    @Test func sameSeedSameBytes() throws {
        let again = try OrderFlowSimulator.trades(Self.parameters)
        #expect(Self.trades == again)
        var other = Self.parameters
        other.seed = 43
        #expect(try OrderFlowSimulator.trades(other) != again)
    }

    @Test func blocksChangeNothing() throws {
        var simulator = try OrderFlowSimulator(parameters: Self.parameters)
        var collected: [RawTrade] = []
        var random = SeededGenerator(seed: 5)
        while true {
            let size = 1 + Int(random.next() % 3_000)
            let block = UnsafeMutableBufferPointer<RawTrade>.allocate(capacity: size)
            defer { block.deallocate() }
            let count = try simulator.fill(block)
            if count == 0 { break }
            collected.append(contentsOf: block[..<count])
        }
        #expect(collected == Self.trades)
    }

    @Test func tradesLieInTheSessionsInOrder() throws {
        let sessions = try Self.sessions()
        #expect(zip(Self.trades, Self.trades.dropFirst()).allSatisfy { $0.tsEvent <= $1.tsEvent && $0.tsRecv <= $1.tsRecv })
        #expect(
            Self.trades.allSatisfy {
                $0.tsRecv > $0.tsEvent && $0.action == UInt8(ascii: "T") && $0.length == 12 && $0.rtype == 0
            })
        var counts = [Int](repeating: 0, count: sessions.count)
        for trade in Self.trades {
            if let index = sessions.firstIndex(where: { trade.time >= $0.fullOpen && trade.time < $0.fullClose }) {
                counts[index] += 1
            }
        }
        #expect(counts.reduce(0, +) == Self.trades.count)
        // Self-excitation makes the number itself vary, but not by a seventh at this size.
        for count in counts { #expect((26_000...34_000).contains(count), "\(counts)") }
    }

    @Test func pricesAreOnTheTickGridAndDoNotRunAway() throws {
        #expect(Self.trades.allSatisfy { $0.price % 250_000_000 == 0 && $0.size >= 1 && $0.size <= 2_000 })
        for session in try Self.sessions() {
            let prices = Self.trades.filter { $0.time >= session.fullOpen && $0.time < session.fullClose }.map {
                Double($0.price) / 1e9
            }
            let high = try #require(prices.max())
            let low = try #require(prices.min())
            // The range of a random walk with 1 % a day is seldom below 0.5 % or above 4 %.
            #expect((0.003...0.05).contains((high - low) / low), "\(session.tradeDate): \(low) to \(high)")
        }
        // A calm market over half a year stays near its start: 1 % * sqrt(125) = 11 %, so 50 % is beyond four deviations.
        var long = Self.parameters
        long.days = 125
        long.tradesPerDay = 500
        let last = try #require(OrderFlowSimulator.trades(long).last)
        #expect((2_400...7_200).contains(Double(last.price) / 1e9))
    }

    @Test func signsHaveLongMemory() {
        let signs = Self.trades.map { Double($0.aggressor.deltaSign) }
        func autocorrelation(_ lag: Int) -> Double {
            zip(signs, signs.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / Double(signs.count - lag)
        }
        let values = (1...10).map(autocorrelation)
        #expect(values.allSatisfy { $0 > 0.02 }, "\(values)")
        #expect(autocorrelation(1) > autocorrelation(10) && autocorrelation(100) > 0.005, "\(values) \(autocorrelation(100))")
    }

    @Test func volumeIsUShaped() throws {
        var halfHours = [Int](repeating: 0, count: 13)
        var night = 0
        for session in try Self.sessions() {
            for trade in Self.trades where trade.time >= session.fullOpen && trade.time < session.fullClose {
                let offset = trade.time - session.regularOpen
                if offset >= 0, offset < 13 * 30 * UnixNanos.perMinute {
                    halfHours[Int(offset / (30 * UnixNanos.perMinute))] += 1
                } else if offset < 0 {
                    night += 1
                }
            }
        }
        let trough = try #require(halfHours.min())
        #expect(halfHours[0] > 2 * trough && halfHours[12] > 2 * trough, "\(halfHours)")
        #expect(halfHours.firstIndex(of: trough).map { (5...8).contains($0) } == true, "\(halfHours)")
        #expect(night > 0 && night < halfHours.reduce(0, +) / 2, "\(night)")
    }

    @Test func arrivalsCluster() throws {
        // Trades per second over the busiest hour: a Poisson stream has variance equal to mean.
        let session = try Self.sessions()[0]
        var counts = [Double](repeating: 0, count: 3_600)
        for trade in Self.trades where trade.time >= session.regularOpen && trade.time < session.regularOpen + UnixNanos.perHour {
            counts[Int((trade.time - session.regularOpen) / UnixNanos.perSecond)] += 1
        }
        let mean = counts.reduce(0, +) / 3_600
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3_600
        #expect(variance > 2 * mean, "variance \(variance), mean \(mean)")
    }

    @Test func bidAskBounceShows() {
        // Price changes between consecutive orders reverse more often than they continue.
        var orders: [Int64] = []
        for (trade, next) in zip(Self.trades, Self.trades.dropFirst()) where trade.tsEvent != next.tsEvent {
            orders.append(trade.price)
        }
        let changes = zip(orders.dropFirst(), orders).map { Double($0 - $1) / 250_000_000 }
        let covariance = zip(changes, changes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(changes.count)
        #expect(covariance < 0, "\(covariance)")
    }

    @Test func shortSessionsHaveFewerTradesAndHolidaysNone() throws {
        var parameters = Self.parameters
        parameters.startDate = try #require(CivilDate("2024-11-28"))  // Thanksgiving: closes at 12:00, and the next day at 12:15
        parameters.days = 3
        let trades = try OrderFlowSimulator.trades(parameters)
        let dates = try trades.map { try SessionCalendars.cmeEquity.segment(at: $0.time).tradeDate.description }
        let counts = Dictionary(grouping: dates) { $0 }.mapValues(\.count)
        #expect(counts.keys.sorted() == ["2024-11-28", "2024-11-29", "2024-12-02"])
        #expect((counts["2024-11-28"] ?? 0) < 23_000 && (counts["2024-12-02"] ?? 0) > 25_000, "\(counts)")
        parameters.startDate = try #require(CivilDate("2023-12-23"))
        parameters.days = 1
        let first = try #require(OrderFlowSimulator.trades(parameters).first)
        #expect(first.time == UnixNanos(iso8601: "2023-12-25T23:00:00Z"))
    }

    @Test func parametersAreChecked() {
        var parameters = Self.parameters
        parameters.days = 0
        #expect(throws: SimulationError.outOfRange(parameter: "days", value: 0)) {
            try OrderFlowSimulator(parameters: parameters)
        }
        parameters = Self.parameters
        parameters.startPrice = -1
        #expect(throws: SimulationError.outOfRange(parameter: "startPrice", value: -1)) {
            try OrderFlowSimulator(parameters: parameters)
        }
        parameters = Self.parameters
        parameters.startDate = CivilDate(daysSinceEpoch: 0)
        #expect(throws: CalendarError.self) { try OrderFlowSimulator(parameters: parameters) }
    }
}
