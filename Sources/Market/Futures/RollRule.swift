/// When a continuous series leaves one contract for the next.
///
/// Whatever the rule, a contract is left at the latest in the session of its last trade date.
public enum RollRule: Hashable, Sendable, CustomStringConvertible {
    /// The date that a calendar rule counts back from.
    public enum Anchor: String, Sendable, CaseIterable {
        /// The contract's last trade date.
        case expiry
        /// The first session of the month the contract is named after: first-notice style, for contracts with delivery.
        case month
    }

    /// The next contract is held from the session on that lies `sessionsBefore` (>= 0) sessions before the anchor's.
    case calendar(Anchor, sessionsBefore: Int)
    /// The next contract's volume of a session was greater than the held one's in `sessions` (>= 1) sessions one after another.
    /// That is known when the last of them has closed, so the next contract is held from the following session on, or `lag` (>=
    /// 0) sessions later still.
    case volume(sessions: Int, lag: Int)
    /// The same with the last open interest of each session. Where the column's rows stand for the session they were counted in,
    /// and not for the one they were published in, a `lag` of 1 keeps the decision behind the publication.
    case openInterest(sessions: Int, lag: Int)

    /// `expiry-0`, `month-2`, `volume-1`, `open_interest-1`, with `+1` behind it for a lag of one session.
    public var description: String {
        func activity(_ name: String, _ sessions: Int, _ lag: Int) -> String {
            "\(name)-\(sessions)" + (lag > 0 ? "+\(lag)" : "")
        }
        return switch self {
        case .calendar(let anchor, let sessions): "\(anchor.rawValue)-\(sessions)"
        case .volume(let sessions, let lag): activity("volume", sessions, lag)
        case .openInterest(let sessions, let lag): activity("open_interest", sessions, lag)
        }
    }
}
