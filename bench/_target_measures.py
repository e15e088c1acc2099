"""What bench/targets.py counts: measures of a disease's ranking, rivals, intervals over diseases."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from bedside.plugins.drug_targets.network import Network
from scipy import sparse
from scipy.stats import rankdata


def pairs_of(path: Path, network: Network, category: str = "") -> dict[str, np.ndarray]:
    """By disease, which drugs: bool, shape (n_drugs,)."""
    drugs = network.nodes["drug"].index
    found: dict[str, np.ndarray] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["drugbank_id"] in drugs and (not category or row["category"] == category):
                of = found.setdefault(row["doid_id"], np.zeros(len(drugs), dtype=bool))
                of[drugs[row["drugbank_id"]]] = True
    return found


def hit_at_10(scores: np.ndarray, right: np.ndarray) -> float:
    """Is one of the right drugs among the first ten? Ties in the order of the drugs' ids."""
    return float(right[np.argsort(-scores, kind="stable")[:10]].any())


def average_precision(scores: np.ndarray, right: np.ndarray) -> float:
    places = np.flatnonzero(right[np.argsort(-scores, kind="stable")]) + 1
    return float((np.arange(1, len(places) + 1) / places).mean())


def auroc(scores: np.ndarray, right: np.ndarray) -> float:
    """Ties count half."""
    n, ranks = int(right.sum()), rankdata(scores)
    return float((ranks[right].sum() - n * (n + 1) / 2) / (n * (len(right) - n)))


def interval(values: np.ndarray, draws: int = 2000) -> tuple[float, float, float]:
    """Mean and 95 % bootstrap interval over diseases."""
    random = np.random.default_rng(14)
    means = values[random.integers(0, len(values), (draws, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


def calibration_error(scores: np.ndarray, right: np.ndarray, edges: tuple[float, ...]) -> float:
    """Expected calibration error over bins of the score."""
    bins = np.digitize(scores, edges)
    parts = [(bins == b) for b in np.unique(bins)]
    return float(sum(part.mean() * abs(scores[part].mean() - right[part].mean()) for part in parts))


class Walk:
    """Random walk with restart from a disease over drugs, genes and diseases (binding, targets, association, training)."""

    restart = 0.3

    def __init__(self, network: Network) -> None:
        drug_gene = network.matrix("binds") + network.matrix("targets")
        disease_gene = network.matrix("associates") + network.matrix("knowledge")
        disease_disease = network.matrix("is_a") + network.matrix("co_occurs")
        self._fixed = drug_gene, disease_gene, disease_disease
        self._diseases, self._drugs = network.nodes["disease"].index, len(network.nodes["drug"])

    def scores(self, disease: str, treats: dict[str, np.ndarray]) -> np.ndarray:
        """treats: the training pairs, without those of `disease`."""
        drug_gene, disease_gene, disease_disease = self._fixed
        rows = [(self._diseases[d], c) for d, of in treats.items() if d != disease for c in np.flatnonzero(of)]
        ends = np.array(rows, dtype=int).reshape(-1, 2).T
        shape = (disease_gene.shape[0], self._drugs)
        known = sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=shape)
        half = sparse.block_array([[None, known.T, drug_gene], [None, disease_disease, disease_gene], [None, None, None]])
        whole = self._whole(half, drug_gene.shape[1])
        degree = np.maximum(np.asarray(whole.sum(axis=1)).ravel(), 1.0)
        step = sparse.csr_array(sparse.diags_array(1 / degree) @ whole).T
        start = np.zeros(whole.shape[0])
        start[self._drugs + self._diseases[disease]] = 1.0
        at = start
        for _ in range(60):
            at = (1 - self.restart) * (step @ at) + self.restart * start
        return at[: self._drugs]

    def _whole(self, half: sparse.sparray, n_genes: int) -> sparse.csr_array:
        size = self._drugs + len(self._diseases) + n_genes
        half = sparse.coo_array(half)
        square = sparse.csr_array((half.data, half.coords), shape=(size, size))
        return sparse.csr_array(square + square.T)
