"""Every gene ranked as a target in a disease, learned from the drugs of other diseases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError

from .features import FEATURES, Evidence
from .model import GeneModel, fit
from .support import Support

if TYPE_CHECKING:
    import numpy as np

    from ..network import Network
    from ..repurposing.training import Indications

MODEL_VERSION = 1
"""Raised when the same files give other scores."""
L2 = 1.0
_FREE = ("gene_degree",)
"""Features that may speak against a gene; all others only for it."""
_FEWEST = 2
"""Each training disease is ranked by the others, so that there must be two."""


@dataclass(frozen=True)
class RankedGene:
    """One gene of a ranking. `prior`: how many training diseases have a drug that acts through it; ties go to the gene
    with more acting drugs (a ten-thousandth each). `evidence`: kind → {"weight", what supports it}."""

    gene: str
    entrez_gene_id: str
    score: float
    prior: float
    evidence: Mapping[str, Mapping[str, object]]


class GeneRanker:
    """Fitted to the training diseases, without those that are asked.

    Raises `UsageError` when fewer than two diseases with a target are left to learn from.
    """

    def __init__(self, network: Network, evidence: Evidence, known: Indications, asked: Collection[str]) -> None:
        self.network, self.evidence = network, evidence
        self._asked = frozenset(asked)
        self._treated = _treated(network, known.without(asked))  # from here on nothing holds a pair of an asked disease
        drugs = {row: evidence.aimed_at(treating) for row, treating in self._treated.items()}
        self._aimed_at = {row: genes for row, genes in drugs.items() if genes.any()}
        if len(self._aimed_at) < _FEWEST:
            raise UsageError(
                f"the training file has {len(self._aimed_at)} diseases with a drug (DM) whose target is known, besides those"
                f" that are asked; {_FEWEST} are needed",
                hint="give a training file with other diseases than those of --diseases",
            )
        self.trained_on = [network.nodes["disease"].ids[row] for row in self._aimed_at]
        self._support = Support(evidence, self._treated)
        self._model = self._fit()

    def _fit(self) -> GeneModel:
        import numpy as np

        candidates, features, labels = self.evidence.candidates, [], []
        for row, genes in self._aimed_at.items():
            label = genes[candidates] > 0
            features.append(self.evidence.features(row, self._aimed_at)[candidates])
            labels.append(label)
        lowest = np.array([-np.inf if name in _FREE else 0.0 for name in FEATURES])
        return fit(features, labels, L2, lowest)

    @property
    def weights(self) -> dict[str, float]:
        """Feature → its weight, of the standardised feature."""
        return dict(zip(FEATURES, self._model.weights.tolist(), strict=True))

    def prior(self) -> np.ndarray:
        """How often a gene is aimed at in the training diseases, shape (n_genes,)."""
        return sum(self._aimed_at.values()) + 1e-4 * self.evidence.drugs_acting

    def scores(self, disease: str) -> np.ndarray:
        """Shape (n_genes,), in the order of the network. Raises `ValueError` for a disease that was not asked: the model
        may have learned from it."""
        return self._parts(disease).sum(axis=1)

    def rank(self, disease: str, top: int) -> list[RankedGene]:
        """The `top` genes, best first; ties by id. `disease` must be one of those asked."""
        import numpy as np

        parts = self._parts(disease)
        scores, prior, genes = parts.sum(axis=1), self.prior(), self.network.nodes["gene"]
        kinds = {kind: [column for column, of in enumerate(FEATURES.values()) if of == kind] for kind in FEATURES.values()}
        lowest = np.minimum(parts.min(axis=0), 0.0)  # what a gene has of whom nothing of the kind is known
        weights = {kind: (parts[:, columns] - lowest[columns]).sum(axis=1) for kind, columns in kinds.items()}
        explain = self._support.of(self.network.nodes["disease"].index[disease])
        ranked = []
        for row in np.argsort(-scores, kind="stable")[:top].tolist():
            found = explain(row)
            evidence = {kind: {"weight": round(float(weights[kind][row]), 4), **about} for kind, about in found.items()}
            ranked.append(RankedGene(genes.names[row], genes.ids[row], float(scores[row]), float(prior[row]), evidence))
        return ranked

    def _parts(self, disease: str) -> np.ndarray:
        if disease not in self._asked:
            raise ValueError(f"{disease} is not one of the diseases asked when the model was fitted")
        row = self.network.nodes["disease"].index[disease]
        return self._model.parts(self.evidence.features(row, self._aimed_at))


def _treated(network: Network, known: Indications) -> dict[int, list[int]]:
    """Disease → drugs that treat (DM) it, sorted: the same whatever the order of the file."""
    diseases, drugs = network.nodes["disease"].index, network.nodes["drug"].index
    found: dict[int, list[int]] = {}
    for (disease, drug), kind in sorted(known.pairs.items()):
        if kind == "DM":
            found.setdefault(diseases[disease], []).append(drugs[drug])
    return found
