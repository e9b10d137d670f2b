import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// The schema against a second copy of the headers: the first eighteen as the specification lists them, then ours.
struct SchemaTests {
    private static let specification = """
        RUNBOOK: StepNo, Task, CommandOrAction, Notes
        PATHS: Profile, IsActive, CODE_ROOT, DATA_ROOT, DUCKDB_FILE, RAW_DIR, CANONICAL_DIR, FEATURE_CACHE_DIR, RUNS_DIR, \
        LOG_DIR, EXPORT_CONFIG_DIR, Notes
        DATASETS: dataset_id, dataset_type, source_type, source_path_or_id, update_mode, date_col, timestamp_tz, bar_frequency, \
        known_time_rule, default_availability_lag_days, canonical_table_name, canonical_partition_keys, notes
        INSTRUMENTS: instrument_id, instrument_name, instrument_type, prices_dataset_id, open_col, high_col, low_col, close_col, \
        return_model, tick_size, multiplier, currency, calendar, default_execution_time, default_execution_price_model, notes
        FEATURE_LIBRARY: feature_id, feature_name, dataset_id, instrument_scope, input_col, transform, params_json, lag_days, \
        availability_lag_days, missing_policy, winsorize, normalize, max_age, tags, enabled, notes
        ENGINEERED_FEATURES: eng_feature_id, eng_feature_name, input_feature_ids, combine_transform, params_json, lag_days, \
        availability_lag_days, missing_policy, max_age, tags, enabled, notes
        FEATURE_SETS: feature_set_id, description, include_tags, exclude_tags, include_feature_ids, exclude_feature_ids, \
        max_features, enabled, notes
        SIGNAL_TEMPLATES: template_id, template_name, allowed_feature_inputs, supports_long_short, supports_flat, description, \
        default_params_json, enabled, notes
        STRATEGIES: strategy_id, strategy_name, instrument_id, feature_set_id, signal_template_id, primary_feature_id, \
        secondary_feature_id, feature_combo_rule, combo_weights_json, position_mode, position_values, enabled, notes
        BACKTESTS: backtest_id, strategy_id, start_date, end_date, oos_last_x_months, rebalance_rule, execution_time, \
        execution_price_model, spread_model_type, spread_value, slippage_model_type, slippage_value, allow_flip_same_day, \
        min_hold_days, cooldown_days, as_of_date, enabled, notes
        OPTIMIZATION_STUDIES: study_id, backtest_id, method, objective_primary_metric, objective_secondary_metric, \
        objective_direction, optimize_on, n_trials, seed, save_top_n_artifacts, constraint_set_id, robustness_profile_id, \
        enabled, notes
        OPTIMIZATION_PARAMS: study_id, param_scope, target_id, param_name, optimize_flag, param_type, low, high, step, choices, \
        constraint_group, constraint_rule, default_value_if_not_optimized, notes
        CONSTRAINT_SETS: constraint_set_id, description, enabled, notes
        CONSTRAINTS: constraint_set_id, metric_id, scope, operator, threshold, enabled, severity, notes
        METRICS: metric_id, description, enabled, annualization_factor, risk_free_rate, notes
        ROBUSTNESS_PROFILES: robustness_profile_id, description, enabled, notes
        ROBUSTNESS: robustness_profile_id, test_id, enabled, param_json, notes
        REPORTING: report_id, target_type, target_id, generate_tearsheet, save_equity_curve, save_positions, save_signals, \
        save_feature_debug, leaderboard_top_n, pareto_plot, output_formats, enabled, notes
        """

    private static let ours = """
        SESSIONS: session_id, dataset_id, calendar, session, bar_intervals, footprint_interval, cvd_interval, big_trade_rule, \
        big_trade_value, big_trade_window, alternative_bars, flow_interval, quote_intervals, enabled, notes
        COSTS: cost_profile_id, target_type, target_id, commission_model, commission_value, commission_min, fee_per_unit, \
        spread_model_type, spread_value, slippage_model_type, slippage_value, enabled, notes
        GATES: gate_id, target_type, target_id, expression, mode, enabled, notes
        SCALING: scaling_id, target_type, target_id, method, feature_id, target_vol, min_scale, max_scale, rebalance, enabled, \
        notes
        PORTFOLIOS: portfolio_id, backtest_id, initial_cash, currency, sizing_mode, sizing_value, share_type, position_rules, \
        capital_weights, max_gross_exposure, max_net_exposure, max_symbol_exposure, max_leverage, max_drawdown, max_daily_loss, \
        enabled, notes
        DISCOVERY: discovery_id, concept_id, event_id, instrument_ids, horizons, min_events, max_q_value, seed, cost_profile_id, \
        enabled, notes
        TRAINING: training_id, feature_set_id, label_id, model_family, params_json, train_start, train_end, purge_days, \
        embargo_days, seed, enabled, notes
        LIVE: live_id, strategy_id, broker_id, stage, max_daily_loss, max_gross_exposure, max_orders_per_minute, enabled, notes
        BROKERS: broker_id, broker_type, environment, endpoint, account_id, secret_ref, rate_limit_per_minute, enabled, notes
        LABELS: label_id, label_name, instrument_id, label, params_json, volatility_feature_id, side_feature_id, \
        benchmark_instrument_id, member_label_ids, tags, enabled, notes
        """

