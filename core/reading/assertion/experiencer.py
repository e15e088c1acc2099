"""Whose finding is it? The nearest person before it in its clause: a relative, another person, or the patient.

Who is a person, who only reports, and who is said to be well are data (`rules/en/experiencer.toml`). Fails closed: what
stands in a clause behind another person is that person's, unless the person only tells it, or the clause comes back to the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .cues import CueRule, cue_rules

Who = Literal["relative", "other", "patient"]

_HISTORY = r"family\s+(?:history|hx)|fhx?(?=\s*:)"
_CHILD_OF = re.compile(
    r"\b(?:sons?|daughters?|child(?:ren)?|twins?|baby|infant|offspring|boy|girl|sibling)\s+(?:born\s+)?(?P<of>of|to)\s+"
    r"(?P<parent>(?:[\w-]+\s+){0,4}?(?:man|woman|couple|mother|father|parents)\b)?",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:^|[;:,.(–—-]\s*|\b(?:and|but|while|whereas|whilst|though|although|so|that|then|yet|because)\s+)(?:he|she|they)\b",
    re.I,
)
"""The clause comes back to the patient: "His mother is well and he has ataxia"."""
_OF = re.compile(r"\bof\s+(?:(?:the|our|this|my)\s+)?$", re.IGNORECASE)
_POSSESSES = re.compile(r"['’]s\b")
_PARENTAL = re.compile(r"\b(?:maternal|paternal)\s+(?:\w+\s+)?(?:of\s+)?$", re.IGNORECASE)
_IN_AFTER = (
    r"^(?P<gap>[^.;!?\n]{0,60}?)\b(?:in|of|by)\s+(?:(?:the|his|her|a|an|their|patient['’]s|maternal|paternal|both|one|two)\s+){0,2}"
    r"(?P<person>{person}|family)\b"
)
_BIRTH = re.compile(
    r"\b(?:born|birth|child|son|daughter|baby|infant|care|milk|noticed|noted|seen|observed|according)\b", re.IGNORECASE
)
_HEADING = re.compile(rf"^[^\S\n]*(?:#+\s*)?(?:{_HISTORY}|family)[^\S\n]*:?[^\S\n]*$", re.IGNORECASE | re.MULTILINE)
_NEXT_PART = re.compile(r"\n\s*\n|^[^\S\n]*(?:#+\s*)?[A-Z][\w /-]{2,40}:", re.MULTILINE)
_BEFORE = 60
"""Characters before a person that are looked at for who only tells."""


@dataclass(frozen=True)
class Person:
    """Someone whom a clause speaks of at `start:end`. `tells`: only as who reports; `well`: as free of what is found."""

    who: Who
    text: str
    start: int
    end: int
    tells: bool = False
    well: bool = False


def owner(clause: str, start: int, end: int, *, negated: bool = False) -> Person | None:
    """Who other than the patient has (or, `negated`, lacks) the finding at `start:end` of `clause`; None: the patient."""
    holder: Person | None = None
    for person in people(clause):
        if person.start >= start:
            break
        if person.who == "patient":
            holder = None
        elif person.well:
            # "Sister healthy, no hearing loss": what is absent is absent in her
            holder = person if negated else None
        elif not person.tells:
            holder = person
    if holder and not comes_back(clause[:start], holder):
        return holder
    if parental := _PARENTAL.search(clause[:start]):
        return Person("relative", parental.group().strip(), parental.start(), parental.end())
    after = _in_after().match(clause[end:])
    if after and not _BIRTH.search(after["gap"]) and not any(p.who == "patient" for p in people(after["gap"])):
        return Person("relative", after["person"], end + after.start("person"), end + after.end("person"))
    return None


def comes_back(clause: str, person: Person) -> bool:
    """Does the clause speak of the patient again behind `person`?"""
    return bool(_BACK.search(clause, person.end))


@cache
def people(clause: str) -> tuple[Person, ...]:
    """Everyone a clause speaks of, in order."""
    found = sorted(_people(clause), key=lambda p: (p.start, -p.end))
    kept: list[Person] = []
    for person in found:
        if not kept or person.start >= kept[-1].end:
            kept.append(person)
    return tuple(kept)


def _people(clause: str) -> Iterator[Person]:
    for found in _CHILD_OF.finditer(clause):  # "the daughter of a man with ataxia": she is the patient, he is not
        yield Person("patient", found.group(), found.start(), found.start("parent") if found["parent"] else found.end())
        if found["parent"]:
            start, end = found.span("parent")
            last = clause.rfind(" ", start, end) + 1 or start
            yield Person(
                "relative", found["parent"], start, end, well=found["of"].lower() == "to" or _is_well(clause, last, end)
            )
    for rule in _rules():
        if rule.scope == "clause":
            for found in rule.pattern.finditer(clause):
                start, stop = found.span()
                if rule.who == "patient" and (
                    _OF.search(clause[max(0, start - 20) : start]) or _POSSESSES.match(clause, stop)
                ):
                    continue  # "the mother of the patient", "the patient's mother"
                yield Person(
                    rule.who,  # type: ignore[arg-type]
                    found.group(),
                    start,
                    stop,
                    tells=rule.who != "patient" and _tells(clause, start, stop),
                    well=rule.who != "patient" and _is_well(clause, start, stop),
                )


def _tells(clause: str, start: int, end: int) -> bool:
    return bool(
        _re("tells", "forward").match(clause, _blank(clause, end, " \t"))
        or _re("tells", "backward").search(clause[max(0, start - _BEFORE) : start])
    )


def _is_well(clause: str, start: int, end: int) -> bool:
    return bool(
        _re("well", "forward").match(clause, _blank(clause, end))
        or _re("well", "backward").search(clause[max(0, start - _BEFORE) : start])
    )


def _blank(text: str, at: int, blanks: str = " \t,(:") -> int:
    while at < len(text) and text[at] in blanks:
        at += 1
    return at


@cache
def _rules() -> tuple[CueRule, ...]:
    return cue_rules("experiencer")


@cache
def _re(who: str, scope: str) -> re.Pattern[str]:
    [rule] = [rule for rule in _rules() if (rule.who, rule.scope) == (who, scope)]
    return rule.pattern if scope == "forward" else re.compile(rule.pattern.pattern + r"\s*$", re.IGNORECASE)


@cache
def _person_pattern(*who: str) -> str:
    return "|".join(rule.pattern.pattern for rule in _rules() if rule.scope == "clause" and rule.who in who)


@cache
def _in_after() -> re.Pattern[str]:
    return re.compile(_IN_AFTER.replace("{person}", _person_pattern("relative", "other")), re.IGNORECASE)


@cache
def _my() -> re.Pattern[str]:
    return re.compile(rf"\bmy\s+(?:{_person_pattern('relative')})", re.IGNORECASE)


def is_the_patient(text: str) -> bool:
    """ "Can my mother, a CYP2D6 poor metabolizer, take codeine?": the only person spoken of is the patient."""
    spoken = {person.text.lower() for person in people(text) if person.who in ("relative", "other")}
    return len(spoken) == 1 and bool(_my().search(text))


def family_parts(text: str) -> list[tuple[int, int]]:
    """The lines under a heading "Family history:", up to an empty line or the next heading."""
    parts = []
    for found in _HEADING.finditer(text):
        begin = found.end() + 1
        end = _NEXT_PART.search(text, begin)
        parts.append((begin, end.start() if end else len(text)))
    return parts


def names_patient(sentence: str) -> bool:
    return any(person.who == "patient" for person in people(sentence))
