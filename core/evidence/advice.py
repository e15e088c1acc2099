"""Which drugs a text advises for, and which against, clause by clause: "avoid codeine, consider morphine" is one of each.

A drug that only stands in a condition or a reason ("if clopidogrel is considered", "because codeine is a prodrug") is not
advised at all; one behind "instead of" is advised against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Literal, NamedTuple

from ..reading.sentences import sentences
from ..types import Mention
from .condition import head_of

Advice = Literal["use", "avoid"]

_AVOID = re.compile(
    r"\bavoid(?:ed|ance|ing|s)?\b|\bcontra-?indicated\b|\b(?:do|does|should|must|can|may|is|are|was|were)\s*n[o']t\s+"
    r"(?:\w+\s+){0,2}?(?:us(?:e|ed|ing)|prescribed?|give|given|initiated?|start(?:ed)?|take|taken|receive|recommended|"
    r"advised|indicated|considered|appropriate|be)\b|\bcannot be (?:used|given|recommended)\b|"
    r"\bnot (?:recommended|advised|advisable)\b|\b(?:discontinue[ds]?|stop(?:ped)?|withh[eo]ld|cease|switch(?:ed)? from|"
    r"recommend(?:ed|s)? against|advise[ds]? against|alternatives? (?:drug |agent |medication )?to|replace)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(?:be|is|are) (?:used|given|preferred|recommended|considered|advised|indicated)\b|\bused\b|\bpreferred\b|"
    r"(?:^|[.;:,(—–]\s*|\b(?:to|should|may|can|could|or|and|then|please|must)\s+)(?:use|utilize|continue)\b|"
    r"\b(?:prescribe|initiate|start|recommend|consider|give|choose|select|prefer|switch(?:ed)? to|titrate|increase|reduce|"
    r"continue[ds]?|prescribed|initiated|started|recommended|considered)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:if|unless|when(?:ever)?|where|in case|provided|because|since|as long as|given that|due to|owing to|although|"
    r"while|until|after|before|based on|depending on|compared (?:to|with)|metaboli[sz]ed by|along with|together with|"
    r"in combination with|see (?:cpic|table|figure|also|the)|(?:for|in) (?:patients|children|adults|adolescents|women|men|"
    r"those|people|persons))\b[^,;:.()]*",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|when(?:ever)?|in case|provided|until|(?:for|in) (?:patients|children|adults|adolescents|women|men|"
    r"those|people|persons|pregnan\w+))\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[,;:]|\b(?:and|but|or|while|whereas|instead|then|otherwise)\b|[()]", re.IGNORECASE)
_INSTEAD = re.compile(
    r"\b(?:instead of|rather than|in place of|in lieu of|other than|over|in preference to)\s+(?:[\w-]+\s+)?$", re.IGNORECASE
)
_NOT_IT = re.compile(
    r"\b(?:non[\s-]*|not\s+|no\s+|except(?: for)?\s+|without\s+|than\s+|plus\s+|(?:doses?|dosing) of\s+)$",
    re.IGNORECASE,
)
_OF_LABEL = re.compile(
    r"\s*(?:\([^()]{1,40}\)?\s*|\)\s*)?(?:drug\s+)?label(?:ing)?\s+(?:states?|says|recommends)\b", re.IGNORECASE
)
"""Behind a drug whose label speaks: "the clopidogrel (Plavix) label states: …"."""
_ELSE = re.compile(
    r"\b(?:alternatives?|another|other (?:drug|agent|therapy|option)s?|different|non[\s-]\w+)\b", re.IGNORECASE
)
_NO_DRUG = re.compile(
    r"\b(?:monitor\w*|test(?:s|ing)?|genotyp\w+|evaluat\w+|implications?|counsel\w*|referral|alcohol|grapefruit|sun(?:light)?|"
    r"obtaining|activity|concentrations?|caution|delay)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    r"\b(?:us(?:e|ed|ing)|it|they|them|this|drugs?|agents?|therapy|treatment|medications?|dos(?:e|es|ing|age)|"
    r"prescri\w+|initiat\w+|start\w*|contra-?indicated|recommended|reduction|titrat\w+)\b",
    re.IGNORECASE,
)


class _Weight(IntEnum):
    """What counts for a drug of which a text says several things: the highest."""

    CONDITIONAL_USE = 1
    ALTERNATIVE = 2
    CONDITIONAL_AVOID = 3
    USE = 4
    AVOID = 5


_AGAINST = frozenset({_Weight.ALTERNATIVE, _Weight.CONDITIONAL_AVOID, _Weight.AVOID})


class _Clause(NamedTuple):
    start: int
    end: int
    conditional: bool


def advises(text: str) -> bool:
    """Is there a word in it that advises for or against anything?"""
    return bool(_AVOID.search(text) or _USE.search(text))


def advice(text: str, mentions: Iterable[Mention]) -> dict[str, Advice]:
    """What `text` advises of each drug among the `mentions` found in it, by drug id; one it advises nothing of is left out.

    A clause that names no drug speaks of the one that the text is about: that of its head ("codeine, CYP2D6 Poor
    Metabolizer: …"), else the first named.
    """
    drugs = sorted((m for m in mentions if m.kind == "drug"), key=lambda m: m.start)
    if not drugs:
        return {}
    head = head_of(text)
    begin = head if any(m.end <= head for m in drugs) else 0
    first = next((m.id for m in drugs if not _NOT_IT.search(text[: m.start])), None)
    subjects = {m.id for m in drugs if m.end <= begin} or ({first} if first else set())
    weights: dict[str, _Weight] = {}
    for clause in _clauses(text, begin):
        for id_, weight in _said(text, clause, drugs, subjects):
            weights[id_] = max(weights.get(id_, weight), weight)
    return {id_: "avoid" if weight in _AGAINST else "use" for id_, weight in weights.items()}


def _clauses(text: str, begin: int) -> Iterator[_Clause]:
    """Each sentence behind `begin`, cut where both parts have a cue of their own."""
    for span in sentences(text[begin:], clauses=True):
        start, end = begin + span.start, begin + span.end
        conditional = bool(_CONDITION.search(text, start, end))
        asides = _asides(text, start, end)
        first = start
        for joint in _JOINT.finditer(text, start, end):
            if any(a <= joint.start() < b for a, b in asides):
                continue
            before, after = _cues(text, first, joint.start(), asides), _cues(text, joint.end(), end, asides)
            # what stands behind the joint has its own cue before the next joint, or is part of this clause
            following = next((j.start() for j in _JOINT.finditer(text, joint.end(), end)), end)
            if before and after and after[0][0] < following:
                yield _Clause(first, joint.start(), conditional)
                first = joint.end()
        yield _Clause(first, end, conditional)


def _asides(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [found.span() for found in _ASIDE.finditer(text, start, end)]


def _cues(text: str, start: int, end: int, asides: list[tuple[int, int]]) -> list[tuple[int, int, Advice]]:
    """(start, end, direction) of the words that advise, in order; none inside an aside, and no "use" within an "avoid"."""
    part = text[start:end]  # a slice of its own: what begins it counts as a beginning
    against = [(start + m.start(), start + m.end()) for m in _AVOID.finditer(part)]
    cues: list[tuple[int, int, Advice]] = [(a, b, "avoid") for a, b in against]
    for found in _USE.finditer(part):
        at, to = start + found.start(), start + found.end()
        if not any(a < to and at < b for a, b in against):
            cues.append((at, to, "use"))
    return sorted(cue for cue in cues if not any(a <= cue[0] < b for a, b in asides))


def _said(text: str, clause: _Clause, drugs: list[Mention], subjects: set[str]) -> Iterator[tuple[str, _Weight]]:
    asides = _asides(text, clause.start, clause.end)
    cues = _cues(text, clause.start, clause.end, asides)
    if not cues:
        return
    named = False
    for drug in drugs:
        if not clause.start <= drug.start < clause.end:
            continue
        before = text[clause.start : drug.start]
        if _INSTEAD.search(before):
            named = True
            yield drug.id, _Weight.ALTERNATIVE
            continue
        if any(a <= drug.start < b for a, b in asides) or _NOT_IT.search(before) or _OF_LABEL.match(text, drug.end):
            continue
        said = next((cue[2] for cue in reversed(cues) if cue[0] < drug.start), cues[0][2])
        named = True
        yield drug.id, _weight(said, clause)
    if named:
        return
    words = text[clause.start : clause.end]
    if _ELSE.search(words):
        yield from ((id_, _Weight.ALTERNATIVE) for id_ in subjects if cues[-1][2] == "use")
    elif _ITSELF.search(words) and not _NO_DRUG.search(words):
        yield from ((id_, _weight(cues[0][2], clause)) for id_ in subjects)


def _weight(said: Advice, clause: _Clause) -> _Weight:
    if said == "avoid":
        return _Weight.CONDITIONAL_AVOID if clause.conditional else _Weight.AVOID
    return _Weight.CONDITIONAL_USE if clause.conditional else _Weight.USE
