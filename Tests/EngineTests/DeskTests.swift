import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

/// A desk with one instrument, and a label at which its bar is 10, 12, 9, 11.
private func withDesk(_ change: (inout DeskRules) -> Void = { _ in }, _ body: (inout Desk, MarketSlice) throws -> Void) throws {
    var rules = DeskRules(EngineConfiguration(), assets: ["A"])
    change(&rules)
    var desk = Desk(
        account: Account(initialCash: 1000, instruments: [Account.Instrument(asset: "A")], policy: AccountPolicy()), rules: rules)
    try [10.0, 12, 9, 11, 100].withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        let slice = MarketSlice(
            time: UnixNanos(0), index: 0, count: 1, open: start, high: start + 1, low: start + 2, close: start + 3,
            volume: start + 4)
        try body(&desk, slice)
    }
}

private func execution(_ quantity: Double, at price: Double, isAtOpen: Bool) -> Desk.Execution {
    Desk.Execution(
        quantity: quantity, price: price, reference: price, slippage: 0, commission: 0, source: isAtOpen ? .open : .close,
        isAtOpen: isAtOpen)
}

@Suite struct DeskTests {
    @Test func anOrderWaitsForTheNextLabelUnlessItIsImmediate() throws {
        try withDesk { desk, slice in
            desk.submit(0, delta: 2, at: slice)
            var terms = Desk.Terms()
            terms.isImmediate = true
            desk.submit(0, delta: -1, at: slice, terms: terms)
            #expect(desk.orders.map(\.eligibleIndex) == [1, 0])
            #expect(desk.orders.map(\.signedQuantity) == [2, -1])
        }
    }

    @Test func theSmallestOrderIsARule() throws {
        try withDesk { desk, slice in #expect(desk.submit(0, delta: 1e-9, at: slice) == nil) }
        try withDesk({ $0.smallestOrder = 0 }) { desk, slice in
            #expect(desk.submit(0, delta: 1e-9, at: slice) == 1)
            #expect(desk.submit(0, delta: 0, at: slice) == nil)
        }
    }

    /// What fills at the open happened at the label, everything else when the bar was known.
    @Test func fillsCarryTheTimeOfTheirPrice() throws {
        try withDesk { desk, slice in
            var slice = slice
            slice.closeTime = UnixNanos(60)
            desk.submit(0, delta: 2, at: slice)
            desk.book(0, execution(2, at: 10, isAtOpen: true), at: slice)
            desk.sweep()
            desk.submit(0, delta: -2, at: slice)
            desk.book(0, execution(2, at: 11, isAtOpen: false), at: slice)
            desk.record(slice)
            let recording = try desk.recording()
            #expect(recording.fills.map(\.time.rawValue) == [0, 60])
            #expect(recording.fills.map(\.decisionTime.rawValue) == [60, 60])
            #expect(recording.trades.map(\.entryTime.rawValue) == [0] && recording.trades.map(\.exitTime.rawValue) == [60])
            #expect(recording.equity.map(\.equity) == [1002])
        }
    }

    /// The account recorded twice at one label has one point, the later one.
    @Test func aLabelHasOnePoint() throws {
        try withDesk { desk, slice in
            desk.record(slice)
            desk.account.move(cash: -100)
            desk.record(slice)
            let recording = try desk.recording()
            #expect(recording.equity.map(\.equity) == [900])
        }
    }

    @Test func anAccountWithNothingLeftIsRuined() throws {
        try withDesk { desk, slice in
            desk.account.move(cash: -1000)
            desk.record(slice)
            #expect(throws: ApusError.self) { try desk.checkRuin(run: "r", at: slice.time) }
            #expect(throws: ApusError.self) { try desk.recording() }
        }
    }
}
