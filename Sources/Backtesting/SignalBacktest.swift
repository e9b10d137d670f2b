public import Contracts
import Engine
import Execution
public import Market
public import Portfolio
import Primitives
import Risk

/// A backtest of signals on bars of many assets: the configuration says how orders become fills and what the account may do.
///
/// Bars come block by block, and what has been recorded can be taken block by block, so that memory does not grow with the data.
public struct SignalBacktest {
    private var kernel: Kernel<ScriptOrFlags, SimulatedVenue>
    private let columns: [String]
    private var sessions: Sessions
    private var labels = 0
    private var skippedBars = 0

    /// - Parameters:
    ///   - orders: replayed instead of the signals' strategy where there are any; sorted by time.
    ///   - schedule: funding, splits and dividends, by the position of their asset in `assets`.
    ///   - checkInvariants: verify the account's identities after every label; for tests.
    /// - Throws: `ApusError` `config.unsupported` for a setting that this engine does not act on.
    public init(
        _ configuration: EngineConfiguration, assets: [String], orders: [ScriptedOrder] = [],
        schedule: AccountSchedule = AccountSchedule(), checkInvariants: Bool = false
    ) throws {
        try configuration.checkSupported(assets: assets, schedule: schedule)
        let strategy = configuration.strategy
        sessions = try Sessions(configuration)
        let account = Account(configuration, assets: assets)
        let names = strategy.contextKeys
        columns = names
        let rules = try strategy.riskRules.map { try PositionRule($0, columns: names) }
        kernel = Kernel(
            desk: Desk(account: account, rules: DeskRules(configuration, assets: assets)),
            strategy: ScriptOrFlags(
                script: orders.isEmpty ? nil : OrderScriptStrategy(orders, assets: assets),
                flags: SignalFlagStrategy(strategy, instruments: assets.count)), venue: SimulatedVenue(),
            protections: PositionRules(rules, columns: names, stops: configuration.stops, instruments: assets.count),
            checkInvariants: checkInvariants)
        kernel.events = AccountEvents(configuration, schedule: schedule, instruments: account.instruments)
        if !configuration.apus.risk.isEmpty {
            kernel.desk.limits = PortfolioRules(configuration.apus.risk, initialEquity: configuration.cash.initial)
        }
    }

    /// The next block of labels.
    public mutating func process(_ bars: BarPanel, _ signals: SignalPanel) throws {
        let context = try columns.map { name in
            guard let column = signals.context[name] else {
                throw ApusError("signals.column", "a risk rule reads a column that is not there", context: ["column": name])
            }
            return column
        }
        try bars.withSlice(from: labels) { slice in
            try withColumns(context) { columns in
                try signals.flags.withUnsafeBufferPointer { flags in
                    kernel.strategy.flags.flags = flags.baseAddress
                    try run(bars, slice, columns)
                    kernel.strategy.flags.flags = nil
                }
            }
        }
    }

    private mutating func run(_ bars: BarPanel, _ start: MarketSlice, _ pointers: [UnsafePointer<Double>]) throws {
        var slice = start
        var columns = pointers
        for label in bars.times.indices {
            if label > 0 {
                slice.advance(to: bars.times[label])
                for column in columns.indices { columns[column] += slice.count }
            }
            guard let session = try sessions.session(of: slice.time) else {
                kernel.strategy.flags.skip(slice.count)
                skippedBars += 1
                continue
            }
            slice.session = session
            slice.index = labels
            labels += 1
            try kernel.step(slice, columns: columns)
        }
    }

    /// What has been recorded since the last time, but the account at the last label, which may still change.
    /// - Throws: `ApusError` `run.ruined` where nothing was left.
    public mutating func take() throws -> BacktestRecording { try kernel.desk.take() }

    /// What has been recorded and not taken. Positions that are still open stand among the trades at their last marks.
    public mutating func finish() throws -> BacktestRecording {
        kernel.events?.settle(&kernel.desk)
        var recording = try kernel.desk.recording()
        recording.skippedBars = skippedBars
        return recording
    }
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
