"""Scores every disease against the findings of one patient."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .annotations import Annotations
from .model import Model, borrowing, own_frequencies
from .ontology import Ontology
from .parameters import Parameters

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


class Scorer:
    """Natural-log likelihood ratios of findings, for all diseases at once. One thread at a time."""

    def __init__(self, ontology: Ontology, annotations: Annotations, model: Model, parameters: Parameters) -> None:
        import numpy as np

        self.ontology, self.annotations, self.model, self.p = ontology, annotations, model, parameters
        self.diseases = len(annotations.diseases)
        self.owner = annotations.owner
        self._floor = self.floor(model.findings)
        self._silence = model.silence.turned(len(ontology))
        self._all_silent = np.bincount(self._silence.column, weights=self._silence.value, minlength=self.diseases)
        self._rows: OrderedDict[tuple[str, int], NDArray[np.float32]] = OrderedDict()
        self._edge_content: NDArray[np.float64] | None = None
        self._citing: dict[int, list[int]] | None = None

    def findings(self, observed: Sequence[int], excluded: Sequence[int]) -> Findings:
        """Without findings that others imply; what is told as present and absent counts as neither."""
        both = set(observed) & set(excluded)
        kept = self.ontology.most_specific([t for t in observed if t not in both])
        return Findings(tuple(kept), tuple(t for t in excluded if t not in both), self._weights(kept))

    def scores(self, f: Findings, without: Collection[str] = ()) -> NDArray[np.float64]:
        """One a disease. `without`: annotations that rest on these publications alone do not count."""
        import numpy as np

        total = np.zeros(self.diseases)
        for term, weight in zip(f.observed, f.weights, strict=True):
            total += weight * self.observed_row(term)
        for term in f.excluded:
            total += self.excluded_row(term)
        touched = self.touched(f)
        # only what the findings speak about neither way counts as silence
        entries = self._silence.entries(np.flatnonzero(touched))
        spoken = np.bincount(self._silence.column[entries], weights=self._silence.value[entries], minlength=self.diseases)
        total += self.p.silence * (self._all_silent - spoken)
        if without and (changed := self.changed(f, touched, without)):
            for disease, score in self._anew(f, changed).items():
                total[disease] = score
        return total

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

    # What follows leaves out the annotations of some publications.

    def citing(self, publications: Iterable[str]) -> dict[int, NDArray[np.int64]]:
        """{disease: its annotation lines that stay} for each disease with lines that rest on `publications` alone."""
        import numpy as np

        a = self.annotations
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
                gone.setdefault(int(self.owner[line]), set()).add(line)
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
        of_kin = np.isin(self.model.kin.column, list(left))
        owners = np.repeat(np.arange(self.diseases), np.diff(self.model.kin.at))
        diseases = sorted({*left, *owners[of_kin].tolist()})
        needed = sorted({int(a) for t in f.observed for a in self.ontology.ancestors(t)} | set(f.excluded))
        row = {t: i for i, t in enumerate(needed)}
        own = np.zeros((len(needed), self.diseases))
        for term, i in row.items():
            disease, frequency = self.model.own.row(term)
            own[i, disease] = frequency
        findings = self.model.findings.copy()
        silence = np.zeros(len(diseases))
        for i, disease in enumerate(diseases):
            if disease in left:
                own[:, disease], findings[disease], silence[i] = self.own(left[disease], row, touched)
            else:
                terms, values = self.model.silence.row(disease)
                silence[i] = float(values[~touched[terms]].sum())
        mixed = np.stack([self._mixed(disease, own, findings, needed) for disease in diseases], axis=1)
        column = {disease: i for i, disease in enumerate(diseases)}
        return Changed(row, column, mixed, self.floor(findings[diseases]), silence, left)

    def _anew(self, f: Findings, c: Changed) -> dict[int, float]:
        """Scores of the changed diseases."""
        import numpy as np

        score = self.p.silence * c.silence
        for term, weight in zip(f.observed, f.weights, strict=True):
            above, factor = self.discount(term)
            best = (c.frequency[[c.row[a] for a in above.tolist()]] * factor[:, None]).max(axis=0)
            score = score + weight * np.log(self.ratio(best, c.floor))
        for term in f.excluded:
            score = score + self.absent(c.frequency[c.row[term]], term)
        return dict(zip(c.column, score.tolist(), strict=True))

    def own(
        self, lines: NDArray[np.int64], at: dict[int, int], touched: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], int, float]:
        """(frequency of each needed term, number of findings, log chance of the silence) by these lines of one disease."""
        import numpy as np

        out = np.zeros(len(at))
        if not len(lines):
            return out, 0, 0.0
        _, terms, share = own_frequencies(self.owner, self.annotations, lines, self.p)
        logs = np.zeros(len(at))
        implied: set[int] = set()
        for term, value in zip(terms.tolist(), share.tolist(), strict=True):
            if value > 0:
                above = self.ontology.ancestors(term).tolist()
                implied.update(a for a in above if a != term)
                for a in above:
                    if a in at:
                        logs[at[a]] += np.log1p(-min(value, 0.95))
        out = np.minimum(-np.expm1(logs), self.p.cap)
        untold = [
            float(np.log1p(-self.p.told * v))
            for t, v in zip(terms.tolist(), share.tolist(), strict=True)
            if v > 0 and t not in implied and not touched[t]
        ]
        return out, len(terms), sum(untold)

    def _mixed(
        self, disease: int, own: NDArray[np.float64], counts: NDArray[np.int32], needed: Sequence[int]
    ) -> NDArray[np.float64]:
        """As in `derive`, for one disease and the needed terms."""
        import numpy as np

        kin, weights = self.kin(disease, counts)
        borrowed = own[:, kin] @ weights if len(kin) else np.zeros(len(needed))
        named, value = self.model.named.row(disease)
        by_name = dict(zip(named.tolist(), value.tolist(), strict=True))
        if by_name:
            borrowed = np.maximum(borrowed, [by_name.get(t, 0.0) for t in needed])
        share = float(borrowing(counts[[disease]], self.p)[0])
        return self.p.kin * share * borrowed + (1 - share) * own[:, disease]  # type: ignore[no-any-return]
