/// When a bar of trades, instead of time, is complete: Lopez de Prado, "Advances in Financial Machine Learning", 2018, ch. 2.
///
/// What is counted is trades (`tick`), contracts (`volume`) or price times size (`dollar`, multiplier 1).
public struct TradeBarRule: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, CaseIterable, Sendable {
        /// Every `size` trades, contracts or currency units. The trade that reaches it closes the bar and is not split.
        case tick, volume, dollar
        /// Where bought minus sold is larger than expected; `size` is the first bar's threshold.
        case tickImbalance = "tick_imbalance"
        case volumeImbalance = "volume_imbalance"
        case dollarImbalance = "dollar_imbalance"
        /// Where the larger of bought and sold is larger than expected; `size` is the first bar's threshold.
        case tickRuns = "tick_runs"
        case volumeRuns = "volume_runs"
        case dollarRuns = "dollar_runs"
    }

    public let kind: Kind
    /// Trades, contracts or currency units: 1 ... 1e15.
    public let size: Int64

    /// Returns nil where the size is out of range.
    public init?(_ kind: Kind, size: Int64) {
        guard (1...Self.largest).contains(size) else { return nil }
        self.kind = kind
        self.size = size
    }

    /// Parses `tick:1000`, `dollar:1e6`, `volume_imbalance:5000`; a whole number, also with an exponent.
    public init?(_ text: String) { self.init(text, separator: ":") }

    /// Parses the part of a table's name behind `bars_`, such as `tick_1000`.
    public init?(tableSuffix text: String) { self.init(text, separator: "_") }

    private init?(_ text: String, separator: Character) {
        guard let cut = text.lastIndex(of: separator), let kind = Kind(rawValue: String(text[..<cut])) else { return nil }
        let digits = text[text.index(after: cut)...]
        // Nothing that `Double` reads besides: no sign, no hexadecimal, no words.
        guard let first = digits.utf8.first, (48...57).contains(first),
            digits.utf8.allSatisfy({ (48...57).contains($0) || [0x2E, 0x45, 0x65, 0x2B].contains($0) }),
            let size = Double(digits), size <= Double(Self.largest), let whole = Int64(exactly: size)
        else { return nil }
        self.init(kind, size: whole)
    }

    private static let largest: Int64 = 1_000_000_000_000_000

    /// `tick:1000`
    public var description: String { "\(kind.rawValue):\(size)" }
    /// `bars_tick_1000`
    public var table: String { "bars_\(kind.rawValue)_\(size)" }
}
