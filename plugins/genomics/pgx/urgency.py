"""Which recommendations a reader should see first. This sorts CPIC's words; it does not replace them."""

from __future__ import annotations

import re
from typing import Literal

Urgency = Literal["change", "review", "other", "standard"]
"""`change`: the line advises something else than usual dosing, or a condition on it. `review`: there is no line to rely on,
so that somebody must look. `other`: neither can be concluded from the words. `standard`: the line advises the usual."""

ORDER: tuple[Urgency, ...] = ("change", "review", "other", "standard")

# said of what need not be done; taken away before the words below are looked for
_NO_NEED = re.compile(
    r"\bno (?:need|reason|indication) to (?:avoid|change)\b|\bwithout any special emphasis\b|"
    r"\blowest effective dosage for shortest duration\b|\bmakes this unlikely\b",
    re.IGNORECASE,
)
# Any hint of another dose, another drug, a limit, a risk or a watch. Wide on purpose: a line that is shown too early costs a
# glance, one that is shown too late may cost more.
_CHANGE = re.compile(
    r"\b(?:avoid\w*|alternativ\w+|reduc\w+|increas\w+|decreas\w+|lower\w*|higher|lowest|limit\w*|contraindicated|"
    r"not (?:be )?(?:recommended|used)|select|choose|instead|consider\w*|monitor\w* closely|caution|unlikely to respond|"
    r"should not|toxicit\w+|risk|unknown)\b|<|≤",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\b(?:recommended|desired|normal|standard)\b[^.;]{0,40}\b(?:dos\w+)\b|\bat standard dose\b|\blabel[- ]recommended\b|"
    r"\blabel recommended\b|\baccording to the product label\b|\bno (?:need|reason|indication) to (?:avoid|change)\b",
    re.IGNORECASE,
)

_AGAINST = re.compile(
    r"\bcontra-?indicated\b(?!.{0,40}nown or suspected)|\bdo not use\b|\b(?:is|are) not recommended\b|"
    r"\bshould (?:not be (?:used|given)|be avoided)\b|"
    r"(?<!\bor )\bavoid(?: (?:the )?use\b| (?:aminoglycosides?|tricyclics?|tertiary amines?)\b|\s*[.;]|\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = 200
"""Characters of a line in which it says what it says first of all."""


_SHARE = re.compile(
    r"\d+\s*%?\s*(?:-|–|to)?\s*\d*\s*%?\s*(?:of|reduction of) (?:the )?(?:normal|standard|recommended)", re.IGNORECASE
)


def departs(recommendation: str) -> bool:
    """Does the line ask for something else than the usual dose, without giving it anywhere? "Start with normal dose; monitor
    closely" does not; "30-80 % of normal dose" does."""
    said = _SHARE.sub(" ", recommendation.partition("\nOther Considerations")[0])
    return urgency_of(recommendation) == "change" and not _USUAL.search(_NO_NEED.sub(" ", said))


def against(recommendation: str, drug: str) -> bool:
    """Does the line say, first of all, to avoid the drug? "Avoid doses above 20 mg", "halve the dose or avoid it", and that
    another may be chosen, do not."""
    first = _NO_NEED.sub(" ", recommendation.partition("\nOther Considerations")[0])[:_FIRST]
    avoid = rf"(?<!\bor )\bavoid (?!\w*\s*dos)(?:[\w-]+ ){{0,3}}?{re.escape(drug)}\b(?! or )"
    return bool(re.search(avoid, first, re.IGNORECASE) or _AGAINST.search(first))


def urgency_of(recommendation: str) -> Urgency:
    """`change`, `standard` or `other` by the words of a line, without the considerations that follow it."""
    recommendation = recommendation.partition("\nOther Considerations")[0]
    if re.match(r"\s*if considering \w+, use at standard dose", recommendation, re.IGNORECASE):
        return "standard"
    if _CHANGE.search(_NO_NEED.sub(" ", recommendation)):
        return "change"
    return "standard" if _USUAL.search(recommendation) else "other"
