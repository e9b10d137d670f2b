public import Primitives

/// A position wanted in a continuous series from a time on.
public struct ContinuousTarget: Hashable, Sendable {
    public let time: UnixNanos
    /// Contracts, negative for a short.
    public let position: Double

    public init(time: UnixNanos, position: Double) {
        self.time = time
        self.position = position
    }
}

/// One trade in a real contract.
public struct ContractLeg: Hashable, Sendable {
    public enum Reason: String, Sendable {
        /// The wanted position changed.
        case target
        /// The old contract's position is closed because the series rolls.
        case rollClose = "roll_close"
        /// The same position is opened in the new contract, at the same time.
        case rollOpen = "roll_open"
    }

    public let time: UnixNanos
    public let contract: FuturesContract
    /// Contracts bought (> 0) or sold (< 0); never 0.
    public let quantity: Double
    public let reason: Reason
    /// The contract's own price at the roll; nil for a target, which is filled as the run's policy says.
    public let price: Double?

    public init(time: UnixNanos, contract: FuturesContract, quantity: Double, reason: Reason, price: Double?) {
        self.time = time
        self.contract = contract
        self.quantity = quantity
        self.reason = reason
        self.price = price
    }
}

extension RollSchedule {
    /// The trades in real contracts that hold a position wanted in the continuous series.
    ///
    /// At each roll with a position open there are two trades of one time: the old contract closed, the new one opened, each at
    /// its own price. Where the wanted position changes at the very time of a roll, the old contract's position is closed and the
    /// new one's opened in the new size, so nothing is bought to be sold at once.
    ///
    /// - Parameters:
    ///   - targets: in time order, times strictly increasing. Before the first the position is 0.
    ///   - end: the last time that counts; rolls and targets after it make no trade.
    public func legs(for targets: [ContinuousTarget], until end: UnixNanos = UnixNanos(.max)) -> [ContractLeg] {
        precondition(zip(targets, targets.dropFirst()).allSatisfy { $0.time < $1.time }, "targets are not in time order")
        var legs: [ContractLeg] = []
        var held = 0.0
        var nextRoll = 0
        func add(
            _ time: UnixNanos, _ contract: FuturesContract, _ quantity: Double, _ reason: ContractLeg.Reason, _ price: Double?
        ) {
            if quantity != 0 {
                legs.append(ContractLeg(time: time, contract: contract, quantity: quantity, reason: reason, price: price))
            }
        }
        func rollUp(to time: UnixNanos, wanted: Double?) {
            while nextRoll < rolls.count, rolls[nextRoll].time <= time {
                let roll = rolls[nextRoll]
                nextRoll += 1
                add(roll.time, roll.from, -held, .rollClose, roll.oldPrice)
                // A position that is new at this time is a target's trade, and so is what goes to zero.
                let isNew = roll.time == time && held == 0
                if roll.time == time, let wanted { held = wanted }
                add(roll.time, roll.to, held, isNew ? .target : .rollOpen, isNew ? nil : roll.newPrice)
            }
        }
        for target in targets where target.time <= end {
            rollUp(to: target.time, wanted: target.position)
            add(target.time, contracts[nextRoll], target.position - held, .target, nil)
            held = target.position
        }
        rollUp(to: end, wanted: nil)
        return legs
    }
}
