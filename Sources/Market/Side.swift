/// Who crossed the spread in a trade, as the venue reports it.
///
/// The raw values are Databento's characters; `delta = buy volume - sell volume`, so a `buy` counts +1.
public enum AggressorSide: UInt8, Sendable, CaseIterable {
    case buy = 66  // "B"
    case sell = 65  // "A"
    case unknown = 78  // "N"

    /// +1 for a buyer-initiated trade, -1 for a seller-initiated one, 0 where the venue does not say.
    @inlinable public var deltaSign: Int64 {
        switch self {
        case .buy: 1
        case .sell: -1
        case .unknown: 0
        }
    }
}
