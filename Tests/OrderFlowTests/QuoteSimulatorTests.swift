import Market
import OrderFlow
import Primitives
import Testing

struct QuoteSimulatorTests {
    private static func quotes(_ parameters: SimulationParameters, block: Int = 1_000) throws -> [RawQuote] {
        var simulator = try QuoteSimulator(parameters: parameters)
        var all: [RawQuote] = []
        let empty = RawQuote(instrumentID: 0, tsEvent: 0, tsRecv: 0, action: 0, bidPrice: 0, askPrice: 0, bidSize: 0, askSize: 0)
        var buffer = [RawQuote](repeating: empty, count: block)
        while true {
            let count = try buffer.withUnsafeMutableBufferPointer { try simulator.fill($0) }
            if count == 0 { return all }
            all += buffer[..<count]
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func theTradesAreInTheBook(seed: UInt64) throws {
        let parameters = SimulationParameters(
            seed: seed, startDate: try #require(CivilDate("2024-01-09")), days: 2, tradesPerDay: 4_000)
        let quotes = try Self.quotes(parameters)
        #expect(try Self.quotes(parameters, block: 7) == quotes, "blocks change nothing")
        let trades = try OrderFlowSimulator.trades(parameters)
        let found = quotes.filter { $0.action == UInt8(ascii: "T") }
        #expect(found.map(\.tsEvent) == trades.map(\.tsEvent) && found.map(\.price) == trades.map(\.price))
        #expect(found.map(\.size) == trades.map(\.size) && found.map(\.side) == trades.map(\.side))
        #expect(quotes.count > 4 * trades.count && quotes.count < 9 * trades.count)
        #expect(zip(quotes, quotes.dropFirst()).allSatisfy { $0.tsRecv <= $1.tsRecv })
        // Every trade meets the side that it takes from, and the book is never crossed.
        #expect(found.dropFirst().allSatisfy { $0.side == 78 || $0.price == ($0.side == 66 ? $0.askPrice : $0.bidPrice) })
        let two = quotes.filter { $0.bidPrice != RawQuote.noPrice && $0.askPrice != RawQuote.noPrice }
        #expect(two.allSatisfy { $0.bidPrice < $0.askPrice && $0.bidSize > 0 && $0.askSize > 0 } && two.count > quotes.count - 5)
    }
}
