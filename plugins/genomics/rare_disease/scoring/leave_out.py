"""Scores without the annotations that some publications alone support: for judging the ranker by published patients."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.finding_probabilities import FORGET, SURE, borrowing, own_frequencies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .likelihoods import FindingLikelihoods, Findings


@dataclass(frozen=True)
class Changed:
    """Diseases as they look without some publications.

    `frequency[row[term], column[disease]]` for the terms that a patient's findings need; `floor` and the log chance of the
    silence by column. `lines` are the annotation lines that are left, of the diseases that lost any.
    """

    row: dict[int, int]
    column: dict[int, int]
    frequency: NDArray[np.float64]
    floor: NDArray[np.float64]
    silence: NDArray[np.float64]
    lines: dict[int, NDArray[np.int64]]


class LeaveOut:
    """What changes for which diseases: those whose lines go, and those whose kin they are."""

    def __init__(self, scorer: FindingLikelihoods) -> None:
        self._s = scorer
        self._citing: dict[int, list[int]] | None = None
        self._number: dict[str, int] = {}

    def citing(self, publications: Iterable[str]) -> dict[int, NDArray[np.int64]]:
        """{disease: its annotation lines that stay} for each disease with lines that rest on `publications` alone."""
        import numpy as np

        a = self._s.annotations
        if self._citing is None:
            self._citing = {}
            lines = np.repeat(np.arange(len(a)), np.diff(a.reference_at))
            for line, reference in zip(lines.tolist(), a.reference.tolist(), strict=True):
                self._citing.setdefault(reference, []).append(line)
            self._number = {r: i for i, r in enumerate(a.references)}
        given = {self._number[p] for p in publications if p in self._number}
        gone: dict[int, set[int]] = {}
        for line in {line for reference in given for line in self._citing[reference]}:
            if given.issuperset(a.reference[a.reference_at[line] : a.reference_at[line + 1]].tolist()):
                gone.setdefault(int(self._s.owner[line]), set()).add(line)
        return {
            d: np.array([i for i in range(a.at[d], a.at[d + 1]) if i not in lines], dtype=np.int64)
            for d, lines in gone.items()
        }

    def changed(self, f: Findings, touched: NDArray[np.bool_], without: Collection[str]) -> Changed | None:
        """The diseases, and their kin, whose picture is another without these publications; None where there are none."""
        import numpy as np

        left = self.citing(without)
        if not left:
            return None
        of_kin = np.isin(self._s.model.kin.column, list(left))
        diseases = sorted({*left, *self._s.kin_owner[of_kin].tolist()})
        needed = sorted({int(a) for t in f.observed for a in self._s.ontology.ancestors(t)} | set(f.excluded))
        row = {t: i for i, t in enumerate(needed)}
        own = np.zeros((len(needed), self._s.diseases))
        for term, i in row.items():
            having, frequency = self._s.model.own.row(term)
            own[i, having] = frequency
        findings, untold = self._s.model.findings.copy(), self._s.untold(touched)
        for disease, lines in left.items():
            own[:, disease], findings[disease], untold[disease] = self._own(lines, row, touched)
        silence = np.array([self._silence_of(disease, findings, untold) for disease in diseases])
        mixed = np.stack([self._mixed(disease, own, findings, needed) for disease in diseases], axis=1)
        column = {disease: i for i, disease in enumerate(diseases)}
        return Changed(row, column, mixed, self._s.floor(findings[diseases]), silence, left)

    def scores(self, f: Findings, touched: NDArray[np.bool_], without: Collection[str]) -> dict[int, float]:
        """The scores of the diseases that change."""
        import numpy as np

        c = self.changed(f, touched, without)
        if c is None:
            return {}
        score = self._s.silence_weight(f) * c.silence
        for term, weight in zip(f.observed, f.weights, strict=True):
            above, factor = self._s.discount(term)
            best = (c.frequency[[c.row[a] for a in above.tolist()]] * factor[:, None]).max(axis=0)
            score = score + weight * np.log(self._s.ratio(best, c.floor))
        for term in f.excluded:
            score = score + self._s.absent(c.frequency[c.row[term]], term)
        return dict(zip(c.column, score.tolist(), strict=True))

    def _own(
        self, lines: NDArray[np.int64], at: dict[int, int], touched: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], int, float]:
        """(frequency of each needed term, number of findings, log chance of the silence) by these lines of one disease."""
        import numpy as np

        out = np.zeros(len(at))
        if not len(lines):
            return out, 0, 0.0
        _, terms, share = own_frequencies(self._s.owner, self._s.annotations, lines, self._s.p)
        logs = np.zeros(len(at))
        implied: set[int] = set()
        for term, value in zip(terms.tolist(), share.tolist(), strict=True):
            if value > 0:
                above = self._s.ontology.ancestors(term).tolist()
                implied.update(a for a in above if a != term)
                for a in above:
                    if a in at:
                        logs[at[a]] += np.log1p(-min(value, SURE))
        out = np.minimum(-np.expm1(logs), self._s.p.cap)
        untold = [
            float(np.log1p(-self._s.p.told * v))
            for t, v in zip(terms.tolist(), share.tolist(), strict=True)
            if v > 0 and t not in implied and not touched[t]
        ]
        return out, len(terms), sum(untold)

    def _silence_of(self, disease: int, findings: NDArray[np.int32], untold: NDArray[np.float64]) -> float:
        """As `silences`, for one disease."""
        kin, shares = self._s.kin(disease, findings)
        share = float(borrowing(findings[[disease]], self._s.p)[0])
        return (1 - share) * float(untold[disease]) + self._s.p.kin * share * float(shares @ untold[kin])

    def _mixed(
        self, disease: int, own: NDArray[np.float64], counts: NDArray[np.int32], needed: Sequence[int]
    ) -> NDArray[np.float64]:
        """As in `derive`, for one disease and the needed terms."""
        import numpy as np

        kin, weights = self._s.kin(disease, counts)
        borrowed = own[:, kin] @ weights if len(kin) else np.zeros(len(needed))
        named, value = self._s.model.named.row(disease)
        by_name = dict(zip(named.tolist(), value.tolist(), strict=True))
        if by_name:
            borrowed = np.maximum(borrowed, [by_name.get(t, 0.0) for t in needed])
        share = float(borrowing(counts[[disease]], self._s.p)[0])
        mixed = self._s.p.kin * share * borrowed + (1 - share) * own[:, disease]
        return np.where(mixed < FORGET, 0.0, mixed)
