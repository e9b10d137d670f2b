public import Market
public import Primitives

extension EngineConfiguration {
    /// The section `apus`: what ML4T has no word for. Everything is off by default.
    public struct Extensions: ConfigurationSection {
        /// By asset; an asset that is not listed has the defaults of `Instrument`.
        public var instruments: [String: Instrument] = [:]
        public var funding: Funding?
        /// On the value of short positions.
        public var borrow: AnnualRate?
        /// On negative cash.
        public var financing: AnnualRate?
        public var limitFill = LimitFill.touch
        public var intrabarPath = IntrabarPath.worstFirst
        /// Parquet with finer bars of the same assets, for `intrabar_path: finer`.
        public var finerBars: String?
        /// Bars and nanoseconds from an order's submission until it reaches the market.
        public var latencyBars = 0
        public var latencyNanos = 0
        /// Most of a bar's volume that one order may take, a fraction.
        public var volumeParticipation: Double?
        public var impact = Impact()
        /// Fractions of the traded value, instead of `commission`; a maker rate below 0 is a rebate.
        public var makerRate: Double?
        public var takerRate: Double?
        /// Of everything that draws random numbers.
        public var seed = 0

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [
                .key("instruments", \.instruments), .key("funding", \.funding), .key("borrow", \.borrow),
                .key("financing", \.financing), .key("limit_fill", \.limitFill), .key("intrabar_path", \.intrabarPath),
                .key("finer_bars", \.finerBars), .key("latency_bars", \.latencyBars, .notNegative),
                .key("latency_nanos", \.latencyNanos, .notNegative),
                .key("volume_participation", \.volumeParticipation, .fraction), .key("impact", \.impact),
                .key("maker_rate", \.makerRate), .key("taker_rate", \.takerRate, .notNegative),
                .key("seed", \.seed, .notNegative),
            ]
        }

        public func check(at path: String) throws {
            guard (intrabarPath == .finer) == (finerBars != nil) else {
                throw ApusError(
                    "config.value", "intrabar_path finer and finer_bars go together", context: ["key": path + ".finer_bars"])
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
        public var currency = "USD"
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
        /// Parquet with timestamp, asset, rate.
        public var file = ""
        public var interval = FundingInterval.eightHours

        public init() {}

        public static var fields: [ConfigurationField<Self>] {
            [.key("file", \.file, required: true), .key("interval", \.interval)]
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
