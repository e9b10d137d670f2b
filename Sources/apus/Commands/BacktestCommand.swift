import Contracts
import Pipeline
import Primitives

extension Command {
    static let backtestSignals = Command(
        name: "signals", summary: "Backtest signals on bars of any number of assets, both from Parquet files.",
        discussion: """
            PRICES has one row for each bar and asset, sorted by time: timestamp, asset (or symbol), open, high, low, close, volume. \
            SIGNALS has the same two keys and Boolean columns: entry and exit, or short_entry and short_exit, or long_entry, \
            long_exit, short_entry and short_exit, as the strategy's type says. CONFIG is YAML in the words of ml4t-backtest 0.2.0, \
            with the sections strategy and apus beside; a key that is left out has its default. docs/contracts/engine-config.md \
            tells every key. \
            WEIGHTS instead of SIGNALS has timestamp, asset and weight, fractions of equity, and ORDERS a list of orders. \
            --case runs a conformance case instead: a folder with prices.parquet, signals.parquet and case.json. \
            DIR gets trades, fills, equity and daily profits as Parquet, metrics.json, config.yaml and a manifest with the digests of \
            all that was read. The same input gives the same bytes.
            """,
        examples: [
            .init(
                "apus backtest signals --prices prices.parquet --signals signals.parquet --config engine.yaml --out result",
                "a backtest of your own"),
            .init("apus backtest signals --case cases/backtrader_01 --out result --schema ml4t-0.2", "a conformance case"),
            .init(
                "apus backtest signals --prices prices.parquet --orders orders.parquet --config engine.yaml --out result",
                "a list of orders instead of signals"),
            .init(
                "apus backtest signals --prices prices.parquet --weights weights.parquet --config engine.yaml --out result",
                "a portfolio that is brought back to its weights, at each timestamp of theirs or as strategy.cadence says"),
        ],
        options: [
            .value("prices", "PRICES", "Parquet file with the bars"),
            .value("signals", "SIGNALS", "Parquet file with the signals"),
            .value("orders", "ORDERS", "Parquet file with a list of orders, instead of signals"),
            .value(
                "weights", "WEIGHTS",
                "Parquet file with target weights: timestamp, asset, weight; signals only feed risk rules then"),
            .value("config", "CONFIG", "YAML or JSON file; every key at its default where absent"),
            .value("case", "DIR", "conformance case, instead of the files above"),
            .value("asset", "NAME", "the asset of files that have no asset column", default: "asset"),
            .resultSchema,
            .value("out", short: "o", "DIR", "result folder; a result that is there is replaced", required: true),
        ]
    ) { context in
        let request = try signalRequest(context.arguments)
        let schema = context.resultSchema
        let folder = WorkspaceRoot.absolute(context.arguments.string("out"))
        context.log.debug(
            "backtest", ["prices": .string(request.prices), "out": .string(folder), "schema": .string(schema.rawValue)])
        let outcome = try SignalRun.run(request, to: folder, schema: schema)
        try context.emit(json: outcome.json) {
            try context.print(
                "\(outcome.bars) bars of \(outcome.assets) \(outcome.assets == 1 ? "asset" : "assets"), \(outcome.fills) fills, "
                    + "\(outcome.trades) trades, final equity \(outcome.finalEquity)")
            if outcome.ignoredSignalRows > 0 {
                try context.print("\(outcome.ignoredSignalRows) signal rows have no bar and were ignored")
            }
            for (reason, count) in outcome.rejections.sorted(by: { $0.key < $1.key }) {
                try context.print("\(count) \(count == 1 ? "order" : "orders") refused: \(reason)")
            }
            if outcome.cutOrders > 0 {
                let orders = outcome.cutOrders == 1 ? "order was" : "orders were"
                try context.print("\(outcome.cutOrders) \(orders) cut to what the account could pay")
            }
            if let bars = outcome.barsWithoutEvents, bars > 0 {
                try context.print("\(bars) bars had nothing inside and met their orders as a whole")
            }
            try context.print((outcome.changed ? "Wrote " : "Nothing changed in ") + folder)
        }
    }

    private static func signalRequest(_ arguments: ParsedArguments) throws -> SignalRequest {
        func file(_ option: String) -> String? { arguments.optionalString(option).map { WorkspaceRoot.absolute($0) } }
        if let folder = file("case") {
            for option in ["prices", "signals", "orders", "weights", "config", "asset"] where arguments.isGiven(option) {
                throw UsageError(kind: .exclusive("--\(option)", "--case"), path: arguments.path)
            }
            return try SignalRequest(caseFolder: folder)
        }
        guard let prices = file("prices") else { throw UsageError(kind: .missingOption("--prices"), path: arguments.path) }
        for other in ["signals", "weights"] where arguments.isGiven(other) && arguments.isGiven("orders") {
            throw UsageError(kind: .exclusive("--\(other)", "--orders"), path: arguments.path)
        }
        guard ["signals", "orders", "weights"].contains(where: arguments.isGiven) else {
            throw UsageError(kind: .missingOption("--signals"), path: arguments.path)
        }
        var request = SignalRequest(
            prices: prices, signals: file("signals"), orders: file("orders"), weights: file("weights"),
            configuration: EngineConfiguration(), asset: arguments.string("asset"))
        if let path = file("config") { try request.configure(file: path) }
        return request
    }
}

extension JSONValue {
    /// Null for a number that JSON cannot hold: ml4t-backtest 0.2.0 knows infinite ratios.
    fileprivate var finite: JSONValue {
        if case .double(let number) = self, !number.isFinite { .null } else { self }
    }
}

extension SignalRun.Outcome {
    var json: JSONValue {
        var members = common.objectValue ?? [:]
        members["rejected_orders"] = .object(rejections.mapValues { .int(Int64($0)) })
        members["cut_orders"] = .int(Int64(cutOrders))
        if let barsWithoutEvents { members["bars_without_events"] = .int(Int64(barsWithoutEvents)) }
        return .object(members)
    }

    private var common: JSONValue {
        [
            "folder": .string(folder), "changed": .bool(changed), "assets": .int(Int64(assets)), "bars": .int(Int64(bars)),
            "price_rows": .int(Int64(priceRows)), "signal_rows": .int(Int64(signalRows)),
            "ignored_signal_rows": .int(Int64(ignoredSignalRows)), "trades": .int(Int64(trades)), "fills": .int(Int64(fills)),
            "final_equity": .double(finalEquity), "metrics": .object(metrics.mapValues(\.finite)),
        ]
    }
}
