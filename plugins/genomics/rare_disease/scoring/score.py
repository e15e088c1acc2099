"""Scores every disease against the findings of one patient."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..model.annotations import Annotations
from ..model.finding_probabilities import Model
from ..model.ontology import Ontology
from ..model.parameters import Parameters
from .leave_out import LeaveOut
from .likelihoods import FindingLikelihoods, Findings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class DiseaseScorer(FindingLikelihoods):
    """The sum of the log likelihood ratios, with or without some publications. One thread at a time."""

    def __init__(self, ontology: Ontology, annotations: Annotations, model: Model, parameters: Parameters) -> None:
        super().__init__(ontology, annotations, model, parameters)
        self.leave_out = LeaveOut(self)

    def scores(self, f: Findings, without: Collection[str] = ()) -> NDArray[np.float64]:
        """One a disease. `without`: annotations that rest on these publications alone do not count."""
        import numpy as np

        total = np.zeros(self.diseases)
        for term, weight in zip(f.observed, f.weights, strict=True):
            total += weight * self.observed_row(term)
        for term in f.excluded:
            total += self.excluded_row(term)
        touched = self.touched(f)
        total += self.silence_weight(f) * self.silences(self.untold(touched))
        if without:
            for disease, score in self.leave_out.scores(f, touched, without).items():
                total[disease] = score
        return total
