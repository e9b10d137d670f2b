// The sheets that the specification demands but does not name.
extension WorkbookSchema {
    static let ourSheets = [sessions, costs, gates, scaling, portfolios, discovery, training, live, brokers, labels]

    private static let sessions = WorkbookSheet(
        "SESSIONS", "Hours of a dataset of trades or quotes and the tables derived for them.",
        uniqueTogether: [["dataset_id", "session"]],
        [
            WorkbookColumn("session_id", .identifier, unique: true, "A short name for the row."),
            WorkbookColumn("dataset_id", .reference(["DATASETS"]), required: true, "A dataset of type trades or quotes."),
            WorkbookColumn("calendar", .choice(calendars), required: true, "Trading days and hours."),
            WorkbookColumn(
                "session", .choice(["RTH", "FULL"]), required: true,
                "RTH: regular hours only. FULL: everything the venue reports."),
            WorkbookColumn(
                "bar_intervals", .intervalList,
                "Bar lengths separated by commas, such as 1m,5m; 1s to 1d. Required for trades, blank for quotes."),
            WorkbookColumn("footprint_interval", .interval, "Length of a footprint bucket, such as 5m. Blank means 1m."),
            WorkbookColumn("cvd_interval", .interval, "Length of a cumulative-delta bucket, such as 5m. Blank means 1m."),
            WorkbookColumn(
                "big_trade_rule", .choice(["fixed", "percentile", "zscore"]),
                "Which trades are big: fixed size, a percentile of the window before, or a z-score over it. Blank finds none."),
            WorkbookColumn(
                "big_trade_value", .number, in: .nonNegative,
                "Contracts (fixed), a fraction > 0 and <= 1 such as 0.995 (percentile) or standard deviations (zscore)."),
            WorkbookColumn(
                "big_trade_window", .integer, in: 2...1e7,
                "Trades before the present one that percentile and zscore look at. Blank means 1000; blank for fixed."),
            WorkbookColumn(
                "alternative_bars", .tradeBarList, later: true,
                "Bars that trades close, separated by commas, such as tick:1000, volume:5000, dollar:1e6: every so many trades, "
                    + "contracts or currency units. tick_, volume_, dollar_ with imbalance or runs, such as "
                    + "volume_imbalance:5000: where buying and selling differ more than expected, the first threshold given. "
                    + "Tables are named like bars_tick_1000. Blank makes none."),
            WorkbookColumn(
                "flow_interval", .interval, later: true,
                "Length of the bars whose details the table flow_<interval> tells, such as 1m: how delta ran, sizes, point of "
                    + "control, value area, imbalances. Blank makes none."),
            WorkbookColumn(
                "quote_intervals", .intervalList, later: true,
                "Lengths of the buckets that the tables quotes_<interval> summarise, separated by commas, such as 1s,1m: the "
                    + "book at the end, spread and imbalance over time, order flow imbalance. Required for quotes, blank for "
                    + "trades."
            ),
            .enabled("session"), .notes(),
        ])

    private static let costs = WorkbookSheet(
        "COSTS",
        "Commission, fees, spread and slippage of a target. The nearest row counts: BACKTEST, then STRATEGY, INSTRUMENT, ALL.",
        oneEnabledPer: ["target_type", "target_id"],
        [
            WorkbookColumn("cost_profile_id", .identifier, unique: true, "A short name; results carry it with its digest."),
            WorkbookColumn(
                "target_type", .choice(["ALL", "INSTRUMENT", "STRATEGY", "BACKTEST"]), required: true,
                "What the costs apply to."),
            WorkbookColumn("target_id", .target(typeColumn: "target_type"), "The id of the target; blank for ALL."),
            WorkbookColumn(
                "commission_model", .choice(["none", "per_unit", "per_order", "percent"]), required: true,
                "How commission is charged."),
            WorkbookColumn(
                "commission_value", .number, in: .nonNegative,
                "Currency per unit or per order, or for percent a fraction of notional, >= 0."),
            WorkbookColumn(
                "commission_min", .number, in: .nonNegative, "Smallest commission of an order in currency, >= 0. Blank means 0."),
            WorkbookColumn(
                "fee_per_unit", .number, in: .nonNegative,
                "Exchange and clearing fees in currency per unit and side, >= 0. Blank means 0."),
            WorkbookColumn(
                "spread_model_type", .choice(costModels), required: true,
                "Full spread: none, fixed (price units), ticks or bps."),
            WorkbookColumn(
                "spread_value", .number, in: .nonNegative,
                "Full spread in the model's unit, >= 0. Required where the model is not none."),
            WorkbookColumn(
                "slippage_model_type", .choice(costModels), required: true,
                "Slippage per side: none, fixed (price units), ticks or bps."),
            WorkbookColumn(
                "slippage_value", .number, in: .nonNegative,
                "Slippage in the model's unit, >= 0. Required where the model is not none."),
            .enabled("profile"), .notes(),
        ])

