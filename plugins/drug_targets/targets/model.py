"""A ranking model of few weights: a softmax over the genes of each disease, with strong L2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class GeneModel:
    """weights, mean, deviation: float, shape (n_features,); the weights are of standardised features."""

    weights: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    def parts(self, features: np.ndarray) -> np.ndarray:
        """What each feature adds to the score, shape (n_genes, n_features); the score is their sum."""
        return (features - self.mean) / self.deviation * self.weights


def fit(features: Sequence[np.ndarray], labels: Sequence[np.ndarray], l2: float, lowest: np.ndarray) -> GeneModel:
    """The weights that make the targets of each disease likeliest among its candidates; every disease counts the same.

    features: one array of shape (n_candidates, n_features) a disease; labels: bool, shape (n_candidates,), at least one
    of them true; lowest: what each weight may not go below, shape (n_features,).
    """
    import numpy as np
    from scipy.optimize import minimize

    stacked = np.concatenate(features)
    mean, deviation = stacked.mean(axis=0), stacked.std(axis=0)
    deviation[deviation < 1e-12] = 1.0
    scaled = (stacked - mean) / deviation
    wanted = np.concatenate([label / label.sum() for label in labels])
    starts = np.cumsum([0, *(len(label) for label in labels)])[:-1]
    lengths = np.array([len(label) for label in labels])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = scaled @ weights
        highest = np.maximum.reduceat(score, starts)
        raised = np.exp(score - np.repeat(highest, lengths))
        sums = np.add.reduceat(raised, starts)
        value = float((highest + np.log(sums)).sum() - wanted @ score + 0.5 * l2 * weights @ weights)
        return value, scaled.T @ (raised / np.repeat(sums, lengths) - wanted) + l2 * weights

    bounds = [(low, None) for low in lowest]
    found = minimize(loss, np.zeros(len(mean)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    return GeneModel(found.x, mean, deviation)
