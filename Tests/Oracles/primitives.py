"""Independent definitions of what Sources/Primitives computes, for its tests.

usage: primitives.py random SEED COUNT      raw outputs, then units, of xoshiro256** seeded by SplitMix64
       primitives.py dates                  reads days since 1970, writes year month day weekday
       primitives.py times                  reads nanoseconds since 1970, writes ISO 8601 texts
       primitives.py yaml                   reads YAML documents separated by NUL, writes them as JSON, one a line
       primitives.py json                   reads JSON documents, one a line, writes them in canonical form
"""

import datetime
import json
import math
import sys

MASK = (1 << 64) - 1


def rotate(value, count):
    return ((value << count) | (value >> (64 - count))) & MASK


def random_numbers(seed, count):
    """Blackman and Vigna, https://prng.di.unimi.it: splitmix64.c and xoshiro256starstar.c, restated."""
    state = []
    for _ in range(4):
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        state.append(z ^ (z >> 31))
    for _ in range(count):
        yield (rotate((state[1] * 5) & MASK, 7) * 9) & MASK
        t = (state[1] << 17) & MASK
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= t
        state[3] = rotate(state[3], 45)


def date_of(days):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=days)


def iso_text(nanos):
    seconds, fraction = divmod(nanos, 10**9)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if fraction:
        digits = f"{fraction:09d}"
        while digits.endswith("000"):
            digits = digits[:-3]
        text += "." + digits
    return text + "Z"


def canonical(value):
    """JSON with sorted keys and without spaces; Python's repr of a float is the shortest text that reads back as it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def plain(value):
    """PyYAML's values in JSON's vocabulary."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"nonfinite": repr(value)}
    assert value is None or isinstance(value, (bool, int, float, str)), repr(value)
    return value


def main():
    mode = sys.argv[1]
    if mode == "random":
        numbers = list(random_numbers(int(sys.argv[2]), int(sys.argv[3])))
        for number in numbers:
            print(number, float.hex((number >> 11) / 2**53))
    elif mode == "dates":
        for line in sys.stdin:
            date = date_of(int(line))
            print(date.year, date.month, date.day, date.isoweekday())
    elif mode == "times":
        for line in sys.stdin:
            print(iso_text(int(line)))
    elif mode == "yaml":
        import yaml

        for document in sys.stdin.buffer.read().decode().split("\0"):
            print(canonical(plain(yaml.safe_load(document))))
    elif mode == "json":
        for line in sys.stdin.buffer.read().decode().split("\n"):
            if line:
                print(canonical(json.loads(line)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
