public import Contracts
public import Market
public import OrderFlow
import Primitives

/// Which derived tables to make and for which hours.
public struct FlowRequest: Sendable {
    public let calendar: String
    public let session: SessionKind
    public let barIntervals: [BarInterval]
    /// nil makes no footprint.
    public let footprintInterval: BarInterval?
    /// nil makes no CVD table.
    public let cvdInterval: BarInterval?
    public let bigTradeRules: [BigTradeRule]
    /// Bars that trades close.
    public let tradeBars: [TradeBarRule]
    /// nil makes no table of details.
    public let flowInterval: BarInterval?
    /// The smallest price steps of symbols in 1e-9 of the currency, and that of all others where it is known.
    public let tickSizes: [String: Int64]
    public let otherTickSize: Int64?

    public init(
        calendar: String, session: SessionKind, barIntervals: [BarInterval], footprintInterval: BarInterval?,
        cvdInterval: BarInterval?, bigTradeRules: [BigTradeRule], tradeBars: [TradeBarRule] = [],
        flowInterval: BarInterval? = nil, tickSizes: [String: Int64] = [:], otherTickSize: Int64? = nil
    ) {
        self.calendar = calendar
        self.session = session
        self.barIntervals = barIntervals
        self.footprintInterval = footprintInterval
        self.cvdInterval = cvdInterval
        self.bigTradeRules = bigTradeRules
        self.tradeBars = tradeBars
        self.flowInterval = flowInterval
        self.tickSizes = tickSizes
        self.otherTickSize = otherTickSize
    }

    /// A SESSIONS row, with the price steps of the instruments on its dataset.
    /// - Throws: `ApusError` `config.value`.
    public init(_ spec: SessionSpec, instruments: [InstrumentSpec]) throws {
        func failure(_ column: String, _ message: String) -> ApusError {
            ApusError("config.value", message, context: ["sheet": "SESSIONS", "row": spec.id, "column": column])
        }
        guard let session = SessionKind(rawValue: spec.session) else {
            throw failure("session", "\"\(spec.session)\" is not RTH or FULL")
        }
        var rules: [BigTradeRule] = []
        switch spec.bigTradeKind {
        case nil: break
        case .fixed: rules = [.fixed(size: UInt32(clamping: Int64(spec.bigTradeValue.rounded(.up))))]
        case .percentile: rules = [.percentile(fraction: spec.bigTradeValue, window: spec.bigTradeWindow)]
        case .zscore: rules = [.zScore(score: spec.bigTradeValue, window: spec.bigTradeWindow)]
        }
        self.init(
            calendar: spec.calendar, session: session,
            barIntervals: spec.barIntervals,
            footprintInterval: spec.footprintInterval,
            cvdInterval: spec.cvdInterval, bigTradeRules: rules, tradeBars: spec.alternativeBars,
            flowInterval: spec.flowInterval,
            tickSizes: Dictionary(
                instruments.filter { $0.prices.datasetID == spec.datasetID && $0.tickSize > 0 }
                    .map { ($0.id, Int64(($0.tickSize * 1e9).rounded())) },
                uniquingKeysWith: { first, _ in first }))
    }

    var configuration: FlowConfiguration {
        FlowConfiguration(
            barIntervals: barIntervals, footprintInterval: footprintInterval, cvdInterval: cvdInterval,
            bigTradeRules: bigTradeRules,
            session: session)
    }

    var details: FlowDetailConfiguration? {
        flowInterval.map {
            FlowDetailConfiguration(
                interval: $0, session: session, bigTradeRules: bigTradeRules, tickSizes: tickSizes, otherTickSize: otherTickSize)
        }
    }

    /// Everything that decides the tables besides the trades, for manifests and cache keys.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "calendar": .string(calendar), "session": .string(session.rawValue),
            "bar_intervals": .array(barIntervals.map { .string($0.description) }),
            "footprint_interval": footprintInterval.map { .string($0.description) } ?? .null,
            "cvd_interval": cvdInterval.map { .string($0.description) } ?? .null,
            "big_trade_rules": .array(bigTradeRules.map { .string($0.description) }),
        ]
        if !tradeBars.isEmpty { members["alternative_bars"] = .array(tradeBars.map { .string($0.description) }) }
        if let flowInterval {
            members["flow_interval"] = .string(flowInterval.description)
            members["tick_sizes"] = .object(tickSizes.mapValues { .int($0) })
            members["other_tick_size"] = otherTickSize.map { .int($0) } ?? .null
        }
        return .object(members)
    }
}
