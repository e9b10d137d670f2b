import Primitives

/// How a bar's signals become orders.
public struct SignalStrategySpec: ConfigurationSection, Hashable {
    public var type = StrategyType.longSignal
    /// The side that `risk_entry_only` and `single_entry` enter.
    public var side = EntrySide.long
    /// Size of an entry, in shares or contracts.
    public var shares = 100.0
    /// Several form a chain in the order given: the first that acts wins.
    public var riskRules: [RiskRuleSpec] = []
    /// `risk_entry_only` may enter again after an exit.
    public var allowReentry = true
    /// When `target_weights` trades.
    public var cadence = RebalanceCadence.weights
    /// For the cadence `dates`.
    public var dates: [ScheduledTime] = []
    /// A weight that is off by less is left alone; a fraction of equity.
    public var noTradeBand = 0.0
    /// Trades of less are not made, account currency.
    public var minTradeValue = 0.0

    public init() {}

    public static var fields: [ConfigurationField<Self>] {
        [
            .key("type", \.type), .key("side", \.side), .key("shares", \.shares, .positive),
            .key("risk_rules", \.riskRules), .key("allow_reentry", \.allowReentry), .key("cadence", \.cadence),
            .key("dates", \.dates), .key("no_trade_band", \.noTradeBand, .share),
            .key("min_trade_value", \.minTradeValue, .notNegative),
        ]
    }

    public func check(at path: String) throws {
        guard (cadence == .dates) == !dates.isEmpty else {
            throw ApusError(
                "config.value", "the cadence dates and a list of dates go together", context: ["key": path + ".dates"])
        }
    }

    /// The keys that `target_weights` alone reads and that are not at their defaults.
    public var rebalancingKeys: [String] {
        let standard = SignalStrategySpec()
        let all = [
            ("cadence", cadence != standard.cadence), ("dates", dates != standard.dates),
            ("no_trade_band", noTradeBand != standard.noTradeBand), ("min_trade_value", minTradeValue != standard.minTradeValue),
        ]
        return all.filter(\.1).map(\.0)
    }

    /// The columns of the signal file, beside the flags, that the risk rules read, sorted.
    public var contextKeys: [String] {
        riskRules.reduce(into: Set<String>()) { $0.formUnion($1.contextKeys) }.sorted()
    }
}

public enum StrategyType: String, ConfigurationWord {
    /// exit and long: close. Else entry and flat: buy.
    case longSignal = "long_signal"
    /// short_exit and short: close. Else short_entry and flat: sell short.
    case shortOnly = "short_only"
    /// First long_exit closes a long, or short_exit a short; then, if flat at the start of the bar, long_entry buys, else
    /// short_entry sells.
    case longShort = "long_short"
    /// entry and flat: enter `side`; only risk rules exit.
    case riskEntryOnly = "risk_entry_only"
    /// Enter `side` once, on the first bar; only risk rules exit.
    case singleEntry = "single_entry"
    /// Hold each asset at its weight of the equity.
    case targetWeights = "target_weights"
}

public enum EntrySide: String, ConfigurationWord {
    case long
    case short
}
