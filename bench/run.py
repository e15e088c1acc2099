"""Runs every benchmark of this folder and collects what they print.

A benchmark is a script that prints one JSON object on its last line of stdout:

    {"name": "host overhead", "figures": {"ms_per_question": 1.2}, "goals": {"ms_per_question": "<= 5"}, "conditions": {…}}

`figures` are numbers, `goals` (optional) are `<= x` or `>= x` for some of them, `conditions` says what was measured on what.
All results go to bench/out/results.json. Exit code 1 if a benchmark broke or missed a goal.

    python bench/run.py            all of them
    python bench/run.py host llm   those whose file name starts with one of these words
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
TIME_LIMIT_S = 1800


def machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def run_one(script: Path) -> dict[str, Any]:
    """The JSON object that `script` printed, with `seconds`; or {"name", "error"}."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, timeout=TIME_LIMIT_S, cwd=FOLDER.parent
        )
    except subprocess.TimeoutExpired:
        return {"name": script.stem, "error": f"not done after {TIME_LIMIT_S} s"}
    if done.returncode:
        return {"name": script.stem, "error": f"exit code {done.returncode}"}
    lines = done.stdout.strip().splitlines()
    try:
        result = json.loads(lines[-1])
        result["name"], result["figures"].items()
    except (IndexError, ValueError, TypeError, KeyError, AttributeError):
        return {"name": script.stem, "error": "its last line is not the JSON object that bench/run.py describes"}
    return {**result, "seconds": round(time.monotonic() - started, 1)}


def verdict(value: float, goal: str | None) -> str:
    """`ok`, `MISSED` or nothing where there is no goal."""
    if not goal:
        return ""
    relation, bound = goal.split()
    met = {"<=": value <= float(bound), ">=": value >= float(bound)}[relation]
    return "ok" if met else "MISSED"


def table(results: list[dict[str, Any]]) -> list[tuple[str, str, str, str, str]]:
    """Rows of name, figure, value, goal, verdict."""
    rows = []
    for result in results:
        if "error" in result:
            rows.append((result["name"], "", "", "", f"BROKEN: {result['error']}"))
            continue
        goals = result.get("goals", {})
        for figure, value in result["figures"].items():
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            rows.append((result["name"], figure, shown, goals.get(figure, ""), verdict(value, goals.get(figure))))
    return rows


def main(wanted: list[str]) -> int:
    scripts = [p for p in sorted(FOLDER.glob("*.py")) if p.name != "run.py" and not p.name.startswith("_")]
    if wanted:
        scripts = [p for p in scripts if p.stem.startswith(tuple(wanted))]
    if not scripts:
        print(
            f"no benchmark is called {' or '.join(wanted)}" if wanted else "there is no benchmark in bench/", file=sys.stderr
        )
        return 2
    results = []
    for number, script in enumerate(scripts, 1):
        print(f"[{number}/{len(scripts)}] {script.stem}", flush=True)
        results.append(run_one(script))
    out = FOLDER / "out" / "results.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"machine": machine(), "results": results}, indent=2) + "\n")
    rows = [("benchmark", "figure", "value", "goal", ""), *table(results)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"written to {out.relative_to(FOLDER.parent)}")
    return int(any(row[4].startswith(("BROKEN", "MISSED")) for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
