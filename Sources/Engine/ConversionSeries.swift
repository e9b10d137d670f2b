import Contracts
import Portfolio
import Primitives

/// The rates at which prices in other currencies become money of the account: at every label the last one known by then.
struct ConversionSeries: Sendable {
    private let rates: [AccountSchedule.Rate]
    private let instruments: [Account.Instrument]
    private var next = 0
    /// Of each currency, the time that its rate is of; a later row about an earlier time does not replace it.
    private var known: [String: UnixNanos] = [:]
    private var isComplete = false

    init(_ rates: [AccountSchedule.Rate], _ instruments: [Account.Instrument]) {
        self.rates = rates
        self.instruments = instruments
    }

    mutating func apply(to account: inout Account, at label: UnixNanos) throws {
        while next < rates.count, rates[next].availableTime <= label {
            let rate = rates[next]
            next += 1
            if let last = known[rate.currency], last > rate.time { continue }
            known[rate.currency] = rate.time
            for index in instruments.indices where instruments[index].currency == rate.currency {
                account.setRate(index, rate.rate)
            }
        }
        if isComplete { return }
        if let missing = instruments.compactMap(\.currency).first(where: { known[$0] == nil }) {
            throw ApusError(
                "conversion.missing", "no rate of the currency is known at this label",
                context: ["currency": missing, "time": label.description])
        }
        isComplete = true
    }
}
