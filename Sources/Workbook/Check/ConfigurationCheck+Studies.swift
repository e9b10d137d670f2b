import Contracts
import Primitives

// COSTS, SCALING, OPTIMIZATION_PARAMS, TRAINING, LIVE, and rules that need whole sheets to be sound.
extension ConfigurationCheck {
    mutating func checkCosts() {
        for row in workbook.rows("COSTS") {
            checkModel("COSTS", row, "commission_model", "commission_value")
            checkModel("COSTS", row, "spread_model_type", "spread_value")
            checkModel("COSTS", row, "slippage_model_type", "slippage_value")
            if row.text("commission_model") == "none", row.number("commission_min") != 0 {
                refuse("COSTS", row, "commission_min", "or 0 where commission_model is none")
            }
            if row.text("commission_model") == "percent", let value = row.number("commission_value"), value >= 1 {
                report("COSTS", row, "commission_value", "\(value) is a fraction of notional: 0.001 is ten basis points")
            }
        }
        for row in workbook.rows("SCALING") {
            guard let least = row.number("min_scale"), let most = row.number("max_scale"), least > most else { continue }
            report("SCALING", row, "min_scale", "min_scale \(least) is above max_scale \(most)")
        }
    }

    mutating func checkStudies() {
        for row in workbook.rows("TRAINING") { checkDates("TRAINING", row, "train_start", "train_end") }
        for row in workbook.rows("OPTIMIZATION_PARAMS") { checkParameter(row) }
        for row in workbook.rows("LIVE") {
            guard let stage = row.text("stage"), stage != "shadow", let id = row.text("broker_id"), isSound("LIVE", row, "stage"),
                let environment = workbook["BROKERS"]?.row(id: id)?.text("environment"), environment != stage
            else { continue }
            report("LIVE", row, "stage", "\(stage) does not go with the \(environment) account \(id)")
        }
    }

    private mutating func checkParameter(_ row: TypedRow) {
        let sheet = "OPTIMIZATION_PARAMS"
        if let low = row.number("low"), let high = row.number("high"), high < low {
            report(sheet, row, "high", "high \(high) is below low \(low)")
        }
        guard row.text("optimize_flag") == "X", let type = row.text("param_type") else { return }
        if type == "categorical" {
            require(sheet, row, "choices", "for a categorical parameter that is searched")
        } else {
            require(sheet, row, "low", "for a number that is searched")
            require(sheet, row, "high", "for a number that is searched")
        }
    }

    /// What every enabled backtest needs from other sheets. Skipped where one of them has problems: they may be the cause.
    mutating func checkWhole() {
        let needed = ["INSTRUMENTS", "STRATEGIES", "BACKTESTS", "COSTS", "PORTFOLIOS", "SCALING"]
        guard needed.allSatisfy({ workbook[$0] != nil && !problems.isFlagged($0) }) else { return }
        for row in workbook.rows("BACKTESTS") where row.isEnabled {
            guard let id = row.id, let strategyID = row.text("strategy_id"),
                let strategy = workbook["STRATEGIES"]?.row(id: strategyID),
                let instrument = instrument(ofBacktest: row)
            else { continue }
            if !workbook.rows("PORTFOLIOS").contains(where: { $0.isEnabled && $0.text("backtest_id") == id }) {
                report("BACKTESTS", row, "backtest_id", "no enabled row of PORTFOLIOS names \"\(id)\"")
            }
            checkScaling(id, strategy)
            checkCurrency(id, instrument)
            checkTicks(row, strategyID: strategyID, instrument: instrument)
            checkMembers(id, row, strategyID, instrument)
        }
    }

