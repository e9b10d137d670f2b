public import Primitives

/// Why contracts cannot be named, ordered or joined.
public enum FuturesError: Error, Equatable, CustomStringConvertible {
    /// The text is none of the forms that `FuturesContract` reads.
    case invalidCode(String)
    /// A code with a one-digit year and no date to tell the decade by.
    case ambiguousYear(String)
    /// No rule gives the contract's last trade date.
    case unknownLastTradeDate(String)
    case noContracts
    case duplicateContract(String)
    /// A bar does not come after the one before it.
    case order(contract: String, time: UnixNanos)
    /// Columns of different length.
    case columns(contract: String)
    /// The rule needs volume, or open interest, and no bar has any.
    case noActivity(RollRule)
    /// The old contract ended before both contracts had a bar at one time in or after the session of the roll.
    case noOverlap(from: String, to: String, session: CivilDate)
    /// A ratio needs prices above zero.
    case priceNotPositive(contract: String, time: UnixNanos)

    /// A stable word for the last part of an error code.
    public var code: String {
        switch self {
        case .invalidCode, .ambiguousYear: "contract"
        case .unknownLastTradeDate: "expiry"
        case .noContracts, .duplicateContract: "contracts"
        case .order, .columns: "order"
        case .noActivity: "activity"
        case .noOverlap: "overlap"
        case .priceNotPositive: "price"
        }
    }

    public var description: String {
        switch self {
        case .invalidCode(let text):
            "\"\(text)\" names no contract; write ESZ3, ESZ13, ESZ2013, \"ES 201312\" or \"ES 20131220\""
        case .ambiguousYear(let text): "the decade of \(text) is not known; write the year with two digits"
        case .unknownLastTradeDate(let code):
            "the last trade date of \(code) is not known; name the contract by root and date, or list its last trade date"
        case .noContracts: "there is no contract"
        case .duplicateContract(let code): "contract \(code) is given twice"
        case .order(let contract, let time): "the bar of \(contract) at \(time) does not come after the one before"
        case .columns(let contract): "the columns of \(contract) differ in length"
        case .noActivity(let rule): "the rule \(rule) needs a column that no bar has"
        case .noOverlap(let from, let to, let session):
            "\(from) and \(to) have no bar at one time from the session of \(session) on, so the roll has no prices"
        case .priceNotPositive(let contract, let time):
            "a ratio needs prices above zero; \(contract) has none at the roll of \(time); use the difference"
        }
    }
}
