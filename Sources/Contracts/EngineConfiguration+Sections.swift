public import Primitives

/// Initial and maintenance margin of one asset: money per contract, or fractions of the notional.
public struct MarginPair: ConfigurationPair {
    public var initial: Double
    public var maintenance: Double

    public init(_ initial: Double, _ maintenance: Double) {
        self.initial = initial
        self.maintenance = maintenance
    }

    public var pair: (Double, Double) { (initial, maintenance) }
    public static var form: String { "[initial, maintenance]" }
}

/// A calendar's name. Leaving it out is not the same as writing null: ML4T then takes the New York Stock Exchange.
public enum CalendarName: ConfigurationValue, Hashable {
    case unset
    case none
    case named(String)

    public static var form: String { "text or null" }

    public init(json: JSONValue, at path: String) throws {
        self = json.isNull ? .none : .named(try String(json: json, at: path))
    }

    public var configurationJSON: JSONValue? {
        switch self {
        case .unset: nil
        case .none: .null
        case .named(let name): .string(name)
        }
    }
}

extension EngineConfiguration {
    public struct Account: ConfigurationSection {
        public var allowShortSelling = false
        public var allowLeverage = false
        /// Fractions of the notional, where leverage is allowed.
        public var initialMargin = 0.5
        public var longMaintenanceMargin = 0.25
        public var shortMaintenanceMargin = 0.3
        /// Money per contract, by asset.
        public var fixedMarginSchedule: [String: MarginPair]?
        /// Fractions of the notional, by asset.
        public var marginPctSchedule: [String: MarginPair]?
        public var shortCashPolicy = ShortCashPolicy.credit
        public var lockNotionalUpdateMode = LockNotionalUpdateMode.positionLegs

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("allow_short_selling", \.allowShortSelling), .key("allow_leverage", \.allowLeverage),
                .key("initial_margin", \.initialMargin, .fraction),
                .key("long_maintenance_margin", \.longMaintenanceMargin, .fraction),
                .key("short_maintenance_margin", \.shortMaintenanceMargin, .fraction),
                .key("fixed_margin_schedule", \.fixedMarginSchedule, .positive),
                .key("margin_pct_schedule", \.marginPctSchedule, .fraction), .key("short_cash_policy", \.shortCashPolicy),
                .key("lock_notional_update_mode", \.lockNotionalUpdateMode),
            ]
        }

        public func check(at path: String) throws {
            let both = Set((fixedMarginSchedule ?? [:]).keys).intersection((marginPctSchedule ?? [:]).keys)
            if let asset = both.min() {
                throw ApusError(
                    "config.value", "an asset stands in fixed_margin_schedule or in margin_pct_schedule, not in both",
                    context: ["key": "\(path).margin_pct_schedule.\(asset)"])
            }
            for (asset, margin) in (marginPctSchedule ?? [:]).sorted(by: { $0.key < $1.key })
            where margin.maintenance >= margin.initial {
                throw ApusError(
                    "config.value", "the maintenance margin must be less than the initial margin",
                    context: ["key": "\(path).margin_pct_schedule.\(asset)"])
            }
        }
    }

    public struct Execution: ConfigurationSection {
        public var executionPrice = ExecutionPrice.open
        public var markPrice = ExecutionPrice.price
        public var executionMode = ExecutionMode.nextBar
        public var cancelPolicy = CancelPolicy.never
        public var corporateActionPolicy = CorporateActionPolicy.declaredTerms
        public var conditionalOrderMode = ConditionalOrderMode.barOHLC
        public var nextBarExecutionPrice: ExecutionPrice?

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("execution_price", \.executionPrice), .key("mark_price", \.markPrice),
                .key("execution_mode", \.executionMode), .key("cancel_policy", \.cancelPolicy),
                .key("corporate_action_policy", \.corporateActionPolicy),
                .key("conditional_order_mode", \.conditionalOrderMode),
                .key("next_bar_execution_price", \.nextBarExecutionPrice),
            ]
        }
    }

    public struct Stops: ConfigurationSection {
        public var stopFillMode = StopFillMode.stopPrice
        public var stopLevelBasis = StopLevelBasis.fillPrice
        public var trailWaterMarkSource = WaterMarkSource.close
        public var trailIncludeEntryBarExtremes = false
        public var initialWaterMarkSource = InitialWaterMarkSource.fillPrice
        public var trailStopTiming = TrailStopTiming.lagged

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("stop_fill_mode", \.stopFillMode), .key("stop_level_basis", \.stopLevelBasis),
                .key("trail_hwm_source", \.trailWaterMarkSource),
                .key("trail_include_entry_bar_extremes", \.trailIncludeEntryBarExtremes),
                .key("initial_hwm_source", \.initialWaterMarkSource), .key("trail_stop_timing", \.trailStopTiming),
            ]
        }
    }

    public struct PositionSizing: ConfigurationSection {
        public var shareType = ShareType.integer
        public var shareRounding = ShareRounding.nearest

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [.key("share_type", \.shareType), .key("share_rounding", \.shareRounding)]
        }
    }

    public struct Commission: ConfigurationSection {
        public var model = CommissionModel.none
        /// Fraction of the traded value.
        public var rate = 0.0
        /// Money per share or contract.
        public var perShare = 0.0
        public var perTrade = 0.0
        public var minimum = 0.0

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("model", \.model), .key("rate", \.rate, .notNegative), .key("per_share", \.perShare, .notNegative),
                .key("per_trade", \.perTrade, .notNegative), .key("minimum", \.minimum, .notNegative),
            ]
        }
    }

    public struct Slippage: ConfigurationSection {
        public var model = SlippageModel.none
        /// Fraction of the price; the coefficient of the volume models.
        public var rate = 0.0
        /// Price units.
        public var fixed = 0.0
        /// Price units.
        public var spread = 0.0
        public var spreadByAsset: [String: Double] = [:]
        public var spreadConvention = SpreadConvention.fullSpread
        /// Fraction of the price, on top, where a stop or a risk rule exits.
        public var stopRate = 0.0

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("model", \.model), .key("rate", \.rate, .notNegative), .key("fixed", \.fixed, .notNegative),
                .key("spread", \.spread, .notNegative), .key("spread_by_asset", \.spreadByAsset, .notNegative),
                .key("spread_convention", \.spreadConvention), .key("stop_rate", \.stopRate, .notNegative),
            ]
        }
    }

    public struct Cash: ConfigurationSection {
        public var initial = 100_000.0
        public var bufferPct = 0.0

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [.key("initial", \.initial, .positive), .key("buffer_pct", \.bufferPct, .share)]
        }
    }

    public struct Settlement: ConfigurationSection {
        /// Bars until the proceeds of a sale can be spent.
        public var delay = 0
        public var reducesBuyingPower = true

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [.key("delay", \.delay, .notNegative), .key("reduces_buying_power", \.reducesBuyingPower)]
        }
    }

    public struct Orders: ConfigurationSection {
        public var rejectOnInsufficientCash = true
        public var skipCashValidation = false
        public var partialFillsAllowed = false
        public var fillOrdering = FillOrdering.exitFirst
        public var entryOrderPriority = EntryOrderPriority.submission
        public var nextBarSubmissionPrecheck = false
        public var nextBarSimpleCashCheck = false
        public var buyingPowerReservation = false
        public var nextBarQueueShadowValidation = false
        public var immediateFill = false
        public var rebalanceMode = RebalanceMode.incremental
        public var rebalanceHeadroomPct = 1.0
        public var missingPricePolicy = MissingPricePolicy.skip
        public var lateAssetPolicy = LateAssetPolicy.allow
        public var lateAssetMinBars = 1

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("reject_on_insufficient_cash", \.rejectOnInsufficientCash),
                .key("skip_cash_validation", \.skipCashValidation), .key("partial_fills_allowed", \.partialFillsAllowed),
                .key("fill_ordering", \.fillOrdering), .key("entry_order_priority", \.entryOrderPriority),
                .key("next_bar_submission_precheck", \.nextBarSubmissionPrecheck),
                .key("next_bar_simple_cash_check", \.nextBarSimpleCashCheck),
                .key("buying_power_reservation", \.buyingPowerReservation),
                .key("next_bar_queue_shadow_validation", \.nextBarQueueShadowValidation),
                .key("immediate_fill", \.immediateFill), .key("rebalance_mode", \.rebalanceMode),
                .key("rebalance_headroom_pct", \.rebalanceHeadroomPct, .fraction),
                .key("missing_price_policy", \.missingPricePolicy), .key("late_asset_policy", \.lateAssetPolicy),
                .key("late_asset_min_bars", \.lateAssetMinBars, .atLeastOne),
            ]
        }
    }
}
