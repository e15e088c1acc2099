"""Can every loaded line of guidance be reached? By a question, by an outside call and by a VCF, guideline by guideline.

    BEDSIDE_HOME=HOME python bench/guidance.py             a home with pharmcat and pharmcat-guidance pulled and loaded
    BEDSIDE_HOME=HOME python bench/guidance.py clopidogrel codeine

Each line is asked for with each of its own keys, in its own population, until one of them shows it: in ordinary words
without a model, by outside calls beside a VCF without any position of a pharmacogene, and by a VCF of a diplotype with that
result. Genes that no VCF shows (CYP2D6, HLA, MT-RNR1, F5) come by outside calls only. The whole table, and what is not
reached, go to bench/out/guidance.json.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from _guidance_reach import BY_CHOICE, Reach
from _measure import home, note, report

WAYS = ("question", "outside", "vcf")


def main(drugs: set[str]) -> None:
    from bedside.core.config import load_config
    from bedside.integrations.app import open_app

    table: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(("lines", *WAYS, "vcf_lines"), 0))
    missed: list[dict[str, str]] = []
    config = load_config(home(), overrides={"llm": {"enabled": False}})
    with tempfile.TemporaryDirectory() as temporary, open_app(config) as app:
        reach = Reach(app, Path(temporary))
        lines = [line for line in reach.lines.values() if not drugs or line.drug in drugs]
        for done, line in enumerate(lines, 1):
            row = table[line.publisher_words, str(line.edge.props.get("guideline") or line.drug)]
            row["lines"] += 1
            row["vcf_lines"] += (shows := reach.vcf_shows(line))
            for way, ask in zip(WAYS, (reach.by_question, reach.by_outside, reach.by_vcf), strict=True):
                if way == "vcf" and not shows:
                    continue
                why = ask(line)
                row[way] += not why
                if why:
                    missed.append({"way": way, "line": line.edge.text[:200], "id": line.edge.id, "why": why})
            if done % 100 == 0:
                note(f"{done} of {len(lines)} lines")
    out = Path(__file__).parent / "out" / "guidance.json"
    out.parent.mkdir(exist_ok=True)
    rows = [{"publisher": who, "guideline": what, **row} for (who, what), row in sorted(table.items())]
    out.write_text(json.dumps({"table": rows, "missed": missed}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    figures: dict[str, Any] = {}
    for who in sorted({row["publisher"] for row in rows}):
        mine = [row for row in rows if row["publisher"] == who]
        figures[who] = {key: sum(row[key] for row in mine) for key in ("lines", *WAYS, "vcf_lines")}
    figures["left_out_by_choice"] = {way: sum(m["way"] == way and m["why"] == BY_CHOICE for m in missed) for way in WAYS}
    figures |= {key: sum(row[key] for row in rows) for key in ("lines", *WAYS, "vcf_lines")}
    conditions = {
        "model": "none",
        "table": str(out.relative_to(Path(__file__).parent.parent)),
        "drugs": sorted(drugs) or "all",
    }
    report("guidance", figures, conditions)


if __name__ == "__main__":
    main(set(sys.argv[1:]))
