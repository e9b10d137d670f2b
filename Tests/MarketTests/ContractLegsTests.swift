import Market
import Primitives
import TestKit
import Testing

struct ContractLegsTests {
    private static func schedule() throws -> RollSchedule {
        let codes = ["ESU13", "ESZ13", "ESH14"]
        let contracts = try codes.map { try FuturesContract($0) }
        let rolls = zip(contracts, contracts.dropFirst()).enumerated().map { index, pair in
            Roll(
                from: pair.0, to: pair.1, reason: .calendar, decided: nil, session: CivilDate(daysSinceEpoch: 1),
                time: UnixNanos(Int64(100 * (index + 1))), oldPrice: 1700 + Double(index), newPrice: 1690 + Double(index))
        }
        return RollSchedule(rule: .volume(sessions: 1, lag: 0), first: contracts[0], rolls: rolls)
    }

    /// `time contract quantity reason price`.
    private static func text(_ targets: [(Int64, Double)], until: Int64 = .max) throws -> [String] {
        try schedule().legs(
            for: targets.map { ContinuousTarget(time: UnixNanos($0.0), position: $0.1) }, until: UnixNanos(until)
        ).map {
            "\($0.time.rawValue) \($0.contract) \($0.quantity) \($0.reason.rawValue) \($0.price.map { "\($0)" } ?? "-")"
        }
    }

    @Test func aPositionIsCarriedOver() throws {
        #expect(
            try Self.text([(50, 2), (150, -1), (250, 0)]) == [
                "50 ESU13 2.0 target -", "100 ESU13 -2.0 roll_close 1700.0", "100 ESZ13 2.0 roll_open 1690.0",
                "150 ESZ13 -3.0 target -", "200 ESZ13 1.0 roll_close 1701.0", "200 ESH14 -1.0 roll_open 1691.0",
                "250 ESH14 1.0 target -",
            ])
    }

    @Test func aChangeAtTheRollIsOneTradeEach() throws {
        #expect(
            try Self.text([(50, 2), (100, 5), (200, 0)]) == [
                "50 ESU13 2.0 target -", "100 ESU13 -2.0 roll_close 1700.0", "100 ESZ13 5.0 roll_open 1690.0",
                "200 ESZ13 -5.0 roll_close 1701.0",
            ])
        // A position that begins with the roll is a new one.
        #expect(try Self.text([(100, 3), (120, 0)]) == ["100 ESZ13 3.0 target -", "120 ESZ13 -3.0 target -"])
    }

    @Test func noPositionNoTradesAndAnEnd() throws {
        #expect(try Self.text([]).isEmpty)
        #expect(try Self.text([(10, 0), (120, 0)]).isEmpty)
        #expect(try Self.text([(50, 1)], until: 99) == ["50 ESU13 1.0 target -"])
        #expect(try Self.text([(50, 1)], until: 100).count == 3)
        #expect(try Self.text([(50, 1), (60, 1), (70, 1)], until: 80).count == 1)
    }
}
