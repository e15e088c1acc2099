"""How likely a patient's findings are in every disease, as against all diseases: the parts of which the score is made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.annotations import Annotations
from ..model.finding_probabilities import Model, borrowing
from ..model.ontology import Ontology
from ..model.parameters import Parameters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TOO_LITTLE = 0.01
"""What adds less than this share to the floor is left out."""
_ROWS_KEPT = 2_000
"""Rows of likelihood ratios that are kept for the next case; 50 kB each."""


@dataclass(frozen=True)
class Findings:
    """A patient's findings as numbers of terms. `weights` belong to `observed`: less than 1 where others say the same."""

    observed: tuple[int, ...]
    excluded: tuple[int, ...]
    weights: NDArray[np.float64]


class FindingLikelihoods:
    """Natural-log likelihood ratios of findings, for all diseases at once. One thread at a time."""

    def __init__(self, ontology: Ontology, annotations: Annotations, model: Model, parameters: Parameters) -> None:
        import numpy as np

        self.ontology, self.annotations, self.model, self.p = ontology, annotations, model, parameters
        self.diseases = len(annotations.diseases)
        self.owner = annotations.owner
        self._floor = self.floor(model.findings)
        self._silence = model.silence.turned(len(ontology))
        self._all_silent = np.bincount(self._silence.column, weights=self._silence.value, minlength=self.diseases)
        self.kin_owner = np.repeat(np.arange(self.diseases), np.diff(model.kin.at))
        lent = np.where(model.findings[model.kin.column] > 0, model.kin.value, 0.0)  # as `kin`, for all diseases
        total = np.bincount(self.kin_owner, weights=lent, minlength=self.diseases)
        self._kin_shares = lent / np.maximum(total, parameters.kin_mass)[self.kin_owner]
        self._borrowing = borrowing(model.findings, parameters)
        self._rows: OrderedDict[tuple[str, int], NDArray[np.float32]] = OrderedDict()
        self._edge_content: NDArray[np.float64] | None = None

    def findings(self, observed: Sequence[int], excluded: Sequence[int]) -> Findings:
        """Without findings that others imply; what is reported as present and absent counts as neither."""
        both = set(observed) & set(excluded)
        kept = self.ontology.most_specific([t for t in observed if t not in both])
        return Findings(tuple(kept), tuple(t for t in excluded if t not in both), self._weights(kept))

    def silence_weight(self, f: Findings) -> float:
        """Of a patient of whom little is reported, little can be said to be left out."""
        return self.p.silence * min(1.0, len(f.observed) / self.p.enough) ** 0.5  # type: ignore[no-any-return]

    def untold(self, touched: NDArray[np.bool_]) -> NDArray[np.float64]:
        """log P(annotated findings unreported | disease), natural logarithm, float64, shape (n_diseases,)."""
        import numpy as np

        entries = self._silence.entries(np.flatnonzero(touched))
        spoken = np.bincount(self._silence.column[entries], weights=self._silence.value[entries], minlength=self.diseases)
        return np.asarray(self._all_silent - spoken, dtype=np.float64)

    def silences(self, untold: NDArray[np.float64]) -> NDArray[np.float64]:
        """With what is borrowed from kin: who lends findings lends their silence too."""
        import numpy as np

        lent = np.bincount(self.kin_owner, weights=self._kin_shares * untold[self.model.kin.column], minlength=self.diseases)
        return (1 - self._borrowing) * untold + self.p.kin * self._borrowing * lent  # type: ignore[no-any-return]

    def touched(self, f: Findings) -> NDArray[np.bool_]:
        """Terms that a finding of the patient implies, or that would imply one."""
        import numpy as np

        out = np.zeros(len(self.ontology), dtype=bool)
        for term in f.observed:
            out[self.ontology.ancestors(term)] = True
            out[self.ontology.descendants(term)] = True
        for term in f.excluded:
            out[self.ontology.descendants(term)] = True
        return out

    def floor(self, findings: NDArray[np.int32]) -> NDArray[np.float64]:
        """Likelihood ratio of a finding that nothing explains: `noise` where much is known of a disease, 1 where nothing."""
        return (findings * self.p.noise + self.p.blank) / (findings + self.p.blank)  # type: ignore[no-any-return]

    def kin(self, disease: int, findings: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Its kin and what each contributes, given how many findings each disease has of its own.

        The shares add up to 1, to less where all kin are distant; kin without findings teach nothing.
        """
        import numpy as np

        kin, weights = self.model.kin.row(disease)
        shares = np.where(findings[kin] > 0, weights, 0.0).astype(np.float64)
        return kin, shares / max(float(shares.sum()), self.p.kin_mass)

    def observed_row(self, term: int) -> NDArray[np.float32]:
        """log LR of the finding for each disease.

        P(h|D)/P(h) is that of the best annotation at, below or above h: reading h from the more general term c costs
        `specialise` times the difference in information content.
        """
        return self._row("observed", term)

    def excluded_row(self, term: int) -> NDArray[np.float32]:
        """log LR of the finding's absence: (1 - P(h|D)) / (1 - P(h))."""
        return self._row("excluded", term)

    def discount(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """The term and those above it, and the factor from the frequency of each to the likelihood ratio of `term`."""
        import numpy as np

        content, above = self.model.content, self.ontology.ancestors(term)
        cost = np.maximum(content[term] - content[above], 0.0)
        return above, np.exp(-self.p.specialise * cost) / self.model.background[above]

    def ratio(self, best: NDArray[np.float64], floor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Likelihood ratio of an observed finding: it comes from what explains it best, or from elsewhere."""
        return best + floor

    def absent(self, frequency: NDArray[np.float64], term: int) -> NDArray[np.float64]:
        import numpy as np

        missed = np.maximum(1 - frequency, self.p.least_absent)
        return self.p.absence * np.log(missed / (1 - min(float(self.model.background[term]), 0.9)))  # type: ignore[no-any-return]

    def _row(self, kind: str, term: int) -> NDArray[np.float32]:
        import numpy as np

        key = (kind, term)
        if key in self._rows:
            self._rows.move_to_end(key)
            return self._rows[key]
        if kind == "observed":
            best = np.zeros(self.diseases)
            least = _TOO_LITTLE * float(self._floor.min())
            for above, factor in zip(*self.discount(term), strict=True):
                if factor * self.p.cap > least:  # the most general terms can't matter
                    disease, frequency = self.model.frequency.row(int(above))
                    best[disease] = np.maximum(best[disease], factor * frequency)
            row = np.log(self.ratio(best, self._floor))
        else:
            dense = np.zeros(self.diseases)
            disease, frequency = self.model.frequency.row(term)
            dense[disease] = frequency
            row = self.absent(dense, term)
        self._rows[key] = row.astype(np.float32)
        if len(self._rows) > _ROWS_KEPT:
            self._rows.popitem(last=False)
        return self._rows[key]

    def _weights(self, terms: Sequence[int]) -> NDArray[np.float64]:
        """1 / (sum of a finding's likeness with all, itself too) ** overlap; likeness is the information shared (simGIC)."""
        import numpy as np

        if not self.p.overlap or len(terms) < 2:
            return np.ones(len(terms))
        held = np.zeros((len(terms), len(self.ontology)), dtype=np.float32)
        for row, term in enumerate(terms):
            held[row, self.ontology.ancestors(term)] = 1
        used = held.any(axis=0)
        held, worth = held[:, used], self._own_content()[used]
        shared = (held * worth) @ held.T
        alone = np.diag(shared)
        union = alone[:, None] + alone[None, :] - shared
        likeness = np.where(union > 0, shared / np.maximum(union, 1e-12), 1.0)
        return likeness.sum(axis=1) ** -self.p.overlap  # type: ignore[no-any-return]

    def _own_content(self) -> NDArray[np.float64]:
        """What each term says beyond the most informative one directly above it."""
        import numpy as np

        if self._edge_content is None:
            content = self.model.content
            out = np.zeros(len(self.ontology))
            for term in range(len(self.ontology)):
                above = self.ontology.ancestors(term)
                out[term] = content[term] - max((content[a] for a in above if a != term), default=0.0)
            self._edge_content = np.maximum(out, 0.0)
        return self._edge_content
