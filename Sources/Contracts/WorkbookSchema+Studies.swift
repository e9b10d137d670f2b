import Primitives

// OPTIMIZATION_*, CONSTRAINT*, METRICS, ROBUSTNESS*, REPORTING.
extension WorkbookSchema {
    static let studySheets = [
        optimizationStudies, optimizationParams, constraintSets, constraints, metrics, robustnessProfiles, robustness, reporting,
    ]

    private static let optimizationStudies = WorkbookSheet(
        "OPTIMIZATION_STUDIES", "A search over the parameters of a backtest.",
        [
            WorkbookColumn("study_id", .identifier, unique: true, "A short name that OPTIMIZATION_PARAMS refers to."),
            WorkbookColumn(
                "backtest_id", .reference(["BACKTESTS"]), required: true, "The backtest whose parameters are searched."),
            WorkbookColumn("method", .choice(["grid", "random", "bayesian"]), required: true, "How candidates are chosen."),
            WorkbookColumn(
                "objective_primary_metric", .reference(["METRICS"]), required: true,
                "The metric that is optimised, a metric_id."),
            WorkbookColumn(
                "objective_secondary_metric", .reference(["METRICS"]),
                "The second axis of the Pareto plot, a metric_id, or blank."),
            WorkbookColumn("objective_direction", .choice(["maximize", "minimize"]), required: true, "Which way is better."),
            WorkbookColumn("optimize_on", .choice(["IS"]), required: true, "IS: only the in-sample part is seen by the search."),
            WorkbookColumn("n_trials", .integer, in: .counts, "Candidates to try, >= 1. Blank for grid means all."),
            WorkbookColumn("seed", .integer, in: 0...9e15, "Seed of the random choices, a whole number >= 0."),
            WorkbookColumn("save_top_n_artifacts", .integer, in: 0...1e6, "How many of the best trials keep their full results."),
            WorkbookColumn(
                "constraint_set_id", .reference(["CONSTRAINT_SETS"]), "Constraints that a candidate must meet, or blank."),
            WorkbookColumn("robustness_profile_id", .reference(["ROBUSTNESS_PROFILES"]), "Tests run on the winners, or blank."),
            .notYetEnabled("study"), .notes(),
        ])

    private static let optimizationParams = WorkbookSheet(
        "OPTIMIZATION_PARAMS", "A parameter of a study.",
        uniqueTogether: [["study_id", "param_scope", "target_id", "param_name"]],
        [
            WorkbookColumn(
                "study_id", .reference(["OPTIMIZATION_STUDIES"]), required: true, "The study the parameter belongs to."),
            WorkbookColumn(
                "param_scope", .choice(targetSheets.map(\.type)), required: true, "What kind of row the parameter is in."),
            WorkbookColumn("target_id", .target(typeColumn: "param_scope"), required: true, "The id of that row."),
            WorkbookColumn("param_name", .text, required: true, "Column, or key of the row's parameters."),
            WorkbookColumn("optimize_flag", .choice(["X"]), "X to search this parameter; blank keeps the configured value."),
            WorkbookColumn("param_type", .choice(["int", "float", "categorical"]), required: true, "Type of the values."),
            WorkbookColumn("low", .number, "Smallest value, for int and float."),
            WorkbookColumn("high", .number, "Largest value, for int and float; at least low."),
            WorkbookColumn("step", .number, in: .positive, "Distance of neighbouring values, > 0."),
            WorkbookColumn("choices", .textList, "The values of a categorical parameter, separated by commas."),
            WorkbookColumn("constraint_group", .text, "Parameters of one group are tied by constraint_rule."),
            WorkbookColumn("constraint_rule", .text, "Relation inside the group, such as fast < slow."),
            WorkbookColumn(
                "default_value_if_not_optimized", .text, "Value where the flag is blank; blank keeps the configured one."),
            .notes(),
        ])

    private static let constraintSets = WorkbookSheet(
        "CONSTRAINT_SETS", "A named set of constraints.",
        [
            WorkbookColumn("constraint_set_id", .identifier, unique: true, "A short name that studies and CONSTRAINTS refer to."),
            WorkbookColumn("description", .text, "What the set is for."),
            .notYetEnabled("set"), .notes(),
        ])

