"""Logistic regression whose weights can't be negative: every feature is made so that more of it speaks for a drug.

With a few dozen diseases to learn from, that does more against overfitting than any strength of L2 alone
(docs/drug-targets.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FAR = 6.0
"""Standard deviations from the mean at which a feature is cut off."""


@dataclass(frozen=True)
class Logistic:
    """weights, mean, deviation: shape (n_features,). A weight is of the standardised feature."""

    intercept: float
    weights: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    def probability(self, features: np.ndarray) -> np.ndarray:
        """features: shape (…, n_features); probabilities: shape (…)."""
        import numpy as np

        scaled = np.clip((features - self.mean) / self.deviation, -_FAR, _FAR)
        return 1 / (1 + np.exp(-(scaled @ self.weights + self.intercept)))


def fit_logistic(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, l2: float) -> Logistic:
    """features: shape (n_rows, n_features); labels: 0 or 1; weights: of the rows, at least 0; l2: half its value times the
    sum of squared weights is the penalty. Both labels must be there."""
    import numpy as np
    from scipy.optimize import minimize

    mean = np.average(features, axis=0, weights=weights)
    deviation = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=weights))
    deviation[deviation < 1e-12] = 1.0
    scaled = np.clip((features - mean) / deviation, -_FAR, _FAR)
    positive = float((weights * labels).sum())
    start = np.zeros(scaled.shape[1] + 1)
    start[0] = np.log(positive / (float(weights.sum()) - positive))

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ at[1:] + at[0]
        residual = weights * (1 / (1 + np.exp(-np.clip(logit, -500, 500))) - labels)
        value = float((weights * (np.logaddexp(0, logit) - labels * logit)).sum() + 0.5 * l2 * (at[1:] @ at[1:]))
        return value, np.concatenate([[residual.sum()], scaled.T @ residual + l2 * at[1:]])

    bounds = [(None, None)] + [(0, None)] * scaled.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    return Logistic(float(found.x[0]), found.x[1:], mean, deviation)
