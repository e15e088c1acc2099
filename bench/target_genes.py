"""Which gene a disease's drugs act through, leave-disease-out on `target_truth_dev.tsv`.

`BEDSIDE_MIRROR=… python bench/target_genes.py [--groups] [--new-drugs]`

Protocol: each disease of the truth is asked in turn, its pairs are out of the training file, a model is fitted to the other
diseases and all genes of the network are ranked. Right is a gene that carries the action of a DM drug of the disease.
Macro: mean over diseases with a 95 % bootstrap interval; differences are paired by disease. The prior is how many other
diseases have a drug that acts through the gene, ties by its number of acting drugs. New genes: right ones that no other
disease's drug acts through; all genes stay in the ranking. `--groups`: without the features of one kind.
`--new-drugs`: as if the drugs that treat the asked disease alone had not been made: no edge of theirs to a gene is there.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.plugins.drug_targets.network import Network, open_network
from bedside.plugins.drug_targets.repurposing.training import Indications, read_indications
from bedside.plugins.drug_targets.targets.features import FEATURES, Evidence
from bedside.plugins.drug_targets.targets.ranker import GeneRanker

KG = Path(os.environ["BEDSIDE_MIRROR"]) / "kg"
TRAIN = KG / "pharmacotherapydb_dev.tsv"
MEASURES = ("hits@10", "AP", "recall@50", "AP of new genes")


class Without(Evidence):
    """The same evidence with the features of one kind set to nothing."""

    def __init__(self, network: Network, kind: str) -> None:
        super().__init__(network)
        self._out = [column for column, of in enumerate(FEATURES.values()) if of == kind]

    def features(self, disease, aimed_at):  # type: ignore[no-untyped-def]
        found = super().features(disease, aimed_at)
        found[:, self._out] = 0.0
        return found


def measures(scores: np.ndarray, right: np.ndarray, new: np.ndarray) -> tuple[float, float, float, float]:
    order = np.argsort(-scores, kind="stable")
    places = np.flatnonzero(right[order])
    return (
        float((places < 10).any()),
        _precision(places),
        float((places < 50).mean()),
        _precision(np.flatnonzero(new[order])) if new.any() else np.nan,
    )


def _precision(places: np.ndarray) -> float:
    return float((np.arange(1, len(places) + 1) / (places + 1)).mean())


def interval(values: np.ndarray) -> str:
    values = values[~np.isnan(values)]
    draws = np.random.default_rng(14).integers(0, len(values), (2000, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f})"


def truth(network: Network) -> dict[str, np.ndarray]:
    genes, found = network.nodes["gene"].index, {}
    with (KG / "target_truth_dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            of = found.setdefault(row["doid_id"], np.zeros(len(genes), dtype=bool))
            of[genes[row["entrez_gene_id"]]] = True
    return dict(sorted(found.items()))


def without_drugs_of(network: Network, known: Indications, disease: str) -> Network:
    """Without the edges to genes of the drugs that treat the disease and no other."""
    drugs = {drug for (of, drug), kind in known.pairs.items() if kind == "DM" and of == disease}
    drugs -= {drug for (of, drug), kind in known.pairs.items() if kind == "DM" and of != disease}
    rows, edges = [network.nodes["drug"].index[drug] for drug in drugs], dict(network.edges)
    for name in ("targets", "binds"):
        e = edges[name]
        keep = ~np.isin(e.rows, rows)
        texts = {
            text: replace(column, codes=column.codes[keep]) for text, column in {**e.texts, "licence": e.licence}.items()
        }
        numbers = {number: values[keep] for number, values in e.numbers.items()}
        ends = {"rows": e.rows[keep], "columns": e.columns[keep]}
        edges[name] = replace(e, licence=texts.pop("licence"), numbers=numbers, texts=texts, **ends)
    return replace(network, edges=edges)


def leave_out(
    known: Indications, evidence_for: Callable[[str], Evidence], right: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """(ours, prior): shape (n_diseases, n_measures); and the seconds that each ranking took, warm."""
    ours, prior, seconds = [], [], []
    for disease, of in right.items():
        evidence = evidence_for(disease)
        ranker = GeneRanker(evidence.network, evidence, known, [disease])
        new = of & ~np.any([others for other, others in right.items() if other != disease], axis=0)
        begun = time.perf_counter()
        ranker.rank(disease, 1000)
        seconds.append(time.perf_counter() - begun)
        ours.append(measures(ranker.scores(disease), of, new))
        prior.append(measures(ranker.prior(), of, new))
    return np.array(ours), np.array(prior), seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--groups", action="store_true")
    arguments.add_argument("--new-drugs", action="store_true")
    options = arguments.parse_args()
    with open_app(load_config()) as app:
        network = open_network(app.services)
    right, known, whole = truth(network), read_indications(TRAIN, network), Evidence(network)
    ours, prior, seconds = leave_out(known, lambda _: whole, right)
    print(f"| {len(right)} diseases | {' | '.join(MEASURES)} |\n|---|---|---|---|---|")
    for name, values in (("prior", prior), ("ours", ours), ("difference, paired", ours - prior)):
        print(f"| {name} | {' | '.join(interval(column) for column in values.T)} |")
    if options.new_drugs:
        pair = leave_out(known, lambda disease: Evidence(without_drugs_of(network, known, disease)), right)
        for name, values in zip(("ours, its drugs not made", "prior, its drugs not made"), pair, strict=False):
            print(f"| {name} | {' | '.join(interval(column) for column in np.asarray(values).T)} |")
    if options.groups:
        for kind in dict.fromkeys(FEATURES.values()):
            less = Without(network, kind)
            values, _, _ = leave_out(known, lambda _, less=less: less, right)
            print(f"| without {kind} | {' | '.join(interval(column) for column in values.T)} |")
    print(f"\nnew genes: in {int((~np.isnan(ours[:, 3])).sum())} diseases")
    print(f"a disease: {1000 * np.median(seconds):.0f} ms median, {1000 * max(seconds):.0f} ms at most")


if __name__ == "__main__":
    main()
