"""Prints the days of a gzipped table Date,Open,High,Low,Close,... as lines `days since 1970,open,high,low,close`."""
import csv
import datetime
import gzip
import sys

with gzip.open(sys.argv[1], "rt") as file:
    for row in csv.DictReader(file):
        month, day, year = map(int, row["Date"].split("/"))
        days = (datetime.date(year, month, day) - datetime.date(1970, 1, 1)).days
        print(days, row["Open"], row["High"], row["Low"], row["Close"], sep=",")