    private static let gates = WorkbookSheet(
        "GATES", "A condition under which a strategy may enter. At most one enabled gate a target.",
        oneEnabledPer: ["target_type", "target_id"],
        [
            WorkbookColumn("gate_id", .identifier, unique: true, "A short name for the gate."),
            WorkbookColumn("target_type", .choice(["STRATEGY", "BACKTEST"]), required: true, "What is gated."),
            WorkbookColumn("target_id", .target(typeColumn: "target_type"), required: true, "The id of the target."),
            WorkbookColumn(
                "expression", .gateExpression, required: true,
                "Comparisons of feature ids with numbers, joined by AND, OR, NOT and parentheses: "
                    + "vix_level < 30 AND NOT (credit_z > 2 OR trend = 0)."
            ),
            WorkbookColumn(
                "mode", .choice(["entries", "entries_and_exits"]), required: true,
                "entries blocks entries only; entries_and_exits blocks both."),
            .enabled("gate"), .notes(),
        ])

    private static let scaling = WorkbookSheet(
        "SCALING", "How a scaled strategy sizes its position.", oneEnabledPer: ["target_type", "target_id"],
        [
            WorkbookColumn("scaling_id", .identifier, unique: true, "A short name for the row."),
            WorkbookColumn("target_type", .choice(["STRATEGY", "BACKTEST"]), required: true, "What is scaled."),
            WorkbookColumn("target_id", .target(typeColumn: "target_type"), required: true, "The id of the target."),
            WorkbookColumn(
                "method", .choice(["vol_target"]), required: true,
                "vol_target: scale = target_vol / feature, inside min_scale and max_scale."),
            WorkbookColumn(
                "feature_id", .reference(featureIDSheets), required: true,
                "The feature with the volatility, in the unit of target_vol."),
            WorkbookColumn(
                "target_vol", .number, required: true, in: .positive,
                "Volatility aimed at, > 0, a fraction such as 0.10 a year."),
            WorkbookColumn("min_scale", .number, in: .nonNegative, "Smallest scale, >= 0. Blank means 0."),
            WorkbookColumn("max_scale", .number, required: true, in: .positive, "Largest scale, > 0: 1 never borrows."),
            WorkbookColumn("rebalance", .choice(["daily", "on_signal_change"]), required: true, "When the scale is renewed."),
            .enabled("row"), .notes(),
        ])

