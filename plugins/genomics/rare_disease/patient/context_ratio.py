"""One thing that is known of the patient besides findings, as likelihood ratios of all diseases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from ..scoring.results import ContextWords, Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ContextRatio:
    """`log` holds one natural-log likelihood ratio a disease, 0 where nothing is known.

    `id` is what a reason is filed under (`sex`, `HP:0003577`, `GENE:FBN1`), and `words(disease)` says in plain words what is
    known of the patient and what of the disease; all may depend on the disease.
    """

    log: NDArray[np.float64]
    id: Callable[[int], str]
    words: Callable[[int], ContextWords]

    def reason(self, disease: int) -> Reason | None:
        """None where the disease's ratio is 1."""
        value = float(self.log[disease])
        if abs(value) < 1e-9:
            return None
        words = self.words(disease)
        term = "; ".join(filter(None, words))
        return Reason(self.id(disease), term, False, exp(value), "context", words=words)
