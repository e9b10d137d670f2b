public import Contracts
import Engine
public import Market
public import Portfolio
import Primitives

/// A backtest of signals, target weights or a list of orders on bars of many assets: the configuration says how orders become
/// fills and what the account may do.
///
/// Bars come block by block, and what has been recorded can be taken block by block, so that memory does not grow with the data.
public struct SignalBacktest: ~Copyable {
    private var backtest: StrategyBacktest<BacktestStrategy>
    /// What protective rules read.
    private let columns: [String]

    /// - Parameters:
    ///   - orders: replayed instead of the signals' strategy where there are any; sorted by time.
    ///   - weights: for the strategy `target_weights`: hands out one set after the other, by time, nil after the last.
    ///   - schedule: funding, splits and dividends, by the position of their asset in `assets`.
    ///   - feed: what happens inside bars, where the configuration asks for it.
    ///   - checkInvariants: verify the account's identities after every label; for tests.
    /// - Throws: `ApusError` `config.unsupported` for a setting that this engine does not act on.
    public init(
        _ configuration: EngineConfiguration, assets: [String], orders: [ScriptedOrder] = [],
        weights: (() throws -> WeightSet?)? = nil, schedule: AccountSchedule = AccountSchedule(), feed: EventFeed? = nil,
        checkInvariants: Bool = false
    ) throws {
        let targets = try weights.map {
            try WeightsStrategy(configuration, Sessions(configuration), instruments: assets.count, next: $0)
        }
        let strategy = BacktestStrategy(
            script: orders.isEmpty ? nil : OrderScriptStrategy(orders, assets: assets), weights: targets,
            flags: SignalFlagStrategy(configuration.strategy, instruments: assets.count))
        let backtest = try StrategyBacktest(
            configuration, assets: assets, strategy: strategy, schedule: schedule, feed: feed,
            checkInvariants: checkInvariants)
        self.backtest = backtest
        columns = configuration.strategy.contextKeys
    }

    /// The next block of labels.
    /// - Throws: `ApusError` `signals.column`, and what the engine throws.
    public mutating func process(_ bars: BarPanel, _ signals: SignalPanel) throws {
        let context = try columns.map { name in
            guard let column = signals.context[name] else {
                throw ApusError("signals.column", "a risk rule reads a column that is not there", context: ["column": name])
            }
            return column
        }
        try signals.flags.withUnsafeBufferPointer { flags in
            backtest.kernel.strategy.flags.flags = flags.baseAddress
            try backtest.process(bars, columns: context) { $0.flags.skip(bars.assets.count) }
            backtest.kernel.strategy.flags.flags = nil
        }
    }

    /// What has been recorded since the last time, but the account at the last label, which may still change.
    /// - Throws: `ApusError` `run.ruined` where nothing was left.
    public mutating func take() throws -> BacktestRecording { try backtest.take() }

    /// What has been recorded and not taken. Positions that are still open stand among the trades at their last marks.
    public mutating func finish() throws -> BacktestRecording { try backtest.finish() }
}

/// Borrows several columns at once.
@usableFromInline
func withColumns<Result>(_ columns: [[Double]], _ body: ([UnsafePointer<Double>]) throws -> Result) throws -> Result {
    func next(_ rest: ArraySlice<[Double]>, _ pointers: [UnsafePointer<Double>]) throws -> Result {
        guard let column = rest.first else { return try body(pointers) }
        return try column.withUnsafeBufferPointer { buffer in
            try next(rest.dropFirst(), pointers + (buffer.baseAddress.map { [$0] } ?? []))
        }
    }
    return try next(columns[...], [])
}

extension Account {
    init(_ configuration: EngineConfiguration, assets: [String]) {
        let section = configuration.account
        let ours = configuration.apus.instruments
        var fixed: [Int: (initial: Double, maintenance: Double)] = [:]
        var rates: [Int: (initial: Double, maintenance: Double)] = [:]
        for (index, asset) in assets.enumerated() {
            if let pair = section.fixedMarginSchedule?[asset] { fixed[index] = (pair.initial, pair.maintenance) }
            if let pair = section.marginPctSchedule?[asset] { rates[index] = (pair.initial, pair.maintenance) }
            if let initial = ours[asset]?.initialMargin, let maintenance = ours[asset]?.maintenanceMargin {
                fixed[index] = (initial, maintenance)
            }
        }
        self.init(
            initialCash: configuration.cash.initial,
            instruments: assets.map {
                Instrument(
                    asset: $0, multiplier: ours[$0]?.multiplier ?? 1, hasVariationMargin: ours[$0]?.initialMargin != nil,
                    currency: configuration.foreignCurrency(of: $0))
            },
            policy: AccountPolicy(
                allowsShort: section.allowShortSelling, allowsLeverage: section.allowLeverage,
                initialMargin: section.initialMargin,
                longMaintenanceMargin: section.longMaintenanceMargin, shortMaintenanceMargin: section.shortMaintenanceMargin,
                fixedMargins: fixed, marginRates: rates, shortCash: section.shortCashPolicy,
                combinesLockedOrders: section.lockNotionalUpdateMode == .combinedOrder, cashBuffer: configuration.cash.bufferPct,
                settlementReducesBuyingPower: configuration.settlement.reducesBuyingPower,
                settlementDelay: configuration.settlement.delay,
                usesIntegerShares: configuration.positionSizing.shareType == .integer))
    }
}

extension BarPanel {
    /// Borrows the columns as the slice of the first label.
    /// - Parameter index: the ordinal of that label in the run.
    @usableFromInline
    func withSlice(from index: Int, _ body: (MarketSlice) throws -> Void) throws {
        guard let time = times.first, !assets.isEmpty else { return }
        try withColumns([open, high, low, close, volume]) { required in
            try withOptionalPointers([price, vwap, bid, ask, mid, bidSize, askSize]) { optional in
                var slice = MarketSlice(
                    time: time, index: index, count: assets.count, open: required[0], high: required[1], low: required[2],
                    close: required[3], volume: required[4])
                if let price = optional[0] { slice.price = price }
                slice.vwap = optional[1]
                slice.bid = optional[2]
                slice.ask = optional[3]
                slice.mid = optional[4]
                slice.bidSize = optional[5]
                slice.askSize = optional[6]
                try body(slice)
            }
        }
    }

    private func withOptionalPointers(_ columns: [[Double]?], _ body: ([UnsafePointer<Double>?]) throws -> Void) throws {
        try withColumns(columns.compactMap { $0 }) { present in
            var rest = present[...]
            try body(columns.map { $0 == nil ? nil : rest.removeFirst() })
        }
    }
}
