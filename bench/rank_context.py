"""What sex, age, onset, candidate genes and variants add to the findings, on real patients (phenopackets of the mirror).

`BEDSIDE_MIRROR=… python bench/rank_context.py`

Cases of `dev_diverse` whose disease is annotated, each part alone and together, with the annotations of the case's own
papers and without them (`leave-out`). What makes the figures too good, and what is done about it:

- The true gene and the published variants are given, which a ward has only after a good test: an upper bound. So decoys are
  added, drawn from the genes of annotated diseases, which is harder than drawing from all genes: lists of 10, 50 and 200
  other genes, and other genes with variants.
- `carriers` gives each patient a heterozygous pathogenic variant in 2 random recessive genes, about what a genome holds;
  `decoys` gives 10, 50 or 200 genes of any mode one, which no genome holds: a stress test.
- An onset may be annotated from the case's own paper: with leave-out, the onset counts only where no line of the right
  disease rests on the case's papers alone.
- The packets say nothing of the family: inheritance is not measured.

Nothing was tuned on these cases. Wants a loaded data folder (BEDSIDE_HOME).
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _measure import home, note, report
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.plugins.genomics.rare_disease.model import inheritance_modes as modes
from bedside.plugins.genomics.rare_disease.patient import phenopacket as packets
from bedside.plugins.genomics.rare_disease.patient.context import Context
from bedside.plugins.genomics.rare_disease.scoring.ranker import Patient, Ranker
from bedside.plugins.genomics.rare_disease.variants.variant import Variant

SHOWN = 200
"""A disease ranked below counts 0 in the reciprocal rank."""
Give = Callable[[dict[str, Any], bool], dict[str, Any]]


def cases(known: set[str]) -> tuple[list[dict[str, Any]], int]:
    folder = Path(os.environ["BEDSIDE_MIRROR"]) / "phenopackets"
    lines = (folder / "dev_diverse.jsonl").read_text(encoding="utf-8").splitlines()
    with gzip.open(folder / "dev_diverse_ga4gh.jsonl.gz", "rt", encoding="utf-8") as stream:
        originals = {p["_path"]: p for p in map(json.loads, stream)}
    out = []
    for case in map(json.loads, lines):
        right = next((d for d in case["disease_ids"] if d in known), "")
        if right and case["observed"]:
            out.append({**case, "right": right, "reported": packets.read(originals[case["path"]], case["case_id"])})
    return out, len(lines)


def own_onsets(services: Any, reported: list[dict[str, Any]]) -> set[str]:
    """Cases whose right disease has an onset that rests on the case's papers alone."""
    papers = {c["right"]: [] for c in reported}
    edges = services.graph.edges_of(list(papers), kinds=("clinical_course",), direction="out", sources=("hpo-annotations",))
    for edge in edges:
        papers[edge.start].append(set(edge.references))
    return {c["case_id"] for c in reported if any(p and p <= set(c["pmids"]) for p in papers[c["right"]])}


def settings(pool: list[str], recessive: list[str], own: set[str]) -> dict[str, Give]:
    def drawn(case: dict[str, Any], count: int, among: list[str]) -> list[str]:
        others = [g for g in among if g not in case["genes"]]
        return random.Random(f"{case['case_id']} {count}").sample(others, count)

    def onset(case: dict[str, Any], leave_out: bool) -> dict[str, Any]:
        return {"onset": None if leave_out and case["case_id"] in own else case["reported"].onset}

    def listed(count: int, complete: bool) -> Give:
        return lambda case, _: {"genes": case["genes"] + drawn(case, count, pool), "genes_complete": complete}

    def variants(count: int, among: list[str]) -> Give:
        def give(case: dict[str, Any], leave_out: bool) -> dict[str, Any]:
            decoys = [Variant(g, "pathogenic", "heterozygous") for g in drawn(case, count, among)]
            return {"variants": (*case["reported"].variants, *decoys)}

        return give

    def both(*parts: Give) -> Give:
        return lambda case, leave_out: {k: v for part in parts for k, v in part(case, leave_out).items()}

    def sex(case: dict[str, Any], leave_out: bool) -> dict[str, Any]:
        return {"sex": case["reported"].sex}

    def age(case: dict[str, Any], leave_out: bool) -> dict[str, Any]:
        return {"age": case["reported"].age}

    return {
        "findings only": lambda case, leave_out: {},
        "+ sex": sex,
        "+ age now": age,
        "+ onset": onset,
        "+ sex, onset": both(sex, onset),
        "+ gene list, 10 decoys": listed(10, False),
        "+ gene list, 50 decoys": listed(50, False),
        "+ gene list, 200 decoys": listed(200, False),
        "+ gene list, 200 decoys, complete": listed(200, True),
        "+ variants": variants(0, pool),
        "+ variants, 2 carriers": variants(2, recessive),
        "+ variants, 10 decoys": variants(10, pool),
        "+ variants, 50 decoys": variants(50, pool),
        "+ variants, 200 decoys": variants(200, pool),
        "+ sex, onset, variants, 2 carriers": both(sex, onset, variants(2, recessive)),
    }


def judge(ranker: Ranker, reported: list[dict[str, Any]], give: Give, leave_out: bool) -> dict[str, float]:
    places = []
    for case in reported:
        without = case["pmids"] if leave_out else ()
        patient = Patient(case["observed"], case["excluded"], context=Context(**give(case, leave_out)), without=without)
        ranking = ranker.rank(patient, top=SHOWN)
        chance = next((d.posterior for d in ranking.diseases if case["right"] in (d.disease_id, *d.also)), None)
        if chance is None:
            places.append(float("inf"))
            continue
        # a tie counts as its middle
        ahead = sum(d.posterior > chance * (1 + 1e-9) for d in ranking.diseases)
        tied = sum(abs(d.posterior - chance) <= chance * 1e-9 for d in ranking.diseases)
        places.append(ahead + (tied + 1) / 2)
    share = {f"top{k}": sum(p <= k for p in places) / len(places) for k in (1, 3, 10)}
    return {k: round(v, 3) for k, v in (share | {"mrr": sum(1 / p for p in places) / len(places)}).items()}


def main() -> None:
    home()
    app = open_app(load_config())
    try:
        ranker = Ranker.open(app.services)
        a = ranker.scorer.annotations
        reported, total = cases(set(a.diseases))
        pool = sorted({g for genes in a.genes for g in genes})
        recessive = sorted(
            {g for d, genes in enumerate(a.genes) if modes.of_disease(a.inheritance[d]) == (modes.RECESSIVE,) for g in genes}
        )
        own = own_onsets(app.services, reported)
        figures: dict[str, Any] = {}
        for name, give in settings(pool, recessive, own).items():
            for leave_out in (False, True):
                result = judge(ranker, reported, give, leave_out)
                shown = "  ".join(f"{k} {v:.3f}" for k, v in result.items())
                note(f"{name:36}{'leave-out' if leave_out else '':12}{shown}")
                figures |= {f"{name}{', leave-out' if leave_out else ''}: {k}": v for k, v in result.items()}
        given = {
            "sex": sum(c["reported"].sex is not None for c in reported),
            "age": sum(c["reported"].age is not None for c in reported),
            "onset": sum(c["reported"].onset is not None for c in reported),
            "onset from own paper": len(own),
            "variants": sum(bool(c["reported"].variants) for c in reported),
        }
        report("ranking with context", figures, {"cases": len(reported), "of": total, "given": given})
    finally:
        app.close()


if __name__ == "__main__":
    main()
