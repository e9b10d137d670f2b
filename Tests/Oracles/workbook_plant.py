"""Plants forty mistakes in a workbook and prints where: one `SHEET CELL` a line, `-` for a whole sheet.

usage: workbook_plant.py IN.xlsx OUT.xlsx

IN is the workbook of Tests/WorkbookTests/Fixtures. Cells are found by id and header, so that a look at a line says what it breaks.
"""

import datetime
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
planted = []


def column(sheet, header):
    for cell in book[sheet][1]:
        if cell.value == header:
            return cell.column
    raise SystemExit(f"{sheet} has no header {header}")


def find(sheet, row_id, header):
    """The cell of `header` in the row whose first column is `row_id`."""
    for row in book[sheet].iter_rows(min_row=2):
        if row[0].value == row_id:
            return book[sheet].cell(row[0].row, column(sheet, header))
    raise SystemExit(f"{sheet} has no row {row_id}")


def mark(sheet, cell):
    planted.append((sheet, cell))


def put(sheet, row_id, header, value):
    cell = find(sheet, row_id, header)
    cell.value = value
    mark(sheet, cell.coordinate)


def add(sheet, wrong, **values):
    """Appends a row; `wrong` is the header of its one mistaken cell."""
    row = max(c.row for line in book[sheet].iter_rows() for c in line if c.value is not None) + 1
    for header, value in values.items():
        book[sheet].cell(row, column(sheet, header)).value = value
    mark(sheet, book[sheet].cell(row, column(sheet, wrong)).coordinate)


def copy_of(sheet, row_id, **changes):
    cells = next(r for r in book[sheet].iter_rows(min_row=2) if r[0].value == row_id)
    values = {book[sheet].cell(1, c.column).value: c.value for c in cells if c.value is not None}
    values.update(changes)
    return {k: v for k, v in values.items() if v is not None}


# Sheets and headers.
book["ROBUSTNESS_PROFILES"].title = "ROBUSTNESS_PROFILE"
mark("ROBUSTNESS_PROFILE", "-")
book.create_sheet("Scratch")["A1"] = "x"
mark("Scratch", "-")
del book["BROKERS"]
mark("BROKERS", "-")
cell = book["DISCOVERY"].cell(1, column("DISCOVERY", "seed"))
cell.value = "sed"
mark("DISCOVERY", cell.coordinate)
book["CONSTRAINT_SETS"].delete_cols(2)
mark("CONSTRAINT_SETS", "B1")
metrics = book["METRICS"]
first, second = column("METRICS", "annualization_factor"), column("METRICS", "risk_free_rate")
for row in range(1, metrics.max_row + 1):
    a, b = metrics.cell(row, first), metrics.cell(row, second)
    a.value, b.value = b.value, a.value
mark("METRICS", metrics.cell(1, first).coordinate)
book["REPORTING"].cell(1, 15).value = "notes"
mark("REPORTING", "O1")
book["TRAINING"].cell(1, 13).value = "priority"
mark("TRAINING", "M1")
book["RUNBOOK"]["F3"] = 5
mark("RUNBOOK", "F3")
book["OPTIMIZATION_STUDIES"].merge_cells("A1:B1")
mark("OPTIMIZATION_STUDIES", "A1")

# Single cells.
put("INSTRUMENTS", "SPX", "currency", None)
put("DATASETS", "WTI", "default_availability_lag_days", "one")
put("DATASETS", "NASDAQ", "source_type", "dbn")
put("FEATURE_LIBRARY", "nasdaq_trend", "lag_days", -1)
put("FEATURE_LIBRARY", "nasdaq_trend", "winsorize", "0.01")
put("FEATURE_LIBRARY", "spx_momentum", "params_json", '{"window": 126')
put("FEATURE_LIBRARY", "spx_vol", "params_json", '{"window": 21, "period_per_year": 252}')
put("FEATURE_LIBRARY", "es_fast", "params_json", "{}")
put("FEATURE_LIBRARY", "baa_z", "params_json", '{"window": 1}')
put("FEATURE_LIBRARY", "es_delta", "dataset_id", "ES_TRADES:cvd_1m")
put("BACKTESTS", "ES_CROSS_1M", "rebalance_rule", "dailly")
put("BACKTESTS", "SPX_MOMENTUM_DAILY", "end_date", datetime.date(2013, 12, 31))
put("STRATEGIES", "ES_CROSS", "instrument_id", "ESH5")
put("STRATEGIES", "ES_CROSS", "secondary_feature_id", None)
put("STRATEGIES", "ES_CROSS", "position_values", "-1,0,2")
put("STRATEGIES", "SPX_MOMENTUM", "secondary_feature_id", "vix_level")
put("STRATEGIES", "SPX_MOMENTUM", "feature_combo_rule", "mean")
put("GATES", "calm_market", "expression", "vix_level < 30 AND")
put("PATHS", "fast_disk", "IsActive", True)
put("COSTS", "es_costs", "fee_per_unit", -1)
put("SESSIONS", "ES_RTH", "enabled", "maybe")
put("RUNBOOK", 2, "CommandOrAction", "python run.py")
put("OPTIMIZATION_PARAMS", "spx_study", "high", "=2*126")
put("CONSTRAINTS", "sane", "threshold", "#REF!")

# Whole rows with one mistake each.
add("INSTRUMENTS", "instrument_id", **copy_of("INSTRUMENTS", "NDQ"))
add(
    "GATES", "expression", gate_id="es_gate", target_type="BACKTEST", target_id="ES_CROSS_1M",
    expression="vix_levle < 30", mode="entries", enabled=True,
)
add("COSTS", "target_id", **copy_of("COSTS", "es_costs", cost_profile_id="no_target", fee_per_unit=0, target_type="STRATEGY", target_id="NOPE"))
add("SCALING", "target_id", **copy_of("SCALING", "spx_vol_target", scaling_id="second"))
add("PORTFOLIOS", "backtest_id", **copy_of("PORTFOLIOS", "es_account", portfolio_id="lost", backtest_id="SPX_DAILY"))
add("BACKTESTS", "execution_time", **copy_of("BACKTESTS", "SPX_MOMENTUM_DAILY", backtest_id="INTRADAY", end_date=None, execution_time="15:30"))

if len(planted) != 40 or len(set(planted)) != 40:
    raise SystemExit(f"{len(planted)} planted, {len(set(planted))} distinct")
book.save(sys.argv[2])
for sheet, cell in planted:
    print(sheet, cell)
