"""How a ranking is said to a person."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..model import inheritance_modes as modes
from ..model.ontology import ROOT
from ..patient import onset
from ..scoring.results import FindingSupport, RankedDisease, Reason

NEVER = "–"
UNTOLD = "other findings of the disease, not reported"
LIMITS = (
    "A disease whose findings nobody annotated can't be ranked, and every disease counts as equally likely beforehand, "
    "however rare. Findings that were not given count little, those given as absent count against. "
    "A posterior is a share among the annotated diseases, not the chance that the patient has the disease."
)
UNLISTED = "Words of the text that are not listed as present or absent were not read as findings."
_REFERENCES = 3
_SUPPORTED = 1.05
_INFERRED = frozenset({"kin", "name"})


def percent(share: float) -> str:
    """Two digits where there is something to tell: `35 %`, `4.1 %`, `< 0.1 %`."""
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    return f"{100 * share:.0f} %" if 0.0995 <= share <= 0.99 else f"{100 * share:.1f} %"


def times(ratio: float) -> str:
    """`×12` speaks for, `÷3.1` against, `×1` for neither."""
    if neutral(ratio):
        return "×1"
    return f"×{_two_digits(ratio)}" if ratio > 1 else f"÷{_two_digits(1 / ratio)}"


def tempered(power: float) -> str:
    """How the weights become a posterior."""
    return (
        f"The weights of the findings, multiplied, are taken to the power {power:.2g}: with so many findings that made the "
        "posteriors of real patients right. What else is known of the patient counts in full."
    )


def neutral(ratio: float) -> bool:
    """As good as no weight."""
    return 0.95 < ratio < 1.05


def share(frequency: float) -> str:
    """Of patients; a dash where it is as good as never told."""
    return NEVER if frequency < 0.005 else percent(frequency)


def inferred(disease: RankedDisease) -> bool:
    """Whether all support is inferred: from related diseases or the disease's own name, none annotated of it."""
    hows = {r.how for r in disease.reasons if not r.excluded and r.how != "context" and r.likelihood_ratio > _SUPPORTED}
    return bool(hows) and hows <= _INFERRED


def elsewhere(id_: str) -> str:
    """Why an HPO id can't be a finding, and where it belongs; empty for any other."""
    if id_ == ROOT:
        return f"{id_} stands above all findings and is none: give what was found"
    if id_ in modes.NAMES or id_ in (modes.SPORADIC, modes.DE_NOVO):
        return f"{id_} is a mode of inheritance, no finding: give it with --inheritance"
    if onset.is_term(id_):
        return f"{id_} is an age at onset, no finding: give it with --onset"
    return ""


def no_finding(id_: str) -> str:
    """Why an id was not used."""
    return elsewhere(id_) or f"{id_} is no finding that is loaded"


def untold(disease: RankedDisease) -> float:
    """The likelihood ratio of everything that the disease is annotated with and that was not reported of the patient.

    It is what is left of the score when the reasons are taken out, so only for a disease that comes with its reasons.
    """
    return math.exp(disease.score - sum(math.log(r.likelihood_ratio) for r in disease.reasons))


def finding(reason: Reason) -> str:
    if reason.words:
        return reason.words.patient
    return f"no {reason.term}" if reason.excluded else reason.term


def why(reason: Reason, names: Mapping[str, str]) -> str:
    """In a few words what the ratio rests on. `names` are those of the diseases whose annotations are cited."""
    first = reason.support[0] if reason.support else None
    if reason.how == "absent":
        return "told of this disease, looked for and absent" if first else "looked for and absent"
    if reason.words:
        return reason.words.disease
    if reason.how == "unexplained":
        return "not known of this disease"
    if reason.how == "name":
        return "in the name of the disease or of its kin"
    if first is None:
        return reason.how
    kin = f"known of {names.get(first.disease_id, first.disease_id)}, a relative of it"
    return {
        "annotated": "known of this disease",
        "more_specific": f"known as {first.term}",
        "more_general": f"known as {first.term}, which is more general",
        "related": f"only {first.term} is known",
        "kin": kin,
    }[reason.how]


def how_often(reason: Reason) -> str:
    """As the first annotation states it. For what is inferred nothing is stated."""
    first = reason.support[0] if reason.support else None
    if first is None:
        return ""
    return f"{first.frequency}" if reason.how in ("annotated", "more_specific", "more_general", "related", "absent") else ""


def references(support: tuple[FindingSupport, ...]) -> str:
    """The first few, and how many more."""
    every = list(dict.fromkeys(r for line in support for r in line.references))
    more = f" +{len(every) - _REFERENCES}" if len(every) > _REFERENCES else ""
    return ", ".join(every[:_REFERENCES]) + more


def _two_digits(x: float) -> str:
    """`1.2`, `12`, `120`, `12,000`: no more digits than the number is worth."""
    if x < 9.95:
        return f"{x:.1f}"
    digits = len(str(int(x)))
    return f"{round(x, 2 - digits):,.0f}"
