import Primitives

// SIGNAL_TEMPLATES, STRATEGIES, BACKTESTS.
extension WorkbookSchema {
    static let strategySheets = [signalTemplates, strategies, backtests]

    private static let signalTemplates = WorkbookSheet(
        "SIGNAL_TEMPLATES", "A rule that turns features into a position, with its parameters.",
        [
            WorkbookColumn(
                "template_id", .identifier, unique: true,
                "A short name that strategies refer to; one rule may have several rows with parameters of their own."),
            WorkbookColumn(
                "template_name", .choice(SignalTemplateSpec.all.map(\.name)), required: true,
                "The rule: threshold or crossover."),
            WorkbookColumn(
                "allowed_feature_inputs", .references(featureIDSheets, orAll: true),
                "Feature ids that strategies may use with this template, or ALL. Blank means ALL."),
            WorkbookColumn(
                "supports_long_short", .boolean, required: true, "TRUE if strategies may take short positions with it."),
            WorkbookColumn(
                "supports_flat", .boolean, required: true, allowed: [true],
                "Always TRUE: a strategy can always be without a position in this version."),
            WorkbookColumn("description", .text, "What the rule does."),
            WorkbookColumn(
                "default_params_json", .jsonObject,
                "Parameters as JSON. threshold: long_above or short_below or both, and optionally "
                    + "exit_long_below, exit_short_above. crossover: optionally band."
            ),
            .enabled("template"), .notes(),
        ])

    private static let strategies = WorkbookSheet(
        "STRATEGIES", "A signal on one instrument.",
        [
            WorkbookColumn("strategy_id", .identifier, unique: true, "A short name that backtests, gates and costs refer to."),
            WorkbookColumn("strategy_name", .text, "The full name for reports."),
            WorkbookColumn("instrument_id", .reference(["INSTRUMENTS"]), required: true, "The instrument that is traded."),
            WorkbookColumn(
                "feature_set_id", .reference(["FEATURE_SETS"]),
                "The features the strategy may use; blank means every enabled feature."),
            WorkbookColumn(
                "signal_template_id", .reference(["SIGNAL_TEMPLATES"]), required: true, "The template that makes the signal."),
            WorkbookColumn("primary_feature_id", .reference(featureIDSheets), required: true, "The template's first input."),
            WorkbookColumn(
                "secondary_feature_id", .reference(featureIDSheets),
                "The template's second input: required by crossover, blank for threshold."),
            WorkbookColumn("feature_combo_rule", .text, supported: false, "Not supported yet: leave blank or write none."),
            WorkbookColumn("combo_weights_json", .text, supported: false, "Not supported yet: leave blank."),
            WorkbookColumn(
                "position_mode", .choice(["discrete", "scaled"]), required: true,
                "discrete: -1, 0 or +1. scaled: multiplied by the row in SCALING, which discrete must not have."),
            WorkbookColumn(
                "position_values", .integerList, required: true, in: -1...1,
                "The positions it may take, from -1, 0, 1, separated by commas; 0 is always one of them."),
            .enabled("strategy"), .notes(),
        ])

    static let costModels = ["none", "fixed", "ticks", "bps"]
    private static let costComment =
        "none, fixed (price units), ticks (of the instrument's tick_size) or bps (basis points of the price)."

    private static let backtests = WorkbookSheet(
        "BACKTESTS", "A strategy over a period with its execution settings.",
        [
            WorkbookColumn("backtest_id", .identifier, unique: true, "A short name; results and reports carry it."),
            WorkbookColumn("strategy_id", .reference(["STRATEGIES"]), required: true, "The strategy that is run."),
            WorkbookColumn("start_date", .date, required: true, "First trade date, included."),
            WorkbookColumn("end_date", .date, "Last trade date, included. Blank means the last date with data."),
            WorkbookColumn(
                "oos_last_x_months", .monthCount, in: 0...1200, supported: false,
                "Not supported yet: leave blank."),
            WorkbookColumn(
                "rebalance_rule", .choice(["every_bar", "daily"]), required: true,
                "every_bar decides at each bar; daily once a trade date."),
            WorkbookColumn(
                "execution_time", .executionTime,
                "next_open, same_close, next_close, or HH:MM local time (intraday only). Blank takes the instrument's default."),
            WorkbookColumn(
                "execution_price_model", .choice(["mid", "side_aware"]),
                "mid or side_aware. Blank takes the instrument's default."),
            WorkbookColumn("spread_model_type", .choice(costModels), "Full spread: \(costComment) Blank takes it from COSTS."),
            WorkbookColumn(
                "spread_value", .number, in: .nonNegative,
                "Full spread in the model's unit, >= 0. Required where the model is not none."),
            WorkbookColumn(
                "slippage_model_type", .choice(costModels), "Slippage per side: \(costComment) Blank takes it from COSTS."),
            WorkbookColumn(
                "slippage_value", .number, in: .nonNegative,
                "Slippage in the model's unit, >= 0. Required where the model is not none."),
            WorkbookColumn(
                "allow_flip_same_day", .boolean, required: true,
                "TRUE if a position may turn from long to short on one trade date."),
            WorkbookColumn(
                "min_hold_days", .integer, in: .lagDays, "Trade dates a position is held at least, >= 0. Blank means 0."),
            WorkbookColumn(
                "cooldown_days", .integer, in: .lagDays, "Trade dates without a new entry after an exit, >= 0. Blank means 0."),
            WorkbookColumn("as_of_date", .date, "Data ingested or known after this date is not used. Blank means everything."),
            .enabled("backtest"), .notes(),
        ])
}
