extension EngineConfiguration {
    /// Limits of the whole portfolio, fractions of its equity; nil: none.
    ///
    /// Exposures are checked before an order leaves, at the prices of the decision: an order that would go beyond a limit is cut
    /// down to it or refused; what reduces a position always leaves. The others are judged at every close.
    public struct Risk: ConfigurationSection, Hashable {
        /// Sum of |quantity x price x multiplier|.
        public var maxGrossExposure: Double?
        /// |sum of quantity x price x multiplier|.
        public var maxNetExposure: Double?
        /// |quantity x price x multiplier| of each instrument.
        public var maxSymbolExposure: Double?
        /// As `maxGrossExposure`, and positions that have come to exceed it are cut back in proportion.
        public var maxLeverage: Double?
        /// Fall from the highest equity so far: closes everything and lets nothing be opened any more.
        public var maxDrawdown: Double?
        /// Fall from the equity at the end of the session before: closes everything and lets nothing be opened in this session.
        public var maxDailyLoss: Double?

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("max_gross_exposure", \.maxGrossExposure, .positive),
                .key("max_net_exposure", \.maxNetExposure, .positive),
                .key("max_symbol_exposure", \.maxSymbolExposure, .positive), .key("max_leverage", \.maxLeverage, .positive),
                .key("max_drawdown", \.maxDrawdown, .fraction), .key("max_daily_loss", \.maxDailyLoss, .fraction),
            ]
        }

        public var isEmpty: Bool { self == Risk() }
    }
}
