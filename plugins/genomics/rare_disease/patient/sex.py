"""The patient's sex against X-linked, Y-linked and sex-limited diseases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError

from ..model import inheritance_modes as m
from ..scoring.results import ContextWords
from .context_ratio import ContextRatio

if TYPE_CHECKING:
    from ..model.annotations import Annotations

_PENETRANCE = {m.X_RECESSIVE: 0.1, m.X_LINKED: 0.4, m.X_DOMINANT: 1.0}
"""How often a heterozygous woman has the disease, against a hemizygous man. Judgement, not measurement: it varies from
nearly none to all by disease, also within what is called recessive (Dobyns et al. 2004, Am J Med Genet A 129A:136)."""
_ALMOST_ONLY = 0.98
"""Share of the sex to which a disease is limited. Not 1: an annotation or a recorded sex may be wrong."""
_WORDS = {"male": "male", "m": "male", "female": "female", "f": "female"}


def read(text: str) -> str:
    """`male` or `female`. Raises `UsageError`."""
    sex = _WORDS.get(text.strip().lower())
    if sex is None:
        raise UsageError("the sex given is not known here", hint="give male or female, or leave it out when it is not known")
    return sex


def share_of_males(inheritance: Sequence[str]) -> float:
    """P(male | disease) by its annotated inheritance; one half where that says nothing of sex.

    X-linked: of a rare allele of frequency q, q of all men and 2q of all women carry one, so that with a penetrance f in
    women the affected are male in 1 / (1 + 2f). Several modes are taken as equally likely.
    """
    if m.MALE_ONLY in inheritance:
        return _ALMOST_ONLY
    if m.FEMALE_ONLY in inheritance:
        return 1 - _ALMOST_ONLY
    found = m.of_disease(inheritance)
    return sum(_of_mode(one) for one in found) / len(found) if found else 0.5


def _of_mode(mode: str) -> float:
    if mode == m.Y_LINKED:
        return _ALMOST_ONLY
    return 1 / (1 + 2 * _PENETRANCE[mode]) if mode in _PENETRANCE else 0.5


def evidence(sex: str, annotations: Annotations) -> ContextRatio:
    """LR = P(sex | disease) / P(sex), with P(sex) one half."""
    import numpy as np

    male = np.array([share_of_males(i) for i in annotations.inheritance])
    log = np.log(2 * (male if sex == "male" else 1 - male))

    def words(disease: int) -> ContextWords:
        inheritance = annotations.inheritance[disease]
        limited = "only men have it" if m.MALE_ONLY in inheritance else "only women have it"
        by_mode = m.told(m.of_disease(inheritance))
        return ContextWords(f"sex: {sex}", limited if {m.MALE_ONLY, m.FEMALE_ONLY} & set(inheritance) else by_mode)

    return ContextRatio(log, lambda disease: "sex", words)
