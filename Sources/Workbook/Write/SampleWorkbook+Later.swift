import Primitives

// Rows of the sheets after the backtests; those that later versions run are disabled.
extension SampleWorkbook {
    static let laterRows: [String: [[String: JSONValue]]] = [
        "ENGINEERED_FEATURES": [
            [
                "eng_feature_id": "credit_slope", "eng_feature_name": "Stress of credit against equity volatility",
                "input_feature_ids": ["credit_z", "vix_level"], "combine_transform": "linear",
                "params_json": ["weights": [1.0, 0.05], "intercept": -1.0], "missing_policy": "drop", "tags": ["daily"],
                "enabled": true,
            ]
        ] + moreEngineered,
        "OPTIMIZATION_STUDIES": [
            [
                "study_id": "spx_study", "backtest_id": "SPX_MOMENTUM_DAILY", "method": "grid",
                "objective_primary_metric": "total_pnl",
                "objective_secondary_metric": "max_drawdown", "objective_direction": "maximize", "optimize_on": "IS", "seed": 1,
                "save_top_n_artifacts": 5, "constraint_set_id": "sane", "robustness_profile_id": "standard", "enabled": false,
            ]
        ],
        "OPTIMIZATION_PARAMS": [
            [
                "study_id": "spx_study", "param_scope": "FEATURE", "target_id": "spx_momentum", "param_name": "window",
                "optimize_flag": "X", "param_type": "int", "low": 42, "high": 252, "step": 21,
            ],
            [
                "study_id": "spx_study", "param_scope": "SCALING", "target_id": "spx_vol_target", "param_name": "target_vol",
                "param_type": "float", "low": 0.05, "high": 0.2, "step": 0.05,
            ],
        ],
        "CONSTRAINT_SETS": [["constraint_set_id": "sane", "description": "Enough trades, bearable drawdown", "enabled": false]],
        "CONSTRAINTS": [
            [
                "constraint_set_id": "sane", "metric_id": "num_trades", "scope": "IS", "operator": ">=", "threshold": 20,
                "enabled": false, "severity": "hard",
            ],
            [
                "constraint_set_id": "sane", "metric_id": "max_drawdown", "scope": "IS", "operator": ">=", "threshold": -0.25,
                "enabled": false, "severity": "soft",
            ],
        ],
        "ROBUSTNESS_PROFILES": [
            ["robustness_profile_id": "standard", "description": "What every winner must pass", "enabled": false]
        ],
        "ROBUSTNESS": [
            ["robustness_profile_id": "standard", "test_id": "walk_forward", "enabled": false, "param_json": ["folds": 5]],
            [
                "robustness_profile_id": "standard", "test_id": "block_bootstrap", "enabled": false,
                "param_json": ["samples": 1000, "block_days": 20, "seed": 1],
            ],
        ],
        "DISCOVERY": [
            [
                "discovery_id": "vix_spikes", "concept_id": "volatility", "event_id": "vix_spike", "instrument_ids": ["SPX"],
                "horizons": [1, 5, 20], "min_events": 30, "max_q_value": 0.1, "seed": 1, "cost_profile_id": "default_costs",
                "enabled": false,
            ]
        ],
        "TRAINING": [
            [
                "training_id": "spx_next_day", "feature_set_id": "daily", "label_id": "spx_fwd_ret_21d",
                "model_family": "lightgbm",
                "params_json": ["num_leaves": 15], "train_start": "2014-02-03", "train_end": "2017-12-29", "purge_days": 1,
                "embargo_days": 5, "seed": 1, "enabled": false,
            ]
        ],
        "LIVE": [
            [
                "live_id": "spx_paper", "strategy_id": "SPX_MOMENTUM", "broker_id": "paper_account", "stage": "paper",
                "max_daily_loss": 10_000, "max_gross_exposure": 1_500_000, "max_orders_per_minute": 10, "enabled": false,
            ]
        ],
        "LABELS": [
            [
                "label_id": "spx_fwd_ret_21d", "label_name": "S&P 500 return of the next 21 sessions", "instrument_id": "SPX",
                "label": "forward_return", "params_json": ["horizon": 21], "tags": ["daily"], "enabled": true,
            ],
            [
                "label_id": "es_barrier", "label_name": "ES: 4 volatilities up or down within 15 minutes",
                "instrument_id": "ESH4",
                "label": "triple_barrier",
                "params_json": ["horizon_time": "15m", "upper": 4, "lower": 4, "distance": "volatility"],
                "volatility_feature_id": "es_vol", "tags": ["intraday"], "enabled": true,
            ],
        ],
        "BROKERS": [
            [
                "broker_id": "paper_account", "broker_type": "simulated", "environment": "paper", "rate_limit_per_minute": 180,
                "enabled": false,
            ]
        ],
    ]
}
