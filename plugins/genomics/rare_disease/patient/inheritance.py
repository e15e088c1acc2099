"""The mode of inheritance that the family shows, against those that the diseases are annotated with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError

from ..model import inheritance_modes as m
from ..scoring.results import ContextWords
from .context_ratio import ContextRatio

if TYPE_CHECKING:
    from ..model.annotations import Annotations

_DOUBT = 0.1
"""Chance that the family was misread or that the annotated mode is not the only one. Judgement; the least ratio."""
_PARTLY = 0.5
"""A mode annotated less exactly than observed (X-linked; X-linked recessive) fits half."""
ISOLATED = "an isolated case fits nearly every mode of inheritance, so that it was not used"


def read(texts: Iterable[str]) -> tuple[str, ...]:
    """HPO ids of modes, or of `sporadic` and `de novo`, from ids, names or abbreviations. Raises `UsageError`."""
    out = []
    for text in texts:
        word = " ".join(text.lower().replace("inheritance", "").split())
        id_ = text.strip().upper() if word.startswith("hp:") else m.WORDS.get(word, "")
        if id_ not in m.NAMES and id_ not in (m.SPORADIC, m.DE_NOVO):
            raise UsageError(
                "a mode of inheritance given is not known here",
                hint="give an HPO id of a mode, or AD, AR, XL, XLR, XLD, YL, mitochondrial, de novo",
            )
        out.append(id_)
    return tuple(dict.fromkeys(out))


def evidence(observed: Sequence[str], annotations: Annotations) -> tuple[ContextRatio | None, str]:
    """LR = (1 - doubt) * share / mean share + doubt, and why there is none where nothing can be said.

    `share` is how many of the disease's annotated modes are one of `observed`; the mean is over all diseases with a mode.
    A new variant (`de novo`) shows as autosomal dominant or X-linked.
    """
    import numpy as np

    if m.SPORADIC in observed:
        return None, ISOLATED
    wanted = {*observed, *((m.DOMINANT, m.X_LINKED) if m.DE_NOVO in observed else ())} & set(m.NAMES)
    modes = [m.of_disease(i) for i in annotations.inheritance]
    share = np.array([sum(_fit(one, wanted) for one in found) / len(found) if found else np.nan for found in modes])
    known = ~np.isnan(share)
    mean = float(share[known].mean()) if known.any() else 0.0
    said = " or ".join("de novo" if id_ == m.DE_NOVO else m.NAMES[id_] for id_ in observed)
    if not mean:
        return None, f"no disease is annotated as {said}, so that it was not used"
    log = np.where(known, np.log((1 - _DOUBT) * np.nan_to_num(share) / mean + _DOUBT), 0.0)

    def words(disease: int) -> ContextWords:
        return ContextWords(f"inheritance: {said} in the family", m.told(modes[disease]))

    return ContextRatio(log, lambda disease: "inheritance", words), ""


def _fit(mode: str, wanted: set[str]) -> float:
    above = m.ABOVE.get(mode, ())
    if mode in wanted or wanted.intersection(above):
        return 1.0
    return _PARTLY if any(mode in m.ABOVE.get(one, ()) for one in wanted) else 0.0
