"""The dates of a gzipped csv whose first column is M/D/YYYY, as YYYY-MM-DD lines in file order."""
import csv
import gzip
import sys

with gzip.open(sys.argv[1], "rt") as file:
    rows = csv.reader(file)
    next(rows)
    for row in rows:
        month, day, year = (int(part) for part in row[0].split("/"))
        print(f"{year:04d}-{month:02d}-{day:02d}")
