"""Writes workbooks and Parquet files of series, each with one thing that a reader must refuse or read with care."""
import datetime
import os
import sys

import openpyxl
import pandas as pd

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
start = datetime.datetime(2024, 3, 11)
times = [start + datetime.timedelta(minutes=5 * i) for i in range(6)]


def workbook(name, plant, label="time", times=times, title=False):
    """Names in row 2 from column B on, below an empty row; values in rows 3 to 8."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    if title:
        sheet.cell(1, 2, "Bars of an exchange")
    for column, text in enumerate([label, "close"], 2):
        sheet.cell(2, column, text)
    for row, time in enumerate(times, 3):
        sheet.cell(row, 2, time)
        sheet.cell(row, 3, 1.5 + row)
    for cell, value in plant.items():
        sheet[cell] = value
    book.save(f"{folder}/{name}.xlsx")


workbook("late", {"B7": datetime.datetime(2200, 1, 1)})
workbook("number", {"C7": "x1"})
workbook("infinite", {"C6": "inf"})
workbook("order", {"B5": times[0]})
workbook("missing", {"B4": None})
workbook("truth", {"C5": "#DIV/0!"})
workbook("title", {}, title=True)
workbook("words", {"C4": "N/A", "C5": "#N/A", "C6": "null", "C7": " 2.5 "})

days = [start + datetime.timedelta(days=i) for i in range(5)]
workbook("daily-late", {"B6": datetime.datetime(2030, 1, 2)}, "day", days)
workbook("daily-number", {"C7": "1,5"}, "day", days)
workbook("daily-order", {"B5": days[0]}, "day", days)
workbook("daily-words", {"C4": "N/A"}, "day", days)

frame = pd.DataFrame({"time": pd.DatetimeIndex(times).tz_localize("UTC"), "close": [1.0, 2, 3, 4, 5, 6]})
frame.assign(time=list(frame.time[:4]) + [pd.Timestamp("2200-01-01", tz="UTC"), pd.Timestamp("2200-01-02", tz="UTC")]).to_parquet(
    f"{folder}/late.parquet", index=False)
frame.assign(close=["1.5", "NA", None, "-2e3", " 7 ", ""], symbol="BTC", day=frame.time.dt.date).to_parquet(
    f"{folder}/texts.parquet", index=False)
frame.assign(open=1.0, close=["1.5", "2", "0x10", "3", "4", "5"]).to_parquet(f"{folder}/number.parquet", index=False)
frame.assign(close=[1.0, 2, float("inf"), 4, 5, 6]).to_parquet(f"{folder}/infinite.parquet", index=False)
