"""Every drug ranked for a disease, by a model learned from the diseases that are not asked.

How it is kept that pairs of an asked disease are neither features nor labels: the network has no treatments; `Ranker` is
given the training pairs and the asked diseases together and drops the pairs of those first, before anything is worked out
from them; and a training disease is not like itself (`Evidence.likeness`), so that its own pairs are not its features.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError

from ..network.structure import DISEASE, DRUG
from .logistic import Logistic, fit_logistic

if TYPE_CHECKING:
    import numpy as np

    from ..network import Network
    from .evidence import Evidence
    from .training import Indications

MODEL_VERSION = 1
"""Raised when the same files would give other scores."""
L2 = 100.0
_SPREAD = 0.5
"""A disease's drugs weigh (number of them) ^ -this each: hypertension has forty."""
_OVER_DRUGS = ("mean", "ontology", "co_occurrence", "genes", "symptoms")
"""The kinds of likeness between diseases over which likeness between drugs is counted too."""
_MOST_ROWS = 200_000
"""Pairs to learn from; of more, each drug that treats and every second, third … of the others, weighted so much more."""
_PORTION = 64
_SMOOTHING = 1.0


@dataclass(frozen=True)
class RankedDrug:
    """`score`: probability that it treats the disease, by the model; `prior`: the share of the training diseases that it
    treats, smoothed: what degree alone says."""

    drugbank_id: str
    name: str
    score: float
    prior: float


class Ranker:
    """Raises `UsageError` when the training pairs without the asked diseases are too few to learn from."""

    def __init__(self, network: Network, evidence: Evidence, known: Indications, asked: Collection[str]) -> None:
        import numpy as np

        self._network, self._evidence = network, evidence
        left = known.without(asked)
        diseases, drugs = network.nodes[DISEASE], network.nodes[DRUG]
        self.trained_on = tuple(left.diseases())
        if len(self.trained_on) < 2:
            raise UsageError(
                f"the training file has {len(self.trained_on)} diseases with a drug (DM) besides those asked; it takes two",
                hint="give a file with indications of other diseases with --train",
            )
        row = {disease: number for number, disease in enumerate(self.trained_on)}
        self._rows = np.array([diseases.index[disease] for disease in self.trained_on])
        self._treats = np.zeros((len(row), len(drugs)))
        unclear = np.zeros(self._treats.shape, dtype=bool)
        for (disease, drug), kind in left.pairs.items():
            if disease in row and kind == "DM":
                self._treats[row[disease], drugs.index[drug]] = 1.0
            elif disease in row and kind == "SYM":
                unclear[row[disease], drugs.index[drug]] = True
        self._shares = self._treats / np.sqrt(self._treats.sum(axis=1, keepdims=True))
        self._near = self._shares @ evidence.drugs["mean"]
        self._near_counts = {name: self._treats @ like for name, like in evidence.drugs.items()}
        self._typical = self._typical_counts()
        self.model = self._fit(unclear)
        count = self._treats.sum(axis=0)
        self.prior = (count + _SMOOTHING * count.mean() / len(row)) / (len(row) + _SMOOTHING)

    def rank(self, disease_id: str) -> list[RankedDrug]:
        """All drugs of the network, the likeliest first. Raises `KeyError` for an id that is not in the network."""
        return self.rank_many([disease_id])[0]

    def rank_many(self, disease_ids: Sequence[str]) -> list[list[RankedDrug]]:
        """As `rank`, for each; what is asked at once does not change what is answered."""
        drugs = self._network.nodes[DRUG]
        ranked = []
        for scores in self.scores(disease_ids):
            order = sorted(range(len(drugs)), key=lambda i: (-scores[i], -self.prior[i], drugs.ids[i]))
            ranked.append([RankedDrug(drugs.ids[i], drugs.names[i], float(scores[i]), float(self.prior[i])) for i in order])
        return ranked

    def scores(self, disease_ids: Sequence[str]) -> np.ndarray:
        """Probabilities in the order of the network's drugs: shape (n_diseases, n_drugs). Raises `KeyError`."""
        import numpy as np

        index = self._network.nodes[DISEASE].index
        return self.model.probability(self._features(np.array([index[disease] for disease in disease_ids])))

    def has_edges(self, disease_id: str) -> bool:
        """Has the network anything of the disease but its place in the ontology? Raises `KeyError`."""
        return bool(self._evidence.known[self._network.nodes[DISEASE].index[disease_id]])

    def _typical_counts(self) -> dict[str, float]:
        counts = self._evidence.path_counts(self._rows)
        return {name: float(of[of > 0].mean()) if (of > 0).any() else 1.0 for name, of in counts.items()}

    def _features(self, rows: np.ndarray) -> np.ndarray:
        """Shape (n_rows, n_drugs, n_features). For a training disease they are those without its own pairs."""
        import numpy as np

        like = self._evidence.likeness(rows, self._rows)
        own = (rows[:, None] == self._rows[None, :]).astype(float)
        found = [np.log1p(self._treats.sum(axis=0) - own @ self._treats)]
        found += [np.arcsinh(3 * (of @ self._shares)) for of in like.values()]
        found += [np.arcsinh(3 * (like[name] @ self._near)) for name in _OVER_DRUGS]
        found += [np.arcsinh(of.sum(axis=0) - own @ of) for of in self._near_counts.values()]
        paths = self._evidence.path_counts(rows)
        found += [np.arcsinh(of / self._typical[name]) for name, of in paths.items()]
        found += [np.broadcast_to(degree, found[0].shape) for degree in self._evidence.degrees]
        return np.stack(found, axis=-1)

    def _fit(self, unclear: np.ndarray) -> Logistic:
        """unclear: pairs that are neither examples nor counterexamples (symptomatic ones); shape as `treats`."""
        import numpy as np

        labels = self._treats.ravel()
        weight = self._treats.sum(axis=1) ** -_SPREAD
        weights = np.repeat(weight / weight.mean(), self._treats.shape[1])
        weights[unclear.ravel()] = 0.0
        stride = -(-len(labels) // _MOST_ROWS)
        kept = (labels > 0) | (np.arange(len(labels)) % stride == 0)
        weights = np.where(labels > 0, weights, weights * stride)
        portions = []
        for first in range(0, len(self._rows), _PORTION):
            part = self._features(self._rows[first : first + _PORTION])
            portions.append(
                part.reshape(-1, part.shape[-1])[kept.reshape(self._treats.shape)[first : first + _PORTION].ravel()]
            )
        return fit_logistic(np.concatenate(portions), labels[kept], weights[kept], L2)
