"""Which drug treats which disease, leave-disease-out on PharmacotherapyDB's dev part.

`BEDSIDE_MIRROR=… python bench/targets.py [--groups]`

Protocol: each disease with a DM drug is left out in turn (all its pairs: DM, SYM and NOT), a model is fitted to the others,
and all 1,552 drugs of the network are ranked. DM is right; SYM and NOT are candidates like any other drug. Macro: mean over
the diseases, with a 95 % bootstrap interval over diseases; differences are paired by disease. Beside the degree prior
(training diseases that the drug treats) and a random walk with restart. `--groups`: what each group of edges brings, by
emptying it.
DrugCentral only: pairs that PharmacotherapyDB has not, its own pairs taken out of the ranking. DM against NOT: AUROC over
the pairs of all diseases together.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from _measure import note, report
from _target_measures import Walk, auroc, average_precision, calibration_error, hit_at_10, interval, pairs_of
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.plugins.drug_targets.network import Network, open_network
from bedside.plugins.drug_targets.repurposing.evidence import build_evidence
from bedside.plugins.drug_targets.repurposing.ranker import Ranker
from bedside.plugins.drug_targets.repurposing.training import read_indications

KG = Path(os.environ["BEDSIDE_MIRROR"]) / "kg"
TRAIN = KG / "pharmacotherapydb_dev.tsv"
GROUPS = {
    "disease-gene": ("associates", "knowledge", "gwas"),
    "symptoms, anatomy": ("has_symptom", "localises"),
    "co-occurrence": ("co_occurs",),
    "ontology": ("is_a",),
    "pathways, GO, families": ("pathway", "annotated", "in_family", "expresses"),
    "drug-gene": ("binds", "targets"),
    "drug classes": ("in_class",),
    "structures": (),
}
MEASURES = {"hits@10": hit_at_10, "AP": average_precision, "AUROC": auroc}
Scores = dict[str, np.ndarray]


def ours(network: Network, diseases: list[str]) -> Scores:
    evidence, known = build_evidence(network), read_indications(TRAIN, network)
    return {disease: Ranker(network, evidence, known, [disease]).scores([disease])[0] for disease in diseases}


def without(network: Network, group: str) -> Network:
    edges = dict(network.edges)
    for name in GROUPS[group]:
        e, none = edges[name], slice(0, 0)
        numbers = {number: values[none] for number, values in e.numbers.items()}
        licence = replace(e.licence, codes=e.licence.codes[none])
        edges[name] = replace(e, rows=e.rows[none], columns=e.columns[none], licence=licence, numbers=numbers, texts={})
    return replace(network, edges=edges, structures={} if group == "structures" else network.structures)


def by_disease(scores: Scores, right: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.array([measure(scores[d], right[d]) for d in right]) for name, measure in MEASURES.items()}


def drugcentral_only(scores: Scores, drugcentral: dict[str, np.ndarray], known: dict[str, np.ndarray]) -> np.ndarray:
    """Average precision by disease."""
    found = []
    for disease, pairs in drugcentral.items():
        rest = ~known.get(disease, np.zeros_like(pairs))
        if disease in scores and pairs[rest].any():
            found.append(average_precision(scores[disease][rest], pairs[rest]))
    return np.array(found)


def against_not(scores: Scores, right: dict[str, np.ndarray], wrong: dict[str, np.ndarray]) -> float:
    pooled = [(scores[d][of[d]], kind) for kind, of in ((True, right), (False, wrong)) for d in of if d in scores]
    return auroc(np.concatenate([s for s, _ in pooled]), np.concatenate([np.full(len(s), kind) for s, kind in pooled]))


def figure(values: np.ndarray) -> str:
    return "{:.3f} ({:.3f} to {:.3f})".format(*interval(values))


def measured(scores: Scores, data: dict[str, dict[str, np.ndarray]]) -> dict[str, Any]:
    figures: dict[str, Any] = {name: figure(values) for name, values in by_disease(scores, data["DM"]).items()}
    figures["DrugCentral-only AP"] = figure(drugcentral_only(scores, data["DrugCentral"], data["any"]))
    figures["DM against NOT"] = round(against_not(scores, data["DM"], data["NOT"]), 3)
    return figures


def speed(network: Network, diseases: list[str]) -> dict[str, float]:
    """Seconds: one disease over all drugs, warm (median of 20), and 1,000 diseases in portions of 32; fit."""
    evidence, known = build_evidence(network), read_indications(TRAIN, network)
    start = time.perf_counter()
    ranker = Ranker(network, evidence, known, diseases[:1])
    fitted = time.perf_counter() - start
    ranker.rank(diseases[0])
    one = []
    for _ in range(20):
        start = time.perf_counter()
        ranker.rank(diseases[0])
        one.append(time.perf_counter() - start)
    known_ids = [d for d in network.nodes["disease"].ids if ranker.has_edges(d)][:1000]
    start = time.perf_counter()
    for first in range(0, len(known_ids), 32):
        ranker.rank_many(known_ids[first : first + 32])
    many = time.perf_counter() - start
    return {
        "fit_s": round(fitted, 3),
        "one_s": round(float(np.median(one)), 4),
        f"{len(known_ids)}_diseases_s": round(many, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--groups", action="store_true")
    arguments = parser.parse_args()
    with open_app(load_config()) as app:
        network = open_network(app.services)
    data = {kind: pairs_of(TRAIN, network, kind) for kind in ("DM", "NOT")}
    data |= {"any": pairs_of(TRAIN, network), "DrugCentral": pairs_of(KG / "drugcentral_indications_dev.tsv", network)}
    diseases = sorted(data["any"])
    total, walk = sum(data["DM"].values()), Walk(network)
    none = np.zeros(len(network.nodes["drug"]), dtype=bool)
    model = ours(network, diseases)
    rivals = {
        "degree prior": {d: (total - data["DM"].get(d, none)).astype(float) for d in diseases},
        "random walk": {d: walk.scores(d, data["DM"]) for d in diseases},
    }
    figures: dict[str, Any] = {"bedside": measured(model, data)}
    mine = by_disease(model, data["DM"])
    for name, scores in rivals.items():
        note(name)
        other = by_disease(scores, data["DM"])
        gain = {f"gain in {m}": figure(mine[m] - other[m]) for m in MEASURES}
        figures[name] = measured(scores, data) | gain
    flat = np.concatenate([model[d] for d in data["DM"]]), np.concatenate(list(data["DM"].values()))
    edges = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4)
    figures["calibration error"] = round(calibration_error(*flat, edges), 4)
    likely = flat[0] >= 0.1
    figures["pairs of score ≥ .1"] = (
        f"{likely.sum()}, mean score {flat[0][likely].mean():.3f}, right {flat[1][likely].mean():.3f}"
    )
    if arguments.groups:
        for group in GROUPS:
            note(f"without {group}")
            figures[f"without {group}"] = measured(ours(without(network, group), diseases), data)
    figures["speed"] = speed(network, diseases)
    report("targets", figures, {"diseases with DM": len(data["DM"]), "drugs": len(none)})


if __name__ == "__main__":
    main()
