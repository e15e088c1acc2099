"""Whose finding is it? The nearest person before it in its clause: a relative, another person, or the patient.

Who is a person, who only reports and who is said to be well are data (`rules/en/experiencer.toml`). Fails closed: what
stands in a clause behind another person is that person's, unless the person only tells it, or the clause comes back to the
patient.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ...toolkit.marked import Marked
from .cues import CueRule, CueWords, cue_rules

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
    r"(?P<gap>[^.;!?\n]{0,60}?)\b(?:in|of|by)\s+(?:(?:the|his|her|a|an|their|patient['’]s|maternal|paternal|both|one|two)\s+){0,2}"
    r"(?P<person>{person}|family)\b"
)
_BIRTH = re.compile(
    r"\b(?:born|birth|child|son|daughter|baby|infant|care|milk|noticed|noted|seen|observed|according)\b", re.IGNORECASE
)
_HEADING = re.compile(rf"^[^\S\n]*(?:#+\s*)?(?:{_HISTORY}|family)[^\S\n]*:?[^\S\n]*$", re.IGNORECASE | re.MULTILINE)
_NEXT_PART = re.compile(r"\n\s*\n|^[^\S\n]*(?:#+\s*)?[A-Z][\w /-]{2,40}:", re.MULTILINE)
_SPEAKS = re.compile(
    r"\b(?:she|he|patient|pt)\s+(?:says?|said|reports?|reported|tells|told|states?|stated|mentions?|mentioned|asks|asked)\b",
    re.IGNORECASE,
)
"""A third person quotes someone: "My brother has it", she says."""
_PEDIGREE = re.compile(r"(?<![\w-])[IVX]{1,4}[-:]\d{1,2}(?!\w)")
_INDEX = re.compile(r"\b(?:proband|patient|index|case)\W{0,3}$", re.IGNORECASE)
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


class People:
    """Everyone a clause speaks of, in order. Each clause is looked at once, however many findings it holds."""

    def __init__(self, clause: str) -> None:
        self._clause = clause
        self.all = sorted(_apart(_people(clause), len(clause)), key=lambda p: p.start)
        self._back = [found.end() for found in _BACK.finditer(clause)]
        self._starts = [person.start for person in self.all]
        # who holds what follows each person: of what is there, and of what is denied
        self._holders: list[tuple[Person | None, Person | None]] = []
        there = denied = None
        for person in self.all:
            if person.who == "patient":
                there = denied = None
            elif person.well:
                there, denied = None, person  # "Sister healthy, no hearing loss": what is absent is absent in her
            elif not person.tells:
                there = denied = person
            self._holders.append((there, denied))

    @property
    def others(self) -> list[Person]:
        return [person for person in self.all if person.who != "patient"]

    def owner(self, start: int, end: int, *, negated: bool = False) -> Person | None:
        """Who other than the patient has (or, `negated`, lacks) the finding at `start:end`; None: the patient."""
        before = bisect_left(self._starts, start)
        holder = self._holders[before - 1][negated] if before else None
        if holder and not self.comes_back(holder, start):
            return holder
        near = max(0, start - _BEFORE)
        if parental := _PARENTAL.search(self._clause[near:start]):
            return Person("relative", parental.group().strip(), near + parental.start(), near + parental.end())
        after = _in_after().match(self._clause, end)
        if after and not _BIRTH.search(after["gap"]) and not self._patient_between(end, end + len(after["gap"])):
            return Person("relative", after["person"], after.start("person"), after.end("person"))
        return None

    def comes_back(self, person: Person, until: int | None = None) -> bool:
        """Does the clause speak of the patient again behind `person`, and before `until`?"""
        at = bisect_left(self._back, person.end + 1)
        return at < len(self._back) and (until is None or self._back[at] <= until)

    def names_patient(self, until: int | None = None) -> bool:
        return any(person.who == "patient" and (until is None or person.start < until) for person in self.all)

    def _patient_between(self, start: int, end: int) -> bool:
        at = bisect_left(self._starts, start)
        return any(person.who == "patient" for person in self.all[at : bisect_left(self._starts, end)])


def _apart(people: Iterable[tuple[int, Person]], size: int) -> Iterator[Person]:
    """None over another: the lower number counts, then the longer ("the man in bed 4" is another man, not "the man")."""
    taken = Marked(size)
    for _, person in sorted(people, key=lambda one: (one[0], one[1].start - one[1].end, one[1].start)):
        if not taken.any(person.start, person.end):
            taken.mark(person.start, person.end)
            yield person


def _people(clause: str) -> Iterator[tuple[int, Person]]:
    for found in _CHILD_OF.finditer(clause):  # "the daughter of a man with ataxia": she is the patient, he is not
        yield 0, Person("patient", found.group(), found.start(), found.start("parent") if found["parent"] else found.end())
        if found["parent"]:
            start, end = found.span("parent")
            last = clause.rfind(" ", start, end) + 1 or start
            well = found["of"].lower() == "to" or _is_well(clause, last, end)
            yield 0, Person("relative", found["parent"], start, end, well=well)
    for found in _PEDIGREE.finditer(clause):  # "III-2: seizures. Proband IV-1: microcephaly"
        if not _INDEX.search(clause[max(0, found.start() - 12) : found.start()]):
            yield 1, Person("relative", found.group(), found.start(), found.end())
    words = CueWords(clause)
    for rule in _rules():
        if rule.scope == "clause":
            for found in rule.all(words):
                start, stop = found.span()
                if rule.who == "patient" and (
                    _OF.search(clause[max(0, start - 20) : start]) or _POSSESSES.match(clause, stop)
                ):
                    continue  # "the mother of the patient", "the patient's mother"
                named = rule.who != "patient"
                # "a breast-feeding mother" is the patient, "the man in bed 4" is not
                rank = 1 if named else 0 if "mother" in found.group().lower() else 2
                yield (
                    rank,
                    Person(
                        rule.who,  # type: ignore[arg-type]
                        found.group(),
                        start,
                        stop,
                        tells=named and _tells(clause, start, stop),
                        well=named and _is_well(clause, start, stop),
                    ),
                )


def _beside(who: str, clause: str, start: int, end: int, blanks: str) -> bool:
    """Do the words right behind (over `blanks`) or before the person at `start:end` say `who`?"""
    return bool(
        _re(who, "forward").match(clause, _blank(clause, end, blanks))
        or _re(who, "backward").search(clause[max(0, start - _BEFORE) : start])
    )


def _tells(clause: str, start: int, end: int) -> bool:
    return _beside("tells", clause, start, end, " \t")


def _is_well(clause: str, start: int, end: int) -> bool:
    return _beside("well", clause, start, end, " \t,(:")


def _blank(text: str, at: int, blanks: str) -> int:
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
    if not _my().search(text) or _SPEAKS.search(text):
        return False
    return len({person.text.lower() for person in People(text).others}) == 1


def family_parts(text: str) -> list[tuple[int, int]]:
    """The lines under a heading "Family history:", up to an empty line or the next heading."""
    parts = []
    for found in _HEADING.finditer(text):
        begin = found.end() + 1
        end = _NEXT_PART.search(text, begin)
        parts.append((begin, end.start() if end else len(text)))
    return parts