    private static let expected: [(name: String, headers: [String])] = (specification + "\n" + ours).split(separator: "\n").map {
        line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (String(parts[0]), parts[1].split(separator: ",").map { String($0).trimmedXMLSpace })
    }

    @Test func sheetsAndHeadersAreThoseOfTheSpecification() throws {
        #expect(Self.expected.count == 28)
        #expect(WorkbookSchema.sheets.map(\.name) == Self.expected.map(\.name))
        for (schema, expected) in zip(WorkbookSchema.sheets, Self.expected) {
            #expect(schema.headers == expected.headers, "\(schema.name)")
        }
    }

    @Test func aWrittenWorkbookHasThemInTheirOrder() throws {
        let folder = try TemporaryFolder("schema")
        let path = folder.file("new.xlsx")
        try WorkbookTemplate.write(to: path, sample: [:])
        let file = try XLSXReader.read(path)
        #expect(file.sheets.map(\.name) == Self.expected.map(\.name))
        for (sheet, expected) in zip(file.sheets, Self.expected) {
            let headers = sheet.row(1)?.cells.compactMap { CellForms.text($0.value) }
            #expect(headers == expected.headers, "\(sheet.name)")
        }
        // Without rows there is exactly one thing wrong: nothing says where the folders are.
        #expect(
            try ConfigurationFile.load(path).problems.map(\.description) == [
                "PATHS!B1: no profile is active; set IsActive to TRUE in one row"
            ])
    }

    @Test func referencesLeadToSheetsWithIDs() {
        for sheet in WorkbookSchema.sheets {
            #expect(!sheet.summary.isEmpty)
            for column in sheet.columns {
                #expect(!column.comment.isEmpty, "\(sheet.name) \(column.name)")
                switch column.kind {
                case .reference(let names), .references(let names, _):
                    for name in names {
                        #expect(WorkbookSchema.sheet(name)?.idColumn != nil, "\(sheet.name) \(column.name): \(name)")
                    }
                case .target(let typeColumn):
                    guard case .choice(let types)? = sheet.column(typeColumn)?.kind else {
                        Issue.record("\(sheet.name) \(typeColumn) is no choice")
                        continue
                    }
                    for type in types where type != "ALL" { #expect(WorkbookSchema.targetSheet(type) != nil, "\(type)") }
                default: break
                }
            }
            for name in sheet.uniqueTogether.flatMap({ $0 }) + sheet.oneEnabledPer {
                #expect(sheet.column(name) != nil, "\(sheet.name) \(name)")
            }
        }
    }

    @Test func metricNamesAreThoseOfTheResultsContract() throws {
        let text = String(decoding: try FileBytes.read(PackageRoot.appending("docs/contracts/results.md")), as: UTF8.self)
        let section = try #require(text.split(separator: "## metrics.json").last)
        let names = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { line in
            (line.split(separator: "|").first ?? "").split(separator: ",").map {
                String($0.filter { $0.isLetter || $0.isNumber || $0 == "_" })
            }
        }
        #expect(names == MetricKey.all)
        #expect((MetricKey.annualized + MetricKey.excess).allSatisfy(MetricKey.all.contains))
    }

    @Test func theSampleReadsAsConfiguration() throws {
        let folder = try TemporaryFolder("schema")
        let path = folder.file("new.xlsx")
        try WorkbookTemplate.write(to: path)
        let configuration = try Configuration(snapshot: try ConfigurationFile.load(path).snapshot, workspace: folder.path)
        #expect(configuration.backtests.count == SampleWorkbook.rows["BACKTESTS"]?.count)
        let features = WorkbookSchema.featureIDSheets.flatMap { SampleWorkbook.rows[$0] ?? [] }.filter { $0["enabled"] == true }
        #expect(configuration.features.count == features.count)
        #expect(configuration.labels.count == SampleWorkbook.rows["LABELS"]?.count)
        for backtest in configuration.backtests {
            #expect(configuration.portfolio(for: backtest) != nil)
            #expect(throws: Never.self) { try configuration.costProfile(for: backtest, strategy: backtest.strategyID) }
        }
    }
}
