"""How often the right disease is ranked first, on real patients (phenopackets of the mirror).

`BEDSIDE_MIRROR=… python bench/rank.py [--set dev_diverse|dev_all] [--no-peer]`

Cases whose disease is annotated ("covered"); as reported, and with half the terms dropped, three random terms added, terms
replaced by a parent; with the annotations of the case's own papers, and without (`leave-out`: lines whose references are all
the case's own are removed, a disease that loses every line stays a candidate). Macro: mean over diseases; micro: over cases.
Ties count as the middle of the tied places. The calibration table is of the posterior of the disease ranked first.
Peer: pyhpo's best similarity (see `_pyhpo.py`), candidates the OMIM diseases; its diseases keep inheritance and onset terms.
Wants a loaded data folder (BEDSIDE_HOME).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from _measure import home, note, report
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.plugins.genomics.rare_disease.scoring.ranker import Patient, Ranker

parser = argparse.ArgumentParser()
parser.add_argument("--set", default="dev_diverse", choices=("dev_diverse", "dev_all"))
parser.add_argument("--no-peer", action="store_true")
arguments = parser.parse_args()
BINS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0001)


def cases(ranker: Ranker) -> tuple[list[dict[str, Any]], int]:
    path = Path(os.environ["BEDSIDE_MIRROR"]) / "phenopackets" / f"{arguments.set}.jsonl"
    everything = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    known = set(ranker.scorer.annotations.diseases)
    covered = [c for c in everything if c["observed"] and set(c["disease_ids"]) & known]
    return covered, len(everything)


def disturbed(case: dict[str, Any], how: str, ranker: Ranker, pool: list[str]) -> dict[str, Any]:
    chosen = random.Random(case["case_id"] + how)
    observed = list(case["observed"])
    if how == "half":
        observed = chosen.sample(observed, max(1, len(observed) // 2))
    elif how == "noise":
        observed += chosen.sample(pool, 3)
    elif how == "parents":
        observed = list(dict.fromkeys(parent(ranker, t, chosen) for t in observed))
    return {**case, "observed": observed}


def parent(ranker: Ranker, term: str, chosen: random.Random) -> str:
    o = ranker.scorer.ontology
    found, _ = o.known([term])
    if not found:
        return term
    above = [int(a) for a in o.ancestors(found[0]) if a != found[0]]
    further = {int(b) for a in above for b in o.ancestors(a) if b != a}
    direct = sorted(o.ids[a] for a in above if a not in further and o.ids[a] != "HP:0000118")
    return chosen.choice(direct) if direct else term


def judge(places: list[float], owners: list[str]) -> dict[str, dict[str, float]]:
    rank = np.array(places)
    count = Counter(owners)
    out = {}
    for name, weight in (("macro", np.array([1 / count[o] for o in owners])), ("micro", np.ones(len(owners)))):
        weight = weight / weight.sum()
        top = {f"top{k}": round(float(weight @ (rank <= k)), 3) for k in (1, 3, 10)}
        out[name] = {**top, "mrr": round(float(weight @ (1 / rank)), 3)}
    return out


def middle(scores: Any, wanted: int) -> float:
    """Place of an entry, ties in the middle."""
    ahead = int((scores > scores[wanted] + 1e-9).sum())
    return ahead + (int((np.abs(scores - scores[wanted]) <= 1e-9).sum()) + 1) / 2


def ours(ranker: Ranker, reported: list[dict[str, Any]], leave_out: bool) -> tuple[dict[str, Any], list[tuple[float, bool]]]:
    s = ranker.scorer
    at = {d: i for i, d in enumerate(s.annotations.diseases)}
    places, sure = [], []
    started = time.perf_counter()
    for case in reported:
        ranking = ranker.rank(Patient(case["observed"], case["excluded"], without=case["pmids"] if leave_out else ()))
        ids = [d.disease_id for d in ranking.diseases]
        right = next(d for d in case["disease_ids"] if d in at)
        if right in ids:
            same = [
                i
                for i, d in enumerate(ranking.diseases, 1)
                if abs(d.score - ranking.diseases[ids.index(right)].score) < 1e-9
            ]
            places.append((same[0] + same[-1]) / 2)
        else:
            places.append(1_000.0)
        if ranking.diseases:
            sure.append((ranking.diseases[0].posterior, ids[0] == right))
    ms = 1000 * (time.perf_counter() - started) / len(reported)
    return {**judge(places, [c["disease_ids"][0] for c in reported]), "ms_a_case": round(ms, 2)}, sure


def calibration(sure: list[tuple[float, bool]]) -> dict[str, Any]:
    p = np.array([s for s, _ in sure])
    right = np.array([r for _, r in sure])
    rows, error = [], 0.0
    for low, high in pairwise(BINS):
        here = (p >= low) & (p < high)
        if here.any():
            said, was = round(float(p[here].mean()), 3), round(float(right[here].mean()), 3)
            rows.append({"posterior": f"{low:.2f}-{min(high, 1):.2f}", "cases": int(here.sum()), "said": said, "right": was})
            error += here.mean() * abs(p[here].mean() - right[here].mean())
    return {"bins": rows, "expected_error": round(float(error), 3)}


def peer(reported: list[dict[str, Any]], ranker: Ranker) -> dict[str, Any]:
    from _pyhpo import PyhpoRanking

    note("pyhpo: loading")
    theirs = PyhpoRanking()
    a, o = ranker.scorer.annotations, ranker.scorer.ontology
    figures: dict[str, Any] = {"largest_difference": theirs.check([c["observed"] for c in reported])}
    number = {d: i for i, d in enumerate(a.diseases)}
    for leave_out in (False, True):
        places = []
        for case in reported:
            changed = {}
            if leave_out:
                for d, lines in ranker.scorer.leave_out.citing(case["pmids"]).items():
                    if a.diseases[d] in theirs.diseases:
                        changed[a.diseases[d]] = [o.ids[int(a.term[i])] for i in lines if not a.negated[i]]
            names, scores = theirs.scores(case["observed"], changed)
            right = next(d for d in case["disease_ids"] if d in number)
            places.append(middle(scores, names.index(right)) if right in theirs.diseases else 1_000.0)
        figures["leave-out" if leave_out else "as reported"] = judge(places, [c["disease_ids"][0] for c in reported])
    figures["s_a_case"] = round(float(np.median([theirs.timed(c["observed"]) for c in reported[:5]])), 1)
    return figures


def main() -> None:
    home()
    with open_app(load_config()) as app:
        ranker = Ranker.open(app.services, lambda *_: None)
    covered, total = cases(ranker)
    pool = sorted({t for c in covered for t in c["observed"]})
    figures: dict[str, Any] = {}
    for how in ("as reported", "half", "noise", "parents"):
        reported = covered if how == "as reported" else [disturbed(c, how, ranker, pool) for c in covered]
        for leave_out in (False, True):
            name = how + (", leave-out" if leave_out else "")
            figures[name], sure = ours(ranker, reported, leave_out)
            figures[name]["calibration"] = calibration(sure)
            note(f"{name}: {json.dumps({k: v for k, v in figures[name].items() if k != 'calibration'})}")
    if not arguments.no_peer:
        figures["pyhpo"] = peer(covered, ranker)
        note(json.dumps(figures["pyhpo"]))
        figures["times_faster_than_pyhpo"] = round(1000 * figures["pyhpo"]["s_a_case"] / figures["as reported"]["ms_a_case"])
    report("rank", figures, {"set": arguments.set, "cases": total, "covered": len(covered), "top": 50})


if __name__ == "__main__":
    main()
