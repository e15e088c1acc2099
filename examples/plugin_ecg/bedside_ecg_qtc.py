"""Stands for a vendor's program: QTc of the beats in a file (CSV: rr (ms), qt (ms)), with its progress.

    python bedside_ecg_qtc.py beats.csv

QTc by Fridericia is QT / (RR / 1 s) ^ (1/3). Prints `progress DONE TOTAL`, and one line of JSON at the end.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

EVERY = 100


def main(path: str) -> int:
    with Path(path).open(encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")][1:]
    corrected = []
    for number, line in enumerate(lines, 1):
        rr, qt = (float(cell) for cell in line.split(","))
        if not 200 <= rr <= 3000 or not 150 <= qt <= 900:
            print(f"beat {number}: an interval is outside of what a heart does", file=sys.stderr)
            return 3
        corrected.append(qt / (rr / 1000) ** (1 / 3))
        if number % EVERY == 0 or number == len(lines):
            print(f"progress {number} {len(lines)}", flush=True)
    if not corrected:
        print("no beats", file=sys.stderr)
        return 3
    result = {"beats": len(corrected), "median": round(statistics.median(corrected)), "longest": round(max(corrected))}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[-1]))
