"""What to look for next: the findings whose presence or absence would tell the leading diseases apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .likelihoods import Findings
from .results import NextFinding
from .score import DiseaseScorer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMED = 5
_SEEN = 0.05
"""Only findings that one of the diseases shown has at least this often."""
_LEAST_CONTENT = 1.5
"""Findings more common than this (nats) among all diseases tell little and are vague to look for."""


def next_findings(
    s: DiseaseScorer, f: Findings, leading: Sequence[int], posterior: NDArray[np.float64], count: int
) -> tuple[NextFinding, ...]:
    """The `count` findings with the highest mutual information with the diagnosis, taken among `leading` diseases.

    I(h; D) = H(Σ p_d f_d) - Σ p_d H(f_d), in bits, with f_d = P(h | d) and p_d the posterior among the leading diseases.
    What the patient's findings already speak about is left out, and of two findings of which one implies the other the
    more telling is kept.
    """
    import numpy as np

    chances = posterior[list(leading)]
    if len(leading) < 2 or chances.sum() <= 0:
        return ()
    chances = chances / chances.sum()
    asked = s.touched(f)
    for term in (*f.observed, *f.excluded):
        asked[s.ontology.ancestors(term)] = True
    a = s.annotations
    candidates = sorted({int(t) for d in leading for t in a.term[a.at[d] : a.at[d + 1]].tolist() if not asked[t]})
    candidates = [t for t in candidates if s.model.content[t] >= _LEAST_CONTENT]
    scored = []
    for term in candidates:
        column, value = s.model.frequency.row(term)
        dense = dict(zip(column.tolist(), value.tolist(), strict=True))
        frequency = np.array([dense.get(d, 0.0) for d in leading])
        gain = _entropy(float(chances @ frequency)) - float(chances @ _entropy(frequency))
        scored.append((gain, term, frequency))
    scored.sort(key=lambda item: (-item[0], s.ontology.ids[item[1]]))
    chosen: list[NextFinding] = []
    taken: set[int] = set()
    for gain, term, frequency in scored:
        if len(chosen) == count or gain <= 0:
            break
        if term in taken or frequency[:_NAMED].max() < _SEEN:
            continue
        taken.update(s.ontology.ancestors(term).tolist(), s.ontology.descendants(term).tolist())
        shown = tuple((a.diseases[d], float(x)) for d, x in zip(leading[:_NAMED], frequency, strict=False))
        chosen.append(NextFinding(s.ontology.ids[term], s.ontology.names[term], float(gain), shown))
    return tuple(chosen)


def _entropy(p: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Bits."""
    import numpy as np

    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -(q * np.log2(q) + (1 - q) * np.log2(1 - q))  # type: ignore[no-any-return]
