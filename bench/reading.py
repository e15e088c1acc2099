"""How notes are read, beside medspaCy with its default rules on the same notes and findings.

    python bench/reading.py HOME NOTES.jsonl [PYTHON]

HOME is a data folder with the starter knowledge, NOTES the set `cases/reading` (or one of its kind), PYTHON an
interpreter with medspaCy (`uv venv ms && uv pip install --python ms/bin/python medspacy "numpy<2"`). Verdicts of
findings: right; told (left out of the patient's, but reported); wrong (used though it is not the patient's, or the
other way round, or lost without a word). medspaCy is handed the findings as literal targets, and reports nothing, so
that it has no "told"; what it marks as uncertain or a relative's counts as not used. Times are of one note of 9,000
characters, best of five, one after the other.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from _measure import report
from bedside.core import Case, Facts, Question
from bedside.core.config import load_config
from bedside.core.types import CaseText
from bedside.integrations.app import open_app

FINDINGS = ("present", "absent", "past", "not_patient", "uncertain", "not_present")
LONG = 9_000
GOAL_MS = 50
HOSTILE = ("seizures, ", "no seizures ", "NM/UM ", "mother ", "no cause found for ", "4-year-old ", "( ", "CYP2D6 PM ")


def verdict(status: str, senses: set[bool], told: bool) -> str:
    """`senses` are those in which it is used: there (True), denied (False)."""
    wrong = {"present": False in senses, "absent": True in senses, "past": False in senses, "not_present": True in senses}
    if wrong.get(status, bool(senses)):
        return "wrong"
    if status in ("present", "absent") and not senses:
        return "told" if told else "wrong"
    if status == "past" and not senses:
        return "right" if told else "wrong"
    return "right"


def ours(note: dict[str, Any], facts: Facts) -> list[tuple[str, str]]:
    said = " ".join(facts.unread).lower()
    out = []
    for status in FINDINGS:
        for finding in note["expect"].get(status, ()):
            start, end = finding["start"], finding["start"] + len(finding["text"])
            over = [m for m in facts.mentions if m.kind in ("phenotype", "disease") and m.start < end and start < m.end]
            senses = {not m.negated for m in over if m.used}
            out.append((note["kind"], verdict(status, senses, finding["text"].lower() in said)))
    return out


def theirs(note: dict[str, Any], read: dict[str, Any]) -> list[tuple[str, str]]:
    out = []
    for status in FINDINGS:
        for finding in note["expect"].get(status, ()):
            seen = read.get(f"{note['id']}:{finding['start']}")
            used = seen is not None and not seen["relative"] and not seen["uncertain"]
            out.append((note["kind"], verdict(status, {not seen["negated"]} if seen and used else set(), told=False)))
    return out


def table(rows: list[tuple[str, str]]) -> dict[str, str]:
    kinds = sorted({kind for kind, _ in rows})
    count = Counter(rows)
    return {kind: "/".join(str(count[kind, v]) for v in ("right", "told", "wrong")) for kind in kinds}


def share(rows: list[tuple[str, str]], what: str) -> float:
    return round(100 * sum(v == what for _, v in rows) / len(rows), 1)


def best_of(run: Any, runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    home, file, *python = sys.argv[1:]
    notes = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    long = " ".join(note["text"] for note in notes)[:LONG]
    with open_app(load_config(Path(home), env={}, overrides={"llm": {"enabled": False}})) as app:
        reader = app.services.reader

        def of(text: str) -> Facts:
            return reader.read(Question(text="x", case=Case(texts=(CaseText(origin="note", text=text),))))

        mine = [row for note in notes for row in ours(note, reader.read(Question(text=note["text"])))]
        of(long)
        seconds = best_of(lambda: of(long))
        growth = {
            unit.strip(): round(
                best_of(lambda unit=unit: of((unit * 100_000)[:100_000]), 1)
                / best_of(lambda unit=unit: of((unit * 100_000)[:50_000]), 1),
                2,
            )
            for unit in HOSTILE
        }
    figures: dict[str, Any] = {
        "findings": len(mine),
        "bedside": {v: share(mine, v) for v in ("right", "told", "wrong")},
        "bedside_by_kind_right_told_wrong": table(mine),
        "long_note_ms": round(1000 * seconds, 1),
        "time_of_100k_over_50k_characters": growth,
    }
    if python:
        done = subprocess.run(
            [python[0], str(Path(__file__).with_name("_medspacy.py"))],
            input=json.dumps({"notes": notes, "long": long}),
            capture_output=True,
            text=True,
            check=True,
        )
        other = json.loads(done.stdout.splitlines()[-1])
        rows = [row for note in notes for row in theirs(note, other["read"])]
        figures |= {
            "medspacy": {v: share(rows, v) for v in ("right", "told", "wrong")},
            "medspacy_by_kind_right_told_wrong": table(rows),
            "medspacy_version": other["version"],
            "long_note_ratio_to_medspacy": round(seconds / other["seconds"], 2),
        }
    goals = {"bedside wrong": "≤ 2 %", "bedside right": "≥ 92 %", "long_note_ms": f"≤ {GOAL_MS}"}
    report("reading", figures, {"notes": str(file), "characters of the long note": LONG}, goals)


if __name__ == "__main__":
    main()
