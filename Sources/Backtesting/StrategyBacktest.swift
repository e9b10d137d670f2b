public import Contracts
public import Engine
import Execution
public import Market
public import Portfolio
public import Primitives
import Risk

/// A backtest of any strategy on bars of many assets: the configuration says how orders become fills and what the account may
/// do.
///
/// Bars come block by block, and what has been recorded can be taken block by block, so that memory does not grow with the data.
public struct StrategyBacktest<Strategy: TradingStrategy>: ~Copyable {
    @usableFromInline var kernel: Kernel<Strategy, SimulatedVenue>
    @usableFromInline var sessions: Sessions
    @usableFromInline var labels = 0
    @usableFromInline var skippedBars = 0

    /// - Parameters:
    ///   - schedule: funding, splits and dividends, by the position of their asset in `assets`.
    ///   - checkInvariants: verify the account's identities after every label; for tests.
    /// - Throws: `ApusError` `config.unsupported` for a setting that this engine does not act on.
    public init(
        _ configuration: EngineConfiguration, assets: [String], strategy: Strategy,
        schedule: AccountSchedule = AccountSchedule(), checkInvariants: Bool = false
    ) throws {
        try configuration.checkSupported(assets: assets, schedule: schedule)
        let names = configuration.strategy.contextKeys
        let sessions = try Sessions(configuration)
        let account = Account(configuration, assets: assets)
        let rules = try configuration.strategy.riskRules.map { try PositionRule($0, columns: names) }
        self.sessions = sessions
        kernel = Kernel(
            desk: Desk(account: account, rules: DeskRules(configuration, assets: assets)), strategy: strategy,
            venue: SimulatedVenue(),
            protections: PositionRules(rules, columns: names, stops: configuration.stops, instruments: assets.count),
            checkInvariants: checkInvariants)
        kernel.events = AccountEvents(configuration, schedule: schedule, instruments: account.instruments)
        if !configuration.apus.risk.isEmpty {
            kernel.desk.limits = PortfolioRules(configuration.apus.risk, initialEquity: configuration.cash.initial)
        }
    }

    /// The next block of labels.
    /// - Parameters:
    ///   - columns: what protective rules read, by the names of the configuration's `contextKeys`, laid out as the prices.
    ///   - skip: called for each label that lies outside of the sessions.
    @inlinable
    public mutating func process(
        _ bars: BarPanel, columns: [[Double]] = [], skip: (inout Strategy) -> Void = { _ in }
    ) throws {
        try bars.withSlice(from: labels) { slice in
            try withColumns(columns) { try run(bars.times, slice, $0, skip) }
        }
    }

    @inlinable
    mutating func run(
        _ times: [UnixNanos], _ start: MarketSlice, _ pointers: [UnsafePointer<Double>], _ skip: (inout Strategy) -> Void
    ) throws {
        var slice = start
        var columns = pointers
        for label in times.indices {
            if label > 0 {
                slice.advance(to: times[label])
                for column in columns.indices { columns[column] += slice.count }
            }
            guard let session = try sessions.session(of: slice.time) else {
                skip(&kernel.strategy)
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
