"""Why a disease stands where it stands: per finding its likelihood ratio and the annotation lines it rests on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..model.annotations import CLASSES, Annotations
from ..model.ontology import ROOT
from .likelihoods import Findings
from .results import FindingSupport, How, Reason
from .score import DiseaseScorer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LINES = 4
_KIN = 3
_CLASS_NAMES = dict(
    zip(CLASSES, ("obligate", "very frequent", "frequent", "occasional", "very rare", "excluded"), strict=True)
)


class Explainer:
    """Takes the same `without` publications as the ranking that it explains."""

    def __init__(self, scorer: DiseaseScorer, f: Findings, without: Collection[str] = ()) -> None:
        self._s, self._f = scorer, f
        self._changed = scorer.leave_out.changed(f, scorer.touched(f), without) if without else None

    def reasons(self, disease: int) -> tuple[Reason, ...]:
        """Observed findings first, each in the order given; likelihood ratios as the score uses them."""
        out = [self._observed(disease, t, w) for t, w in zip(self._f.observed, self._f.weights.tolist(), strict=True)]
        return (*out, *(self._excluded(disease, t) for t in self._f.excluded))

    def frequency(self, disease: int, term: int) -> float:
        """P(finding | disease)."""
        column, value = self._s.model.frequency.row(term)
        return _at(column, value, disease)

    def _observed(self, disease: int, term: int, weight: float) -> Reason:
        s = self._s
        above, factor = s.discount(term)
        frequency = self._mixed(disease, above)
        values = frequency * factor
        best = int(values.argmax())
        if self._changed and disease in self._changed.column:
            at = self._changed.column[disease]
            floor = self._changed.floor[at : at + 1]
        else:
            floor = s.floor(s.model.findings[disease : disease + 1])
        ratio = float(s.ratio(values[best : best + 1], floor)[0]) ** weight
        reached = int(above[best])
        if values[best] <= floor[0] or s.ontology.ids[reached] == ROOT:
            return self._reason(term, ratio, "unexplained", None)
        how, support = self._why(disease, term, reached)
        return self._reason(term, ratio, how, float(frequency[best]) if reached == term else None, support)

    def _excluded(self, disease: int, term: int) -> Reason:
        import numpy as np

        frequency = self._mixed(disease, np.array([term], dtype=np.int32))
        ratio = float(np.exp(self._s.absent(frequency, term)[0]))
        support = self._own(disease, term)[:_LINES] if frequency[0] > 0 else ()
        return self._reason(term, ratio, "absent", float(frequency[0]), tuple(support), excluded=True)

    def _reason(
        self,
        term: int,
        ratio: float,
        how: How,
        frequency: float | None,
        support: tuple[FindingSupport, ...] = (),
        *,
        excluded: bool = False,
    ) -> Reason:
        o = self._s.ontology
        return Reason(o.ids[term], o.names[term], excluded, ratio, how, frequency, support)

    def _why(self, disease: int, term: int, reached: int) -> tuple[How, tuple[FindingSupport, ...]]:
        """Own annotations before those of kin, those before the name; each at or below `reached`."""
        s = self._s
        own = self._own(disease, reached)
        if own:
            same = [line for line in own if line.term_id == s.ontology.ids[term]]
            if same:
                return "annotated", tuple(same[:_LINES])
            if reached == term:
                return "more_specific", tuple(own[:_LINES])
            exactly = [line for line in own if line.term_id == s.ontology.ids[reached]]
            return ("more_general", tuple(exactly[:_LINES])) if exactly else ("related", tuple(own[:_LINES]))
        kin, weights = s.kin(disease, s.model.findings)
        lent: list[FindingSupport] = []
        for one in kin[weights.argsort()[::-1]].tolist():
            lent += self._own(int(one), reached)[:1]
            if len(lent) >= _KIN:
                break
        return ("kin", tuple(lent)) if lent else ("name", ())

    def _mixed(self, disease: int, terms: NDArray[np.int32]) -> NDArray[np.float64]:
        """P(finding | disease) as the score has it, without the left-out publications."""
        import numpy as np

        if self._changed and disease in self._changed.column:
            c = self._changed
            return c.frequency[[c.row[int(t)] for t in terms], c.column[disease]]  # type: ignore[no-any-return]
        return np.array([self.frequency(disease, int(t)) for t in terms])

    def _lines(self, disease: int) -> list[int]:
        a = self._s.annotations
        if self._changed and disease in self._changed.lines:
            return self._changed.lines[disease].tolist()  # type: ignore[no-any-return]
        return list(range(int(a.at[disease]), int(a.at[disease + 1])))

    def _own(self, disease: int, reached: int) -> list[FindingSupport]:
        """The disease's annotation lines at or below a term, the most frequent first."""
        s = self._s
        a = s.annotations
        below = set(s.ontology.descendants(reached).tolist())
        found = [i for i in self._lines(disease) if int(a.term[i]) in below and not a.negated[i] and _share(a, i) != 0]
        found.sort(key=lambda i: (-_share(a, i), -float(a.seen[i]), a.edge[i]))
        return [self._support(i, disease) for i in found]

    def _support(self, line: int, disease: int) -> FindingSupport:
        a, o = self._s.annotations, self._s.ontology
        term = int(a.term[line])
        return FindingSupport(
            edge_id=a.edge[line],
            term_id=o.ids[term],
            term=o.names[term],
            frequency=_frequency_words(float(a.have[line]), float(a.seen[line]), float(a.share[line])),
            references=a.references_of(line),
            disease_id=a.diseases[disease],
        )


def _at(column: NDArray[np.int32], value: NDArray[np.float32], wanted: int) -> float:
    i = int(column.searchsorted(wanted))
    return float(value[i]) if i < len(column) and column[i] == wanted else 0.0


def _share(a: Annotations, line: int) -> float:
    """For the order of lines: what is stated, one half where nothing is."""
    seen, have, share = float(a.seen[line]), float(a.have[line]), float(a.share[line])
    if seen > 0:
        return have / seen
    return 0.5 if share != share else share


def _frequency_words(have: float, seen: float, share: float) -> str:
    if seen > 0:
        return f"{have:g} of {seen:g} patients"
    if share != share:
        return "not stated"
    named = next((name for id_, name in _CLASS_NAMES.items() if abs(CLASSES[id_] - share) < 1e-6), "")
    return named or f"{share:.0%}"
