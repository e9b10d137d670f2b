import Contracts
import Market
import Portfolio
import Primitives
import Testing

/// The example of docs/concepts/accounts.md: ten units at 100 EUR, sold at 110 EUR, in an account of USD.
@Suite struct ConversionTests {
    private static func day(_ label: Int) -> UnixNanos { SignalScenario.time(label, step: UnixNanos.perDay) }

    private static func rate(_ label: Int, _ value: Double, knownAt: Int? = nil) -> AccountSchedule.Rate {
        AccountSchedule.Rate(time: day(label), availableTime: knownAt.map { day($0) }, currency: "EUR", rate: value)
    }

    private static let rates = [rate(0, 1.10), rate(2, 1.20), rate(3, 1.25)]

    private func run(_ instrument: [String: JSONValue] = [:], _ rates: [AccountSchedule.Rate] = rates) throws -> BacktestRecording
    {
        try SignalScenario(
            configuration: [
                "account": ["allow_leverage": .bool(instrument["initial_margin"] != nil)], "cash": ["initial": 10_000],
                "strategy": ["type": "long_signal", "shares": 10],
                "apus": [
                    "conversion": ["file": "rates.csv"],
                    "instruments": ["A": .object(instrument.merging(["currency": "EUR"]) { first, _ in first })],
                ],
            ], schedule: AccountSchedule(conversion: rates), bars: [SignalScenario.flat([100, 100, 110, 110, 120])],
            signals: [[0: .longEntry, 2: .longExit]], step: UnixNanos.perDay
        ).run()
    }

    @Test func sharesGainWithPriceAndCurrency() throws {
        let recording = try run()
        #expect(recording.equity.map { cents($0.equity) } == [10_000, 10_000, 10_220, 10_275, 10_275])
        #expect(recording.equity.map { cents($0.account?.cash) } == [10_000, 8_900, 8_900, 10_275, 10_275])
        #expect(recording.fills.map(\.price) == [100, 110])
        #expect(recording.fills.map(\.rate) == [1.10, 1.25])
        #expect(recording.fills.map(\.currency) == ["EUR", "EUR"])
        let trade = try #require(recording.trades.first)
        #expect(cents(trade.pnl) == 275 && trade.entryPrice == 100 && trade.exitPrice == 110)
        #expect(cents(trade.pnlPercent) == 0.25 && cents(trade.entryRate) == 1.1 && trade.exitRate == 1.25)
    }

    /// Their notional is never paid: only the profit of each day is converted, at the rate of that day.
    @Test func futuresGainWithPriceOnly() throws {
        let recording = try run(["initial_margin": 10, "maintenance_margin": 5])
        #expect(recording.equity.map { cents($0.equity) } == [10_000, 10_000, 10_120, 10_120, 10_120])
        #expect(recording.amounts(.variation).map { cents($0) } == [120])
        #expect(cents(recording.trades.first?.pnl) == 120)
    }

    @Test func aRateCountsFromWhenItIsKnown() throws {
        // The one of label 2 is published at label 3; the one of label 1, later still, is about the past.
        let late = [Self.rate(0, 1.10), Self.rate(2, 1.20, knownAt: 3), Self.rate(1, 9, knownAt: 4)]
        #expect(try run([:], late).fills.map(\.rate) == [1.10, 1.20])
        #expect(cents(try run([:], late).equity[2].equity) == 8_900 + 10 * 110 * 1.10)
    }

    @Test func aLabelBeforeTheFirstRateIsAnError() throws {
        let error = #expect(throws: ApusError.self) { try run([:], [Self.rate(1, 1.10)]) }
        #expect(error?.code == "conversion.missing")
        #expect(error?.context.map(\.value) == ["EUR", Self.day(0).description])
    }

    @Test func anotherCurrencyNeedsRates() throws {
        let error = #expect(throws: ApusError.self) {
            try SignalScenario(
                configuration: ["apus": ["instruments": ["A": ["currency": "EUR"]]]], bars: [SignalScenario.flat([1])],
                signals: [[:]]
            ).run()
        }
        #expect(error?.context.first?.value == "apus.instruments.A.currency")
    }
}
