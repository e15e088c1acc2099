"""What is known of the patient besides findings, as likelihood ratios of diseases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from bedside.core.errors import UsageError

from ..scoring.results import Reason
from ..variants.variant import Variant, symbol
from . import genes, inheritance, onset, sex
from .context_ratio import ContextRatio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..scoring.score import DiseaseScorer

_kept: WeakKeyDictionary[Any, dict[object, Any]] = WeakKeyDictionary()
"""What depends on the loaded diseases and few values only, for the next case."""


@dataclass(frozen=True)
class Ratios:
    """Natural-log likelihood ratios by disease, with a reason for each that is not 0."""

    evidence: tuple[ContextRatio, ...] = ()

    def total(self, diseases: int) -> NDArray[np.float64]:
        import numpy as np

        return sum((e.log for e in self.evidence), np.zeros(diseases))

    def reasons(self, disease: int) -> tuple[Reason, ...]:
        return tuple(r for e in self.evidence if (r := e.reason(disease)) is not None)


@dataclass(frozen=True)
class Context:
    """All optional; nothing that is not given is guessed. Raises `UsageError` for values that make no sense.

    sex             `male` or `female` (also m, f, any case)
    onset           when the disease began: id of an HPO onset term, its name, or an ISO 8601 age (`P3Y2M`)
    age             of the patient now, ISO 8601: the onset was not later. Counts only without `onset`
    inheritance     mode(s) that the family shows: HPO ids, names or AD, AR, XL, XLR, XLD, YL, mitochondrial, de novo;
                    several mean one of them
    genes           candidate genes (symbols), of a panel or an exome filter
    genes_complete  the list holds every gene that can be the cause
    variants        classified variants (`variant.Variant`), read from files by `variant_files` and `phenopacket`
    """

    sex: str | None = None
    onset: str | None = None
    age: str | None = None
    inheritance: str | Sequence[str] = ()
    genes: Sequence[str] = ()
    genes_complete: bool = False
    variants: Sequence[Variant] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        if isinstance(self.genes, str):
            raise UsageError("genes is one text instead of a list of symbols", hint="split it at the commas")
        put(self, "sex", sex.read(self.sex) if self.sex is not None else None)
        modes = (self.inheritance,) if isinstance(self.inheritance, str) else tuple(self.inheritance)
        put(self, "inheritance", inheritance.read(modes))
        listed = {s.lower(): s for s in map(symbol, self.genes)}
        put(self, "genes", tuple(listed.values()))
        put(self, "variants", tuple(self.variants))
        if self.genes_complete and not self.genes:
            raise UsageError("an empty list of genes can't be complete", hint="give the genes, or leave genes_complete out")
        began = onset.read(self.onset) if self.onset is not None else None
        reached = onset.class_of(onset.years(self.age, "age")) if self.age is not None else None
        if began and reached is not None and began[0] > reached:
            raise UsageError("the onset is later than the patient's age", hint="age is the patient's age now")

    def ratios(self, scorer: DiseaseScorer) -> tuple[Ratios, tuple[str, ...]]:
        """The ratios, and what could not be used and why."""
        a = scorer.annotations
        found: list[ContextRatio] = []
        notes: list[str] = []
        if self.sex:
            given = self.sex
            found.append(_once(scorer, ("sex", given), lambda: sex.evidence(given, a)))
        if self.onset is not None:
            text = self.onset
            found += self._begun(scorer, onset.read(text), f"onset: {text}", notes)
        elif self.age is not None:
            until = onset.class_of(onset.years(self.age, "age"))
            found += self._begun(scorer, tuple(range(until + 1)), f"onset: at {self.age} or before", notes)
        if self.inheritance:
            modes = self.inheritance
            one, note = _once(scorer, ("inheritance", modes), lambda: inheritance.evidence(modes, a))
            found += [one] if one else []
            notes += [note] if note else []
        if self.genes or self.variants:
            known = genes.Genes(tuple(self.genes), self.genes_complete, tuple(self.variants), self.sex)
            index = _once(scorer, "genes", lambda: genes.by_gene(a))
            one, said = genes.evidence(known, a, index)
            found.append(one)
            notes += said
        return Ratios(tuple(found)), tuple(notes)

    def _begun(self, scorer: DiseaseScorer, classes: tuple[int, ...], said: str, notes: list[str]) -> list[ContextRatio]:
        names = ", ".join(onset.CLASSES[c] for c in classes)
        annotated = scorer.annotations.onset
        shares = _once(scorer, "onset", lambda: onset.distributions(annotated))
        one = onset.evidence(classes, shares, annotated, f"{said} ({names})")
        if one is None:
            notes.append("no disease has an onset annotated, so that the onset was not used")
        return [one] if one else []


def _once(scorer: DiseaseScorer, key: object, work_out: Callable[[], Any]) -> Any:
    kept = _kept.setdefault(scorer, {})
    if key not in kept:
        kept[key] = work_out()
    return kept[key]