    /// The other strategies that share the account of a backtest.
    private mutating func checkMembers(_ id: String, _ backtest: TypedRow, _ own: String, _ first: TypedRow) {
        guard let row = workbook.rows("PORTFOLIOS").first(where: { $0.isEnabled && $0.text("backtest_id") == id }),
            let weights = row.object("capital_weights"), !weights.isEmpty
        else { return }
        if weights[own] == nil {
            report("PORTFOLIOS", row, "capital_weights", "the backtest's own strategy \"\(own)\" is missing")
        }
        var traded = [first.id]
        for other in weights.keys.sorted() where other != own {
            guard let strategy = workbook["STRATEGIES"]?.row(id: other),
                let instrument = strategy.text("instrument_id").flatMap({ workbook["INSTRUMENTS"]?.row(id: $0) })
            else { continue }
            if !strategy.isEnabled { report("PORTFOLIOS", row, "capital_weights", "the strategy \"\(other)\" is not enabled") }
            if traded.contains(instrument.id) {
                report("PORTFOLIOS", row, "capital_weights", "two strategies trade \"\(instrument.id ?? "")\"")
            }
            traded.append(instrument.id)
            if instrument.text("calendar") != first.text("calendar") {
                report(
                    "PORTFOLIOS", row, "capital_weights",
                    "\"\(instrument.id ?? "")\" has another calendar than \"\(first.id ?? "")\"")
            }
            checkScaling(id, strategy)
            checkCurrency(id, instrument)
            checkTicks(backtest, strategyID: other, instrument: instrument)
        }
    }

    /// `scaled` needs a row of SCALING, and `discrete` reads none.
    private mutating func checkScaling(_ backtestID: String, _ strategy: TypedRow) {
        let scaling = workbook.rows("SCALING").first {
            $0.isEnabled
                && ($0.text("target_id") == backtestID && $0.text("target_type") == "BACKTEST"
                    || $0.text("target_id") == strategy.id && $0.text("target_type") == "STRATEGY")
        }
        switch (strategy.text("position_mode"), scaling) {
        case ("scaled", nil):
            report(
                "STRATEGIES", strategy, "position_mode",
                "no enabled row of SCALING names \"\(strategy.id ?? "")\" or its backtest")
        case ("discrete", let row?):
            report(
                "STRATEGIES", strategy, "position_mode",
                "discrete does not read SCALING, and its row \(row.number) is enabled for \"\(row.text("target_id") ?? "")\"",
                suggestion: "write scaled, or disable that row")
        default: break
        }
    }

    /// Nothing converts currencies.
    private mutating func checkCurrency(_ backtestID: String, _ instrument: TypedRow) {
        guard let currency = instrument.text("currency") else { return }
        for row in workbook.rows("PORTFOLIOS") where row.isEnabled && row.text("backtest_id") == backtestID {
            guard let other = row.text("currency"), other != currency, isSound("PORTFOLIOS", row, "currency") else { continue }
            report(
                "PORTFOLIOS", row, "currency", "\"\(instrument.id ?? "")\" is priced in \(currency); nothing converts \(other)",
                suggestion: "write \(currency)")
        }
    }

    /// A figure's own settings are read where it has any, and all rows must agree.
    mutating func checkMetrics() {
        for (column, readers) in [("annualization_factor", MetricKey.annualized), ("risk_free_rate", MetricKey.excess)] {
            var first: TypedRow?
            for row in workbook.rows("METRICS") where row.has(column) && isSound("METRICS", row, "metric_id") {
                guard let id = row.id, isSound("METRICS", row, column) else { continue }
                guard readers.contains(id) else {
                    refuse("METRICS", row, column, "for \(id); it is for \(readers.joined(separator: ", "))")
                    continue
                }
                guard row.isEnabled else { continue }
                if let first, first.number(column) != row.number(column) {
                    report(
                        "METRICS", row, column,
                        "row \(first.number) gives \(first.number(column) ?? 0); all rows must give the same number")
                }
                first = first ?? row
            }
        }
    }

    /// The nearest enabled cost row must exist, and costs in ticks need a tick size.
    private mutating func checkTicks(_ row: TypedRow, strategyID: String, instrument: TypedRow) {
        let order = [("BACKTEST", row.id), ("STRATEGY", strategyID), ("INSTRUMENT", instrument.id), ("ALL", nil)]
        let costs = workbook.rows("COSTS").filter(\.isEnabled)
        let nearest = order.lazy.compactMap { type, id in
            costs.first { $0.text("target_type") == type && $0.text("target_id") == id }
        }.first
        guard let nearest else {
            report("BACKTESTS", row, "backtest_id", "no enabled row of COSTS applies to \"\(row.id ?? "")\"")
            return
        }
        guard !instrument.has("tick_size") else { return }
        for column in ["spread_model_type", "slippage_model_type"] where (row.text(column) ?? nearest.text(column)) == "ticks" {
            let source = row.has(column) ? "BACKTESTS row \(row.number)" : "COSTS row \(nearest.number)"
            report("INSTRUMENTS", instrument, "tick_size", "a tick_size is required: \(source) counts in ticks")
            return
        }
    }
}
