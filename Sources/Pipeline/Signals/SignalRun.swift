import Backtesting
public import Contracts
import Lake
import Market
import Portfolio
public import Primitives
import Reporting

/// `apus backtest signals`: prices and signals from Parquet files, through the engine, into a result folder.
public enum SignalRun {
    public struct Outcome: Sendable {
        public let folder: String
        /// False where the folder held exactly this result already.
        public let changed: Bool
        public let assets: Int
        public let bars: Int
        public let priceRows: Int
        public let signalRows: Int
        /// Signals for assets and times without a bar, which mean nothing.
        public let ignoredSignalRows: Int
        /// Bars that orders met as a whole, because nothing is known of what happened inside; nil where nobody asked for that.
        public let barsWithoutEvents: Int?
        /// Orders that the account or the market refused, by reason.
        public let rejections: [String: Int]
        /// Orders, of target weights too, that were made smaller because the account could not pay for all of them.
        public let cutOrders: Int
        public let trades: Int
        public let fills: Int
        public let finalEquity: Double
        public let metrics: [String: JSONValue]
    }

    /// - Throws: `ApusError` of what is read, of the engine and of what is written; nothing is written then.
    public static func run(_ request: SignalRequest, to folder: String, schema: ResultSchema = .v1) throws -> Outcome {
        var configuration = try configuration(request)
        let inputs = try SignalInputs(request, notIn: folder)
        // A result takes the place of the one before it, and of nothing else.
        guard Folder.names(in: folder).isEmpty || FileBytes.exists(folder + "/trades.parquet") else {
            throw ApusError(
                "result.folder", "the folder holds something else than a result; name a new one", context: ["folder": folder])
        }
        // The result keeps the names as they were written.
        let written = configuration
        configuration.apus = request.located
        let reader = try PanelReader(
            prices: request.prices, signals: request.signals, feed: configuration.feed, strategy: configuration.strategy,
            asset: request.asset)
        let orders = try request.orders.map { try OrderScript.read($0, assets: reader.assets) } ?? []
        let schedule = try AccountSchedule(configuration.apus, assets: reader.assets)
        let weights = try request.weights.map { try WeightFile($0, feed: configuration.feed, assets: reader.assets) }
        let feed = try EventFeed.open(configuration, assets: reader.assets, asset: request.asset)
        var backtest = try SignalBacktest(
            configuration, assets: reader.assets, orders: orders, weights: weights.map { $0.next }, schedule: schedule, feed: feed
        )
        var bars = 0
        var summary = try RecordingSummary(configuration: written.ml4tJSON, schema: schema)
        var result: BacktestResult?
        let made = try ResultFolder.write(
            manifest: { try inputs.manifest(written) }, to: folder, schema: schema, initialCapital: summary.initialEquity,
            predictions: request.signals
        ) { curve in
            func add(_ part: BacktestRecording) throws {
                summary.add(part)
                try curve.append(part.equity)
            }
            while try reader.next({ panel, signals in
                bars += panel.times.count
                try backtest.process(panel, signals)
                try add(backtest.take())
            }) {}
            try add(backtest.finish())
            let finished = summary.result()
            result = finished
            return finished
        }
        return Outcome(
            folder: folder, changed: made.changed, assets: reader.assets.count, bars: bars, priceRows: reader.priceRows,
            signalRows: reader.signalRows, ignoredSignalRows: reader.ignoredSignalRows,
            barsWithoutEvents: feed?.barsWithoutEvents,
            rejections: summary.recording.rejectedOrders.reduce(into: [:]) { $0[$1.code, default: 0] += 1 },
            cutOrders: summary.recording.cutOrders, trades: summary.recording.trades.count,
            fills: summary.recording.fills.count, finalEquity: summary.finalEquity, metrics: result?.metrics ?? [:])
    }

    /// Weights are what `target_weights` trades, and it trades nothing else.
    private static func configuration(_ request: SignalRequest) throws -> EngineConfiguration {
        var configuration = request.configuration
        let type = configuration.strategy.type
        if request.weights != nil, !request.namesStrategyType, type == SignalStrategySpec().type {
            configuration.strategy.type = .targetWeights
        }
        guard request.orders != nil || (request.weights != nil) == (configuration.strategy.type == .targetWeights) else {
            let message = request.weights == nil ? "target_weights needs weights" : "weights need the type target_weights"
            throw ApusError("config.value", message, context: ["key": "strategy.type", "value": type.rawValue])
        }
        if request.weights == nil, let key = configuration.strategy.rebalancingKeys.first {
            throw ApusError(
                "config.value", "only target_weights reads the key, and there are no weights", context: ["key": "strategy.\(key)"]
            )
        }
        return configuration
    }
}