    private static let portfolios = WorkbookSheet(
        "PORTFOLIOS", "Capital and position size of a backtest.", oneEnabledPer: ["backtest_id"],
        [
            WorkbookColumn("portfolio_id", .identifier, unique: true, "A short name for the row."),
            WorkbookColumn("backtest_id", .reference(["BACKTESTS"]), required: true, "The backtest it belongs to."),
            WorkbookColumn("initial_cash", .number, required: true, in: .positive, "Cash at the start, in currency, > 0."),
            WorkbookColumn("currency", .text, required: true, "ISO 4217 code, such as USD."),
            WorkbookColumn(
                "sizing_mode", .choice(["units", "notional_fraction"]), required: true,
                "units: sizing_value units a position. notional_fraction: that fraction of equity."),
            WorkbookColumn(
                "sizing_value", .number, required: true, in: .positive,
                "Units or contracts, or a fraction of equity such as 1.0, > 0."),
            WorkbookColumn(
                "share_type", .choice(["integer", "fractional"]), required: true, "integer rounds toward zero to whole units."),
            WorkbookColumn(
                "position_rules", .riskRules, later: true,
                "Protective rules as a JSON list, the first that acts wins: "
                    + "[{\"type\": \"StopLoss\", \"pct\": 0.02}, {\"type\": \"TimeExit\", \"max_bars\": 20}]."),
            WorkbookColumn(
                "capital_weights", .jsonObject, later: true,
                "Strategies that share the account, as JSON: the part of the equity that each sizes its positions by, such as "
                    + "{\"SPX_MOMENTUM\": 0.6, \"NDQ_MOMENTUM\": 0.4}. The backtest's own is one of them, and each "
                    + "trades another instrument. Blank: the backtest's own strategy, with all of it."),
            limit("max_gross_exposure", "Sum of absolute notionals"), limit("max_net_exposure", "Size of the net notional"),
            limit("max_symbol_exposure", "Absolute notional of an instrument"),
            limit("max_leverage", "As max_gross_exposure, and positions are cut back to it at every close"),
            limit("max_drawdown", "Fall from the highest equity that closes everything for good", in: .positiveFraction),
            limit("max_daily_loss", "Fall of equity in a session that closes everything until the next", in: .positiveFraction),
            .enabled("portfolio"), .notes(),
        ])

    private static func limit(
        _ name: String, _ what: String, in range: ClosedRange<Double> = .positive
    ) -> WorkbookColumn {
        WorkbookColumn(
            name, .number, in: range, later: true, "\(what), a fraction of equity such as 0.2, > 0. Blank is no limit.")
    }

    private static let discovery = WorkbookSheet(
        "DISCOVERY", "An event study over a concept.",
        [
            WorkbookColumn("discovery_id", .identifier, unique: true, "A short name for the study."),
            WorkbookColumn("concept_id", .identifier, required: true, "The concept's id in spec/concepts."),
            WorkbookColumn("event_id", .identifier, required: true, "The event's id in spec/events."),
            WorkbookColumn(
                "instrument_ids", .references(["INSTRUMENTS"], orAll: true), required: true,
                "Instrument ids separated by commas, or ALL."),
            WorkbookColumn(
                "horizons", .integerList, required: true, in: .counts,
                "Bars after the event, separated by commas, such as 1,5,20."),
            WorkbookColumn("min_events", .integer, required: true, in: .counts, "Fewest events that are tested, >= 1."),
            WorkbookColumn(
                "max_q_value", .number, required: true, in: .fraction, "Largest false-discovery rate accepted, 0 to 1."),
            WorkbookColumn("seed", .integer, required: true, in: 0...9e15, "Seed of the random choices, a whole number >= 0."),
            WorkbookColumn("cost_profile_id", .reference(["COSTS"]), "The costs that a discovery must survive."),
            .notYetEnabled("study"), .notes(),
        ])

    private static let training = WorkbookSheet(
        "TRAINING", "A model to train.",
        [
            WorkbookColumn("training_id", .identifier, unique: true, "A short name for the training."),
            WorkbookColumn("feature_set_id", .reference(["FEATURE_SETS"]), required: true, "The model's inputs."),
            WorkbookColumn("label_id", .reference(["LABELS"]), required: true, "The label that is predicted."),
            WorkbookColumn("model_family", .identifier, required: true, "Such as lightgbm, xgboost or ridge."),
            WorkbookColumn("params_json", .jsonObject, "The family's parameters as JSON."),
            WorkbookColumn("train_start", .date, required: true, "First date, included."),
            WorkbookColumn("train_end", .date, required: true, "Last date, included."),
            WorkbookColumn("purge_days", .integer, in: .lagDays, "Days left out before a test fold, >= 0."),
            WorkbookColumn("embargo_days", .integer, in: .lagDays, "Days left out after a test fold, >= 0."),
            WorkbookColumn("seed", .integer, required: true, in: 0...9e15, "Seed of the training, a whole number >= 0."),
            .notYetEnabled("training"), .notes(),
        ])

