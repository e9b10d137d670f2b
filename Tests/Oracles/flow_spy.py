"""SPY prints of 2013-10-07 and their one-minute bars in file order.

flow_spy.py ZIP trades        one `<ns since the epoch> <price in 1e-9> <size>` line a print
flow_spy.py ZIP FULL|RTH      one `<start ns> <open> <high> <low> <close> <volume> <count>` line a minute, prices x 10,000
"""
import datetime as dt
import sys
import zipfile
import zoneinfo

archive = zipfile.ZipFile(sys.argv[1])
midnight = int(dt.datetime(2013, 10, 7, tzinfo=zoneinfo.ZoneInfo("America/New_York")).timestamp()) * 1000
bars = {}
out = []
for line in archive.read(archive.namelist()[0]).decode().splitlines():
    stamp, price, size = (int(field) for field in line.split(",")[:3])
    if sys.argv[2] == "trades":
        out.append(f"{(midnight + stamp) * 1_000_000} {price * 100_000} {size}")
        continue
    if sys.argv[2] == "RTH" and not 34_200_000 <= stamp < 57_600_000:
        continue
    minute = (midnight + stamp) // 60_000
    bar = bars.get(minute)
    if bar is None:
        bars[minute] = [price, price, price, price, size, 1]
    else:
        bar[1] = max(bar[1], price)
        bar[2] = min(bar[2], price)
        bar[3] = price
        bar[4] += size
        bar[5] += 1
for minute in sorted(bars):
    out.append(f"{minute * 60_000_000_000} " + " ".join(str(value) for value in bars[minute]))
print("\n".join(out))
