"""What recommendations cost in bulk: 90 genomes, 19 genes, all loaded sources of guidance.

    BEDSIDE_HOME=HOME BEDSIDE_MIRROR=../shared/data python bench/pgx_bulk.py        a home with pharmcat pulled

Each file is called, and what follows is made into the JSON of `genomics pgx --batch`, as in that command's one process: with
recommendations in a first round in which no results were met before, then with them and without in turn. Milliseconds of
this process's CPU, so that other work on the machine counts less.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from _measure import home, report


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds of CPU."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def main() -> None:
    from bedside.core.config import load_config
    from bedside.integrations.app import open_app

    mirror = os.environ.get("BEDSIDE_MIRROR")
    if not mirror:
        raise SystemExit("BEDSIDE_MIRROR names no folder with the real data")
    files = sorted((Path(mirror) / "pharmcat/differential_dev/vcf").iterdir())
    with open_app(load_config(home(), overrides={"llm": {"enabled": False}})) as app:
        from bedside.plugins.genomics.pgx.pipeline import Assessor
        from bedside.plugins.genomics.pgx.report.document import document
        from bedside.plugins.genomics.plain import plain

        started = time.perf_counter()
        assessor = Assessor(app.services)

        def line(path: Path, recommend: bool) -> str:
            calls = assessor.calls(path)[0]
            return json.dumps(plain(document(assessor.assess(calls, recommendations=recommend), assessor, app.services)))

        first = line(files[0], True)
        cold = time.perf_counter() - started
        assert assessor.tables is not None and len(json.loads(first)["recommendations"]) > 0
        every: dict[str, list[float]] = {"calls": [], "genes": [], "all": []}
        fresh = [timed(lambda path=path: line(path, True)) for path in files]
        for path in files:
            every["calls"].append(timed(lambda path=path: assessor.calls(path)))
            every["genes"].append(timed(lambda path=path: line(path, False)))
            every["all"].append(timed(lambda path=path: line(path, True)))
    figures = {
        "first_s": round(cold, 2),
        **{f"{kind}_ms": round(median(ms), 1) for kind, ms in every.items()},
        "all_ms_slowest": round(max(every["all"]), 1),
        "all_ms_first_round": round(median(fresh), 1),
        "ratio_to_calls": round(median(a / c for a, c in zip(every["all"], every["calls"], strict=True)), 2),
    }
    sources = [info.version for info in (assessor.tables.loaded.packaged, assessor.tables.loaded.current) if info]
    report("pgx_bulk", figures, {"genomes": len(files), "cores": 1, "sources": sources}, {"all_ms": "<= 60"})


if __name__ == "__main__":
    main()