    private static let live = WorkbookSheet(
        "LIVE", "A strategy that trades on paper or live.",
        [
            WorkbookColumn("live_id", .identifier, unique: true, "A short name for the row."),
            WorkbookColumn("strategy_id", .reference(["STRATEGIES"]), required: true, "The strategy that trades."),
            WorkbookColumn("broker_id", .reference(["BROKERS"]), required: true, "The account it trades on."),
            WorkbookColumn(
                "stage", .choice(["shadow", "paper", "live"]), required: true,
                "shadow sends no order, paper trades a paper account, live trades money."),
            WorkbookColumn(
                "max_daily_loss", .number, required: true, in: .positive,
                "Loss in account currency that stops trading for the day, > 0."),
            WorkbookColumn(
                "max_gross_exposure", .number, required: true, in: .positive, "Largest gross notional in account currency, > 0."),
            WorkbookColumn(
                "max_orders_per_minute", .integer, required: true, in: 1...10_000,
                "Orders a minute beyond which trading stops, >= 1."),
            .notYetEnabled("row"), .notes(),
        ])

    private static let brokers = WorkbookSheet(
        "BROKERS", "An account at a broker.",
        [
            WorkbookColumn("broker_id", .identifier, unique: true, "A short name that LIVE refers to."),
            WorkbookColumn("broker_type", .choice(["simulated", "alpaca"]), required: true, "The broker's interface."),
            WorkbookColumn(
                "environment", .choice(["paper", "live"]), required: true,
                "paper or live. live needs a second confirmation at start."),
            WorkbookColumn("endpoint", .text, "Base address of the interface; blank takes the broker's own for the environment."),
            WorkbookColumn("account_id", .text, "The account, where the broker has several."),
            WorkbookColumn("secret_ref", .text, "Name of the secret in the vault. Never write the secret itself here."),
            WorkbookColumn("rate_limit_per_minute", .integer, in: 1...1e6, "Requests a minute the broker allows, >= 1."),
            .notYetEnabled("account"), .notes(),
        ])

    private static let labels = WorkbookSheet(
        "LABELS", "What the future of an instrument was, for learning and judging; never an input of a decision.", later: true,
        [
            WorkbookColumn("label_id", .identifier, unique: true, "A short name, different from every feature's."),
            WorkbookColumn("label_name", .text, "The full name for charts and reports."),
            WorkbookColumn(
                "instrument_id", .reference(["INSTRUMENTS"]), required: true,
                "The instrument whose bars are looked at; each is a row, decided at its close."),
            WorkbookColumn(
                "label", .text, required: true,
                "A name that `apus labels definitions` lists, such as triple_barrier, or a short one that carries parameters, "
                    + "such as fwd_ret_15m or y_will_peak_30m_0.8."),
            WorkbookColumn(
                "params_json", .jsonObject,
                "The label's parameters as JSON, such as {\"horizon\": 21}. Horizons count bars. Unknown keys are refused."),
            WorkbookColumn(
                "volatility_feature_id", .reference(featureIDSheets),
                "The feature that distances are multiples of, as known at each decision. Blank: the standard deviation of the "
                    + "last 20 returns, where the label counts volatilities."),
            WorkbookColumn(
                "side_feature_id", .reference(featureIDSheets),
                "The feature whose sign, as known at each decision, is the bet: > 0 long, < 0 short, 0 none. For meta_label, and "
                    + "triple_barrier where it judges bets."),
            WorkbookColumn(
                "benchmark_instrument_id", .reference(["INSTRUMENTS"]), "What excess_return is the excess over; its closes."),
            WorkbookColumn(
                "member_label_ids", .references(["LABELS"], orAll: false),
                "For cs_percentile and cs_zscore: the labels to compare, one an instrument, separated by commas; that of "
                    + "instrument_id is among them and is the one that is judged."),
            WorkbookColumn("tags", .textList, "Words separated by commas."),
            .enabled("label"), .notes(),
        ])
}
