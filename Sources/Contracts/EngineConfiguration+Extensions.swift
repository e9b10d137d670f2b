public import Market
public import Primitives

extension EngineConfiguration {
    /// The section `apus`: what ML4T has no word for. Everything is off by default.
    public struct Extensions: ConfigurationSection {
        /// By asset; an asset that is not listed has the defaults of `Instrument`.
        public var instruments: [String: Instrument] = [:]
        /// Of cash, profits and costs.
        public var currency = "USD"
        /// Of instruments in other currencies.
        public var conversion: Conversion?
        public var funding: Funding?
        public var actions: Actions?
        public var liquidation: Liquidation?
        /// On the value of short positions.
        public var borrow: AnnualRate?
        /// On negative cash.
        public var financing: AnnualRate?
        public var limitFill = LimitFill.touch
        /// An exit of a protective rule never opens a position, also where another exit of the bar came first.
        public var ruleExitsReduceOnly = false
        public var intrabarPath = IntrabarPath.worstFirst
        /// Parquet with finer bars of the same assets, for `intrabar_path: finer`.
        public var finerBars: String?
        /// Parquet with every trade of the assets, and with every change of their best quotes.
        public var trades: String?
        public var quotes: String?
        /// A limit order fills at its price when what was ahead of it there has traded.
        public var queuePosition = false
        /// Bars and nanoseconds from an order's submission until it reaches the market.
        public var latencyBars = 0
        public var latencyNanos = 0
        /// Most of a bar's volume that one order may take, a fraction.
        public var volumeParticipation: Double?
        public var impact = Impact()
        /// Fractions of the traded value, instead of `commission`; a maker rate below 0 is a rebate.
        public var makerRate: Double?
        public var takerRate: Double?
        /// Limits of the whole portfolio.
        public var risk = Risk()
        /// Of everything that draws random numbers.
        public var seed = 0

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("instruments", \.instruments), .key("currency", \.currency),
                .key("conversion", \.conversion), .key("funding", \.funding),
                .key("actions", \.actions), .key("liquidation", \.liquidation), .key("borrow", \.borrow),
                .key("financing", \.financing), .key("limit_fill", \.limitFill),
                .key("rule_exits_reduce_only", \.ruleExitsReduceOnly), .key("intrabar_path", \.intrabarPath),
                .key("finer_bars", \.finerBars), .key("trades", \.trades), .key("quotes", \.quotes),
                .key("queue_position", \.queuePosition), .key("latency_bars", \.latencyBars, .notNegative),
                .key("latency_nanos", \.latencyNanos, .notNegative),
                .key("volume_participation", \.volumeParticipation, .fraction), .key("impact", \.impact),
                .key("maker_rate", \.makerRate), .key("taker_rate", \.takerRate, .notNegative), .key("risk", \.risk),
                .key("seed", \.seed, .notNegative),
            ]
        }

        /// The files that tell what happens inside of bars, by their keys.
        public var eventFiles: [(key: String, file: String)] {
            [("finer_bars", finerBars), ("quotes", quotes), ("trades", trades)].compactMap { key, file in file.map { (key, $0) } }
        }

        public func check(at path: String) throws {
            guard (intrabarPath == .finer) == (finerBars != nil) else {
                throw ApusError(
                    "config.value", "intrabar_path finer and finer_bars go together", context: ["key": path + ".finer_bars"])
            }
            guard finerBars == nil || (trades == nil && quotes == nil) else {
                throw ApusError(
                    "config.value", "orders meet either finer bars or trades and quotes", context: ["key": path + ".finer_bars"])
            }
            guard !queuePosition || trades != nil else {
                throw ApusError("config.value", "a queue needs trades", context: ["key": path + ".queue_position"])
            }
            guard (makerRate == nil) == (takerRate == nil) else {
                throw ApusError(
                    "config.value", "maker_rate and taker_rate go together",
                    context: ["key": path + (makerRate == nil ? ".maker_rate" : ".taker_rate")])
            }
        }
    }

    public struct Instrument: ConfigurationSection, Hashable {
        /// Prices of orders and fills are multiples of it; nil: any price.
        public var tickSize: Double?
        /// Money per point of price and contract.
        public var multiplier = 1.0
        /// The account's where nil.
        public var currency: String?
        public var calendar: String?
        /// Money per contract.
        public var initialMargin: Double?
        public var maintenanceMargin: Double?

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("tick_size", \.tickSize, .positive), .key("multiplier", \.multiplier, .positive),
                .key("currency", \.currency), .key("calendar", \.calendar),
                .key("initial_margin", \.initialMargin, .positive),
                .key("maintenance_margin", \.maintenanceMargin, .positive),
            ]
        }

        public func check(at path: String) throws {
            guard (initialMargin == nil) == (maintenanceMargin == nil) else {
                let missing = initialMargin == nil ? "initial_margin" : "maintenance_margin"
                throw ApusError(
                    "config.value", "initial_margin and maintenance_margin go together", context: ["key": "\(path).\(missing)"])
            }
        }
    }

    /// Perpetual futures: what a long pays a short, as a fraction of the notional per interval.
    public struct Funding: ConfigurationSection, Hashable {
        /// Parquet or CSV with timestamp, asset, rate and, where the exchange's own marks are known, mark_price.
        public var file = ""
        /// Times less than a minute after a multiple of it (UTC) are taken for that multiple: exchanges stamp milliseconds late.
        public var interval = FundingInterval.eightHours
        /// Where the file has no mark price: which of the label's prices is the mark; `execution.mark_price` where nil.
        public var markPrice: ExecutionPrice?

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [.key("file", \.file, required: true), .key("interval", \.interval), .key("mark_price", \.markPrice)]
        }
    }

    /// Rates at which money in other currencies becomes the account's.
    public struct Conversion: ConfigurationSection, Hashable {
        /// Parquet or CSV with timestamp, currency, rate (account currency per unit of it) and, where a rate is known only later,
        /// available_at.
        public var file = ""

        public init() {}

        public static var fields: [ConfigurationField<Self>] { [.key("file", \.file, required: true)] }
    }

    /// Splits and dividends.
    public struct Actions: ConfigurationSection, Hashable {
        /// Parquet or CSV with timestamp, asset, kind (split, dividend), value.
        public var file = ""

        public init() {}

        public static var fields: [ConfigurationField<Self>] { [.key("file", \.file, required: true)] }
    }

    /// Closing by force where equity no longer covers the maintenance margin.
    public struct Liquidation: ConfigurationSection, Hashable {
        public var enabled = true
        /// Fraction of the closed notional, on top of the commission.
        public var feeRate = 0.0
        /// Judge a bar by its worst price for the account, not only by its mark.
        public var usesExtremes = false

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("enabled", \.enabled), .key("fee_rate", \.feeRate, .notNegative),
                .key("uses_extremes", \.usesExtremes),
            ]
        }
    }

    /// A length such as `8h`.
    public struct FundingInterval: ConfigurationValue, Hashable {
        public var interval: BarInterval

        public static let eightHours = FundingInterval(interval: BarInterval(seconds: 8 * 3_600) ?? .hour)

        public init(interval: BarInterval) { self.interval = interval }

        public static var form: String { "a length that divides a day, such as 1h, 8h or 1d" }

        public init(json: JSONValue, at path: String) throws {
            guard let interval = json.stringValue.flatMap({ BarInterval($0) }) else { throw Self.wrong(json, at: path) }
            self.interval = interval
        }

        public var configurationJSON: JSONValue? { .string(interval.description) }
    }

    public struct AnnualRate: ConfigurationSection, Hashable {
        /// A fraction a year.
        public var rate = 0.0

        public init() {}

        public static var fields: [ConfigurationField<Self>] { [.key("rate", \.rate, .notNegative, required: true)] }
    }

    public struct Impact: ConfigurationSection, Hashable {
        public var model = ImpactModel.none
        /// The price moves by coefficient x (quantity / volume) ^ exponent, a fraction of the price.
        public var coefficient = 0.1
        /// Only `power` reads it: linear is 1, square_root 0.5.
        public var exponent = 0.5

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("model", \.model), .key("coefficient", \.coefficient, .notNegative),
                .key("exponent", \.exponent, .positive),
            ]
        }
    }

    public enum ImpactModel: String, ConfigurationWord {
        case none
        case linear
        case squareRoot = "square_root"
        case power
    }

    /// What makes a limit order fill: the price reaches it, or goes through it.
    public enum LimitFill: String, ConfigurationWord {
        case touch
        case through
    }

    /// In which order a bar's prices are assumed to have come.
    public enum IntrabarPath: String, ConfigurationWord {
        /// Of two orders that one bar could fill, the worse for the account.
        case worstFirst = "worst_first"
        /// Open, the extreme nearer to the open, the other one, close.
        case ohlc
        /// As the bars of `finer_bars` say.
        case finer
    }
}
