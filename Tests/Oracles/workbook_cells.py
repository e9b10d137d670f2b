"""Prints every cell of a workbook as openpyxl reads it: JSON [[sheet, cell, kind, value], ...].

usage: workbook_cells.py FILE.xlsx
"""

import datetime
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1], data_only=True)
out = []
for sheet in book:
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if value is None:
                continue
            if cell.data_type == "e":
                out.append([sheet.title, cell.coordinate, "error", value])
            elif isinstance(value, bool):
                out.append([sheet.title, cell.coordinate, "bool", value])
            elif isinstance(value, (int, float)):
                out.append([sheet.title, cell.coordinate, "number", float(value)])
            elif isinstance(value, datetime.datetime):
                out.append([sheet.title, cell.coordinate, "date", value.isoformat(timespec="milliseconds") + "Z"])
            elif isinstance(value, datetime.time):
                out.append([sheet.title, cell.coordinate, "time", value.isoformat(timespec="milliseconds")])
            else:
                out.append([sheet.title, cell.coordinate, "text", str(value)])
print(json.dumps(out))
