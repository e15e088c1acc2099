"""Age at onset against the onset that the diseases are annotated with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError
from bedside.core.toolkit.clinical_json import fhir, read_duration

from ..scoring.results import ContextWords
from .context_ratio import ContextRatio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = ("antenatal", "congenital", "neonatal", "infantile", "childhood", "juvenile", "young adult", "middle age", "late")
"""HPO's classes in the order of age: before birth, at birth, to 28 days, to 1, 5, 16, 40, 60 years, and later."""
_UNTIL_YEARS = (28 / 365.25, 1.0, 5.0, 16.0, 40.0, 60.0, float("inf"))
_FIRST_BY_AGE = 2
_IDS = {
    "HP:0030674": (0,), "HP:0011460": (0,), "HP:0011461": (0,), "HP:0034197": (0,), "HP:0034198": (0,), "HP:0034199": (0,),
    "HP:0003577": (1,), "HP:0003623": (2,), "HP:0003593": (3,), "HP:0011463": (4,), "HP:0003621": (5,),
    "HP:0011462": (6,), "HP:0025708": (6,), "HP:0025709": (6,), "HP:0025710": (6,), "HP:0003596": (7,), "HP:0003584": (8,),
    "HP:0410280": (3, 4, 5), "HP:0003581": (6, 7, 8),
}  # fmt: skip
"""Classes of HPO's onset terms; a general term (paediatric, adult) covers several."""
_SPREAD = (0.725, 0.092, 0.029, 0.012, 0.004)
"""P(a patient's class is so many classes from a class in which the disease is known to begin), to each side.

Counted in HPO's annotations of 2025-01-16: 1,455 diseases with at least 5 patients in counted onset lines, each patient
against the commonest class of the others, diseases weighing alike."""
_BACKGROUND = 0.05
"""Share of patients whose onset may be anything; judgement. It bounds the ratio below, so that nothing is ruled out."""
_WEIGHT = 0.5
"""Power of the ratio. Findings tell much of the onset themselves (a malformation is congenital in all that share it), so
that its log counts half; judgement."""
_NAMES = {name: (i,) for i, name in enumerate(CLASSES)} | {
    "fetal": (0,), "embryonal": (0,), "prenatal": (0,), "before birth": (0,), "at birth": (1,), "birth": (1,),
    "newborn": (2,), "adult": (6, 7, 8), "pediatric": (3, 4, 5), "paediatric": (3, 4, 5),
}  # fmt: skip


def read(text: str) -> tuple[int, ...]:
    """Numbers of `CLASSES`, from an HPO id, a class's name or an age (`P3Y2M`). Raises `UsageError`."""
    word = " ".join(text.lower().replace("onset", "").split())
    found = _IDS.get(text.strip().upper()) or _NAMES.get(word)
    if found:
        return found
    return (class_of(years(text, "age at onset")),)


def is_term(id_: str) -> bool:
    """Whether it is the HPO id of an onset."""
    return id_ in _IDS


def years(text: str, what: str) -> float:
    """Years of an ISO 8601 duration. Raises `UsageError`."""
    found = read_duration(text)
    if found is None:
        raise UsageError(
            f"the {what} can't be read", hint="give an ISO 8601 age such as P3Y2M, or for an onset an HPO id (HP:0003577)"
        )
    age = found.in_years
    if age > fhir.OLDEST_YEARS:
        raise UsageError(f"the {what} is more than {fhir.OLDEST_YEARS} years", hint="years are Y, months M, days D: P3Y2M4D")
    return age


def class_of(age: float) -> int:
    """The number of the class of an age in years; at birth (0) is congenital."""
    if age == 0:
        return 1
    return _FIRST_BY_AGE + next(i for i, until in enumerate(_UNTIL_YEARS) if age < until)


def distributions(annotated: Sequence[Sequence[str]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """P(class | disease), of shape (diseases, classes), and which diseases have an onset, by their `annotated` terms.

    The annotated classes weigh alike, each spread over its neighbours as `_SPREAD` says.
    """
    import numpy as np

    far = np.abs(np.subtract.outer(np.arange(len(CLASSES)), np.arange(len(CLASSES))))
    kernel = np.append(_SPREAD, np.zeros(len(CLASSES)))[far]
    kernel /= kernel.sum(axis=1, keepdims=True)
    out = np.zeros((len(annotated), len(CLASSES)))
    for disease, ids in enumerate(annotated):
        told = sorted({c for id_ in ids for c in _IDS.get(id_, ())})
        if told:
            out[disease] = kernel[told].mean(axis=0)
    known: NDArray[np.bool_] = out.sum(axis=1) > 0
    return out, known


def evidence(
    classes: Iterable[int],
    shares: tuple[NDArray[np.float64], NDArray[np.bool_]],
    annotated: Sequence[Sequence[str]],
    said: str,
) -> ContextRatio | None:
    """LR = ((1 - b) * P(onset in `classes` | disease) / mean of it over all diseases + b) ** weight; None where no disease
    has an onset annotated.

    `shares` are those of `distributions`, `annotated` each disease's onset terms.
    """
    import numpy as np

    share, known = shares
    within = share[:, sorted(classes)].sum(axis=1)
    mean = float(within[known].mean()) if known.any() else 0.0
    if not mean:
        return None
    log = np.where(known, _WEIGHT * np.log((1 - _BACKGROUND) * within / mean + _BACKGROUND), 0.0)

    def words(disease: int) -> ContextWords:
        told = sorted({c for one in annotated[disease] for c in _IDS.get(one, ())})
        return ContextWords(said, f"annotated onset: {', '.join(CLASSES[c] for c in told)}")

    return ContextRatio(log, lambda disease: "onset", words)
