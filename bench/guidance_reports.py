"""The lines of PharmCAT's example reports: does the product give each for its own results, word for word?

    BEDSIDE_HOME=HOME BEDSIDE_MIRROR=../shared/data python bench/guidance_reports.py

The 243 lines of `pharmcat/guidance/guidance.tar.xz` (lines_2025-11.json), each asked for by outside calls of its own key for
its own population: drug, publisher, text, strength and population have to be the same. These lines are also in the loaded
source, so that this measures the way from a result to a line, not the data. Texts are compared without tags, list marks,
blanks and colons (headings get one).
"""

from __future__ import annotations

import html
import json
import os
import re
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from _guidance_keys import outside_calls
from _guidance_reach import Reach
from _measure import home, note, report

PUBLISHERS = {
    "CPIC Guideline Annotation": "CPIC",
    "DPWG Guideline Annotation": "DPWG",
    "FDA Label Annotation": "FDA label",
    "FDA PGx Association": "FDA table of associations",
}


def plain(text: str | None) -> str:
    return re.sub(r"[\s:]+", "", html.unescape(re.sub(r"<[^>]+>", "", text or "")))


def unmarked(text: str) -> str:
    """As `plain`, of a text whose lists are marked with numbers and dots."""
    return re.sub(r"[\s:]+", "", re.sub(r"(?m)^(?:\d+\.|•) ", "", text))


def unsaid(words: str | None, *nothing: str) -> str:
    return "" if words is None or words in nothing else words


def verdict(reach: Reach, row: dict[str, Any], ids: dict[str, str]) -> str:
    """ "given", or why not."""
    if not row["lookupKey"] or not plain(row["text"]):
        return "it has no key or no text"
    if row["drug"] not in ids:
        return "its drug has no line"
    people = unsaid(row["population"], "general", "n/a")
    wanted = (
        PUBLISHERS[row["source"]],
        plain(row["text"]),
        unsaid(row["classification"], "Unspecified", "N/A"),
        people,
    )
    for key in row["lookupKey"]:
        calls = outside_calls(SimpleNamespace(values=key))
        found = reach.given_outside(ids[row["drug"]], row["drug"], calls, people)
        lines = [(x.publisher_words, unmarked(x.text), x.strength, x.population) for x in found.lines]
        if wanted not in lines:
            return _why(wanted, lines, found, row)
    return "given"


def _why(wanted: tuple[str, ...], lines: list[tuple[str, ...]], found: Any, row: dict[str, Any]) -> str:
    if row["classification"] == "No recommendation" and any(x.recommends and x.publisher == "CPIC" for x in found.lines):
        return "it recommends nothing, and CPIC recommends something"
    if any(x[:2] == wanted[:2] for x in lines):
        return "another strength or population"
    if any(x[0] == wanted[0] for x in lines):
        return "the publisher's line has another text"
    return f"not shown ({found.status})"


def main() -> None:
    from bedside.core.config import load_config
    from bedside.integrations.app import open_app

    mirror = os.environ.get("BEDSIDE_MIRROR")
    if not mirror:
        raise SystemExit("BEDSIDE_MIRROR names no folder with the real data")
    with tarfile.open(Path(mirror) / "pharmcat/guidance/guidance.tar.xz") as archive:
        member = next(m for m in archive if m.name.endswith("lines_2025-11.json"))
        rows = json.loads(archive.extractfile(member).read())["lines"]
    config = load_config(home(), overrides={"llm": {"enabled": False}})
    with tempfile.TemporaryDirectory() as temporary, open_app(config) as app:
        reach = Reach(app, Path(temporary))
        tables = reach.assessor.tables
        ids = {line.drug: drug for drug in tables.drugs for line in tables.lines_of(drug)}
        counts: Counter[str] = Counter()
        for row in rows:
            said = verdict(reach, row, ids)
            counts[said] += 1
            if said != "given":
                note(f"{said}: {row['source']}, {row['drug']}, {row['lookupKey']}, {row['population']}")
    report(
        "guidance_reports", {"lines": len(rows), "given": counts.pop("given"), "not_given": dict(counts)}, {"model": "none"}
    )


if __name__ == "__main__":
    main()
