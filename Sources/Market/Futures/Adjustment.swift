/// How the prices of different contracts are joined to one level.
public struct Adjustment: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// Prices as traded; the series jumps at a roll.
        case none
        /// Prices times a factor: returns inside a contract are those of the contract.
        case ratio
        /// Prices plus an offset: price changes inside a contract are those of the contract.
        case difference
    }

    /// Which end of the series keeps its prices.
    public enum Direction: String, Sendable, CaseIterable {
        /// The newest contract is unadjusted; each roll changes the prices of all earlier contracts.
        case backward
        /// The oldest contract is unadjusted; a roll changes only what follows, so no past price is ever rewritten.
        case forward
    }

    public let kind: Kind
    public let direction: Direction

    public init(_ kind: Kind, _ direction: Direction = .backward) {
        self.kind = kind
        self.direction = direction
    }

    public static let none = Adjustment(.none)

    /// `none`, `ratio`, `difference`, with `-forward` behind it in that direction.
    public var description: String { kind == .none || direction == .backward ? kind.rawValue : "\(kind.rawValue)-forward" }

    /// One scale for each contract of a schedule.
    /// - Throws: `FuturesError.priceNotPositive` for a ratio of prices that are not all above zero.
    public func scales(_ schedule: RollSchedule) throws -> [PriceScale] {
        let rolls = schedule.rolls
        var scales = Array(repeating: PriceScale.identity, count: rolls.count + 1)
        // Backward the product (or sum) runs from the newest contract down, forward from the oldest up.
        let order = direction == .backward ? Array(rolls.indices.reversed()) : Array(rolls.indices)
        for index in order {
            let roll = rolls[index]
            let (known, wanted) = direction == .backward ? (index + 1, index) : (index, index + 1)
            switch kind {
            case .none: break
            case .ratio:
                for (price, contract) in [(roll.oldPrice, roll.from), (roll.newPrice, roll.to)] where !(price > 0) {
                    throw FuturesError.priceNotPositive(contract: contract.code, time: roll.time)
                }
                let step = direction == .backward ? roll.newPrice / roll.oldPrice : roll.oldPrice / roll.newPrice
                scales[wanted] = PriceScale(factor: scales[known].factor * step, offset: 0)
            case .difference:
                let step = direction == .backward ? roll.newPrice - roll.oldPrice : roll.oldPrice - roll.newPrice
                scales[wanted] = PriceScale(factor: 1, offset: scales[known].offset + step)
            }
        }
        return scales
    }
}

/// Turns prices as traded into prices of the series: price x factor + offset.
public struct PriceScale: Hashable, Sendable {
    public let factor: Double
    /// Price units.
    public let offset: Double

    public init(factor: Double, offset: Double) {
        self.factor = factor
        self.offset = offset
    }

    public static let identity = PriceScale(factor: 1, offset: 0)

    @inlinable public func callAsFunction(_ price: Double) -> Double { price * factor + offset }
}