    private static let constraints = WorkbookSheet(
        "CONSTRAINTS", "A limit that results must meet.",
        uniqueTogether: [["constraint_set_id", "metric_id", "scope", "operator"]],
        [
            WorkbookColumn(
                "constraint_set_id", .reference(["CONSTRAINT_SETS"]), required: true, "The set the constraint belongs to."),
            WorkbookColumn("metric_id", .reference(["METRICS"]), required: true, "The metric that is limited."),
            WorkbookColumn("scope", .choice(["IS", "OOS", "FULL"]), required: true, "The part of the period it is measured on."),
            WorkbookColumn(
                "operator", .choice([">=", "<=", ">", "<", "="]), required: true, "The relation metric operator threshold."),
            WorkbookColumn("threshold", .number, required: true, "The limit in the metric's unit; fractions, not percent."),
            .notYetEnabled("constraint"),
            WorkbookColumn(
                "severity", .choice(["hard", "soft"]), required: true, "hard makes a candidate infeasible; soft only marks it."),
            .notes(),
        ])

    private static let metrics = WorkbookSheet(
        "METRICS", "A figure that results and constraints use.",
        [
            WorkbookColumn(
                "metric_id", .choice(MetricKey.all), unique: true, "The metric's name in metrics.json, such as sharpe."),
            WorkbookColumn("description", .text, "What it measures."),
            .enabled("metric"),
            WorkbookColumn(
                "annualization_factor", .number, in: .positive,
                "Days a year, > 0. For \(MetricKey.annualized.joined(separator: ", ")): one number for all. "
                    + "Blank means 252, 365 on ALWAYS_OPEN."
            ),
            WorkbookColumn(
                "risk_free_rate", .number, in: -1...1,
                "Yearly rate as a fraction, such as 0.02. For \(MetricKey.excess.joined(separator: ", ")): one number for all. "
                    + "Blank means 0."),
            .notes(),
        ])

    private static let robustnessProfiles = WorkbookSheet(
        "ROBUSTNESS_PROFILES", "A named set of robustness tests.",
        [
            WorkbookColumn(
                "robustness_profile_id", .identifier, unique: true, "A short name that studies and ROBUSTNESS refer to."),
            WorkbookColumn("description", .text, "What the profile is for."),
            .notYetEnabled("profile"), .notes(),
        ])

    private static let robustness = WorkbookSheet(
        "ROBUSTNESS", "A test of a profile.", uniqueTogether: [["robustness_profile_id", "test_id"]],
        [
            WorkbookColumn(
                "robustness_profile_id", .reference(["ROBUSTNESS_PROFILES"]), required: true, "The profile the test belongs to."),
            WorkbookColumn(
                "test_id",
                .choice([
                    "is_oos_gap", "walk_forward", "purge_embargo", "block_bootstrap", "signal_shuffle", "lag_sweep",
                    "parameter_stability", "regime_subperiod", "multiple_testing",
                ]), required: true, "The test."),
            .notYetEnabled("test"),
            WorkbookColumn("param_json", .jsonObject, "The test's parameters as JSON."),
            .notes(),
        ])

    /// What can only be one way in this version; blank means the same.
    private static func fixed(_ name: String, _ value: Bool, _ what: String) -> WorkbookColumn {
        WorkbookColumn(
            name, .boolean, allowed: [.bool(value)],
            value ? "TRUE or blank: results always \(what)." : "FALSE or blank: not supported yet; TRUE would \(what).")
    }

    private static let reporting = WorkbookSheet(
        "REPORTING", "What is written about a result.",
        [
            WorkbookColumn("report_id", .identifier, unique: true, "A short name; files carry it."),
            WorkbookColumn("target_type", .choice(["BACKTEST"]), required: true, "What is reported: BACKTEST."),
            WorkbookColumn("target_id", .target(typeColumn: "target_type"), required: true, "The backtest_id that is reported."),
            WorkbookColumn("generate_tearsheet", .boolean, required: true, "TRUE to write the tear sheet."),
            fixed("save_equity_curve", true, "keep the equity curve"),
            fixed("save_positions", false, "keep positions over time"),
            fixed("save_signals", false, "keep the signals"),
            fixed("save_feature_debug", false, "keep every feature value with the time it became available"),
            WorkbookColumn("leaderboard_top_n", .integer, in: 0...1e6, supported: false, "Not supported yet: leave blank."),
            fixed("pareto_plot", false, "draw the Pareto front of a study"),
            WorkbookColumn("output_formats", .choiceList(["html"]), required: true, "Formats separated by commas: html."),
            .enabled("report"), .notes(),
        ])
}
