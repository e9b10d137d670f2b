// The closed vocabularies of the engine's configuration; the raw values are ML4T's words.
extension EngineConfiguration {
    /// Which of the bar's prices a fill or a mark takes.
    public enum ExecutionPrice: String, ConfigurationWord {
        /// The column that `feed.price_col` names.
        case price
        case close
        case open
        case vwap
        /// The middle of high and low.
        case mid
        case bid
        case ask
        case quoteMid = "quote_mid"
        /// A buy at the ask, a sale at the bid.
        case quoteSide = "quote_side"
    }

    public enum ExecutionMode: String, ConfigurationWord {
        case sameBar = "same_bar"
        case nextBar = "next_bar"
    }

    public enum CancelPolicy: String, ConfigurationWord {
        case never
        case sessionEnd = "session_end"
    }

    public enum CorporateActionPolicy: String, ConfigurationWord {
        case declaredTerms = "declared_terms"
        case zipline32 = "zipline_3_2"
    }

    public enum ConditionalOrderMode: String, ConfigurationWord {
        case barOHLC = "bar_ohlc"
        case executionPrice = "execution_price"
    }

    public enum ShortCashPolicy: String, ConfigurationWord {
        case credit
        case creditProceeds = "credit_proceeds"
        case lockNotional = "lock_notional"
    }

    public enum LockNotionalUpdateMode: String, ConfigurationWord {
        case positionLegs = "position_legs"
        case combinedOrder = "combined_order"
    }

    public enum StopFillMode: String, ConfigurationWord {
        case stopPrice = "stop_price"
        case closePrice = "close_price"
        case barExtreme = "bar_extreme"
        case nextBarOpen = "next_bar_open"
    }

    public enum StopLevelBasis: String, ConfigurationWord {
        case fillPrice = "fill_price"
        case signalPrice = "signal_price"
    }

    public enum WaterMarkSource: String, ConfigurationWord {
        case close
        case barExtreme = "bar_extreme"
    }

    public enum InitialWaterMarkSource: String, ConfigurationWord {
        case fillPrice = "fill_price"
        case signalPrice = "signal_price"
        case barClose = "bar_close"
        case barHigh = "bar_high"
    }

    public enum TrailStopTiming: String, ConfigurationWord {
        case lagged
        case intrabar
        case vbtPro = "vbt_pro"
    }

    public enum ShareType: String, ConfigurationWord {
        case fractional
        case integer
    }

    public enum ShareRounding: String, ConfigurationWord {
        case nearest
        case truncate
    }

    public enum CommissionModel: String, ConfigurationWord {
        case none
        case percentage
        case perShare = "per_share"
        case perOrderPerShare = "per_order_per_share"
        case perOrder = "per_order"
        case perTrade = "per_trade"
        case tiered

        /// Futures' word.
        public static var aliases: [String: Self] { ["per_contract": .perShare] }
    }

    public enum SlippageModel: String, ConfigurationWord {
        case none
        case percentage
        case fixed
        case spread
        case volumeBased = "volume_based"
        case cumulativeVolumeShare = "cumulative_volume_share"
    }

    public enum SpreadConvention: String, ConfigurationWord {
        case fullSpread = "full_spread"
        case halfSpread = "half_spread"
    }

    public enum FillOrdering: String, ConfigurationWord {
        case exitFirst = "exit_first"
        case fifo
        case sequential
        case priority
    }

    public enum EntryOrderPriority: String, ConfigurationWord {
        case submission
        case notionalDescending = "notional_desc"
        case notionalAscending = "notional_asc"
        case freeCashAscending = "free_cash_asc"
        case orderValueAscending = "order_value_asc"
    }

    public enum RebalanceMode: String, ConfigurationWord {
        case snapshot
        case incremental
        case hybrid
    }

    public enum MissingPricePolicy: String, ConfigurationWord {
        case skip
        case useLast = "use_last"
    }

    public enum LateAssetPolicy: String, ConfigurationWord {
        case allow
        case requireHistory = "require_history"
    }

    public enum DataFrequency: String, ConfigurationWord {
        case daily
        case minute1 = "1m"
        case minute5 = "5m"
        case minute15 = "15m"
        case minute30 = "30m"
        case hourly = "1h"
        case irregular
    }

    public enum TimestampSemantics: String, ConfigurationWord {
        case eventTime = "event_time"
        case barClose = "bar_close"
        case sessionLabel = "session_label"
    }

    public enum BarGridAnchor: String, ConfigurationWord {
        case sessionOpen = "session_open"
    }

    public enum BarLabel: String, ConfigurationWord {
        case left
        case right
    }

    public enum PartialBarPolicy: String, ConfigurationWord {
        case include
        case exclude
    }
}
