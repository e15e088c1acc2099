"""What a drug is given for, in the groups of CPIC's clopidogrel guideline, by the words and codes of a case."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from bedside.core import Concept, Condition, Facts, Mention, Procedure, TextReader

from .phrases import Phrases, data, judged

IndicationKind = Literal["acs_pci", "other_cardiovascular", "neurovascular", "unplaced"]
State = Literal["current", "past", "uncertain"]

_YEAR = re.compile(r"(?:\s+(?:put|placed|implanted|inserted|done|in|back|from|of))*[\s,(]*((?:19|20)\d\d)\b")
_ONLY_FEARED = re.compile(
    r"(?:\bif\b(?:\s+[\w'’-]+){0,3}\s+(?:needs?|requires?|develops?|gets?|ever|later)|\b(?:risk|prevention|in\s+case|fear)\s+of|\bprevents?)"
    r"\s+(?:[\w'’-]+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before what may come, or is to be prevented."""
_BEFORE = 70
_JUST_BEFORE = re.compile(r"s/p|status post", re.IGNORECASE)
_SINCE_THEN = 1
"""Years after which what happened in a named year is of the past."""


@dataclass(frozen=True)
class Indication:
    """One that the case names: its `kind`, the `words` it rests on and whether it is `current`, of the `past`, or not
    certain. `event`: a past one says nothing of what the drug is for now. `weak`: it counts only where nothing of ACS
    or PCI is said."""

    kind: IndicationKind
    words: str
    state: State = "current"
    event: bool = False
    weak: bool = False


def indications(facts: Facts, text: str, reader: TextReader, today: date, origin: str = "question") -> frozenset[Indication]:
    """Those of `text`, of what reading found in the other texts of the case, and of coded conditions and procedures.

    Denied ones and those of another person are left out."""
    out = [_of_mention(m, today, text) for m in judged(text, _cues().find(text), reader)]
    for m in facts.mentions:
        if m.origin != origin and m.kind == "phenotype":
            out += [_of_mention(m.model_copy(update={"id": found.tag}), today) for found in _cues().find(m.text)]
    facts_of_record: tuple[Condition | Procedure, ...] = (*facts.patient.conditions, *facts.patient.procedures)
    for fact in facts_of_record:
        over = fact.temporality == "historical" or fact.status == "resolved"
        if fact.holds or (over and not fact.negated and fact.experiencer == "patient" and fact.certainty == "certain"):
            coded = _of_concept(fact.concept, reader, today)
            out += [replace(one, state="past") if over and one.state == "current" else one for one in coded]
    return frozenset(one for one in out if one is not None)


def _of_mention(m: Mention, today: date, text: str = "") -> Indication | None:
    """The indication that a judged cue is, or None where it is denied, another's, or none."""
    if m.negated or m.experiencer != "patient" or m.id == "none":
        return None
    feared = bool(text) and _ONLY_FEARED.search(text[max(0, m.start - _BEFORE) : m.start])
    if feared or m.certainty != "certain" or m.temporality == "hypothetical":
        return _tagged(m.id, m.text, "uncertain")
    year = _YEAR.match(text, m.end) if text else None
    long_ago = year is not None and int(year[1]) < today.year - _SINCE_THEN
    told = [c.text for c in m.cues if c.category == "temporality"]
    past = long_ago or (m.temporality == "historical" and not any(_JUST_BEFORE.fullmatch(t) for t in told))
    return _tagged(m.id, m.text + (year[0].rstrip() if year and long_ago else ""), "past" if past else "current")


def _tagged(tag: str, words: str, state: State) -> Indication:
    kind, *more = tag.split("+")
    return Indication(kind, words, state, "event" in more, "weak" in more)  # type: ignore[arg-type]


def _of_concept(concept: Concept, reader: TextReader, today: date) -> list[Indication]:
    """By code, else by what the name says."""
    for system, tags in data("indications.toml")["codes"].items():
        for tag, begins in tags.items():
            if any(c.system == system and c.code.startswith(tuple(begins)) for c in concept.codings):
                return [_tagged(tag, concept.name, "current")]
    names = dict.fromkeys((concept.name, *(c.display for c in concept.codings)))
    read = [_of_mention(m, today, name) for name in names for m in judged(name, _cues().find(name), reader)]
    return [one for one in read if one is not None]


@cache
def _cues() -> Phrases:
    tagged, exact = [], []
    for cue in data("indications.toml")["cue"]:
        tag = "+".join([cue["indication"], *(flag for flag in ("event", "weak") if cue.get(flag))])
        tagged += [(phrase, tag) for phrase in cue["phrases"]]
        exact += [(phrase, tag) for phrase in cue.get("abbreviations", ())]
    return Phrases(tagged, exact=exact)
