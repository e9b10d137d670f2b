public import Primitives

/// One change of contract.
public struct Roll: Hashable, Sendable {
    public enum Reason: String, Sendable {
        case calendar, volume
        case openInterest = "open_interest"
        /// The rule had not spoken when the old contract's last trade date came.
        case lastTradeDate = "last_trade_date"
    }

    public let from: FuturesContract
    public let to: FuturesContract
    public let reason: Reason
    /// The session at whose close the decision was known; nil where a date decides, which is known beforehand.
    public let decided: CivilDate?
    /// The first session in which the rule wants the new contract.
    public let session: CivilDate
    /// The roll: the label of the first bar that both contracts have in that session, or in a later one where that one has none.
    /// The series holds the old contract's bars labelled before, the new one's from here on.
    public let time: UnixNanos
    /// The open of the old contract's bar at `time`: what closing the old position is booked at.
    public let oldPrice: Double
    /// The open of the new contract's bar at `time`: what opening the new position is booked at.
    public let newPrice: Double

    public init(
        from: FuturesContract, to: FuturesContract, reason: Reason, decided: CivilDate?, session: CivilDate, time: UnixNanos,
        oldPrice: Double, newPrice: Double
    ) {
        self.from = from
        self.to = to
        self.reason = reason
        self.decided = decided
        self.session = session
        self.time = time
        self.oldPrice = oldPrice
        self.newPrice = newPrice
    }

    /// New price over old price.
    public var ratio: Double { newPrice / oldPrice }
    /// New price less old price, in price units.
    public var difference: Double { newPrice - oldPrice }
}

/// Which contract is held when: the contracts in order and the rolls between them.
public struct RollSchedule: Hashable, Sendable {
    public let rule: RollRule
    /// One more than there are rolls.
    public let contracts: [FuturesContract]
    /// In time order; times increase strictly.
    public let rolls: [Roll]

    /// - Precondition: the rolls follow one another from `first` on.
    public init(rule: RollRule, first: FuturesContract, rolls: [Roll]) {
        precondition(zip([first] + rolls.map(\.to), rolls).allSatisfy { $0 == $1.from }, "rolls do not follow one another")
        precondition(zip(rolls, rolls.dropFirst()).allSatisfy { $0.time < $1.time }, "rolls are not in time order")
        self.rule = rule
        contracts = [first] + rolls.map(\.to)
        self.rolls = rolls
    }

    /// The place in `contracts` of the one held at a time: the number of rolls up to and including it.
    public func index(at time: UnixNanos) -> Int {
        rolls.map(\.time).firstIndex(notBefore: UnixNanos(time.rawValue == .max ? .max : time.rawValue + 1))
    }

    public func contract(at time: UnixNanos) -> FuturesContract { contracts[index(at: time)] }

    /// The schedule as far as it was known at a time: the rolls whose bar, `barNanos` long, was complete by then.
    public func asOf(_ time: UnixNanos, barNanos: Int64) -> RollSchedule {
        RollSchedule(rule: rule, first: contracts[0], rolls: rolls.filter { $0.time.rawValue <= time.rawValue - barNanos })
    }
}
