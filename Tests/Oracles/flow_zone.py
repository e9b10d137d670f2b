"""UTC offsets of a zone by the tz database: `<unix second> <offset seconds>` for 1990-01-01 and each change until 2030."""
import datetime as dt
import sys
import zoneinfo

zone = zoneinfo.ZoneInfo(sys.argv[1])
last = None
for hour in range(631_152_000, 1_893_456_000, 3_600):
    offset = int(dt.datetime.fromtimestamp(hour, zone).utcoffset().total_seconds())
    if offset != last:
        print(hour, offset)
        last = offset
