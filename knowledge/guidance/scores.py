"""Activity scores in words: the phenotype that a publisher gives a score.

CPIC: Caudle et al. 2020 (PMID:31647186) for CYP2D6, Theken et al. 2020 (PMID:32189324) for CYP2C9, Amstutz et al. 2018
(PMID:29152729) for DPYD. DPWG counts CYP2D6 from above 2.5 as ultrarapid, CPIC from above 2.25 (PharmCAT's guidance, in its
lines of “xN combinations”).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .line import Publisher

_SCORE = re.compile(r"(?P<least>≥)?(?P<value>\d+(?:\.\d+)?)(?: \(.*\))?")
_PM, _IM, _NM, _UM = (f"{word} Metabolizer" for word in ("Poor", "Intermediate", "Normal", "Ultrarapid"))
_FROM: Mapping[tuple[str, str], tuple[tuple[float, str], ...]] = {
    ("CYP2D6", "CPIC"): ((0, _PM), (0.25, _IM), (1.25, _NM), (2.5, _UM)),
    ("CYP2D6", "FDA"): ((0, _PM), (0.25, _IM), (1.25, _NM), (2.5, _UM)),
    ("CYP2D6", "DPWG"): ((0, _PM), (0.25, _IM), (1.25, _NM), (2.75, _UM)),
    **{("CYP2C9", who): ((0, _PM), (1, _IM), (2, _NM)) for who in ("CPIC", "DPWG", "FDA")},
    **{("DPYD", who): ((0, _PM), (1, _IM), (2, _NM)) for who in ("CPIC", "DPWG", "FDA")},
}


def score_of(value: str) -> tuple[float, bool] | None:
    """(score, whether it is the least) of "0.5", "≥3.0" or DPWG's "1.0 (Intermediate Metabolizer)"; None for other words."""
    found = _SCORE.fullmatch(value)
    return (float(found["value"]), bool(found["least"])) if found else None


def phenotype_of(gene: str, score: float, publisher: Publisher) -> str:
    """Empty for a gene whose phenotypes do not go by scores."""
    return next((name for lowest, name in reversed(_FROM.get((gene, publisher), ())) if score >= lowest), "")


def scored(gene: str, publisher: Publisher) -> bool:
    return (gene, publisher) in _FROM
