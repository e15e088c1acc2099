"""Whether a patient has taken a drug before, and for how long, by the words around the drug's name.

A time counts for the drug whose use it is said of: "carbamazepine for two years", "two years of carbamazepine", "on it since
2019". The time of a disease does not, nor that of a plan, of a stop, or of another drug. Where the words contradict each
other, nothing is known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from bedside.core import Facts, Mention, TextReader

from .phrases import Phrases, data, judged

Use = Literal["naive", "long", "short"]

_LONG_DAYS = 92
"""More than three months."""
_DAYS = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}
_NUMBERS = {"a": 1, "an": 1, "couple": 2, "a couple of": 2}
_NUMBERS |= {w: n for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_SEVERAL = {"several": 3, "many": 5, "a few": 3, "few": 3, "some": 3, "multiple": 3}
_NUMBER = (
    rf"(?P<number>\d{{1,3}}(?:\.\d)?|{'|'.join(sorted(map(re.escape, [*_NUMBERS, *_SEVERAL]), key=len, reverse=True))})"
)
_LENGTH = (
    r"(?:(?P<more>over|more\s+than|at\s+least|longer\s+than|>)\s*|(?P<less>under|less\s+than|almost|nearly|not\s+yet|<)\s*"
    rf"|about\s+|around\s+|approximately\s+|some\s+|the\s+(?:past|last)\s+)*{_NUMBER}[\s-]*"
    r"(?P<unit>days?|d|weeks?|wks?|months?|mos?|mths?|years?|yrs?|y)(?!\w)"
)
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+"
_TIME = re.compile(
    rf"(?<![\w.])(?:(?P<lead>for|over|x|×|during)\s*)?{_LENGTH}(?P<ago>\s+ago)?(?P<of>\s+(?:of|on|with)(?!\w))?"
    rf"|(?<!\w)since\s+(?:{_MONTH})?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_IT = re.compile(
    r"\s*(?:it|this|that|them|(?:this|the|either|that) drugs?)?(?:\s+(?:before|previously|so far|yet|ever|either))*"
    r"\s*(?:[,.;:?!)]|$|but\b|and\b)",
    re.IGNORECASE,
)
"""What follows “never had” where the drug stands before it."""
_TO = re.compile(r"\s*(?:to|of|for|with)\s", re.IGNORECASE)
_WORD = re.compile(r"[\w'’]+")
_JOINED = re.compile(r"[\s,/-]*(?:\b(?:and|or|nor)\b[\s-]*)?")
_NEAR = 100
"""Characters of a clause that are looked at beside a place."""
_FEW = 3
"""Words before a drug that can say that it is only planned, or was stopped."""


@dataclass(frozen=True)
class Exposure:
    """`naive`: not taken; `long`: for more than three months; `short`: taken, for less. `words` are what says so."""

    use: Use
    words: str


def exposures(facts: Facts, text: str, reader: TextReader, today: date, origin: str = "question") -> dict[str, Exposure]:
    """What `text` says of each drug that it names, by the drug's name."""
    drugs = reader.judged(text, [m for m in facts.mentions if m.kind == "drug" and m.origin == origin])
    if not drugs:
        return {}
    naive = judged(text, _cues().find(text), reader)
    found: dict[str, set[Exposure]] = {}
    meant = _meant(drugs)
    for start, end in reader.sentences(text, clauses=True):
        clause = _Clause(text, start, end, _within(drugs, start, end), meant, today)
        never = [e for m in _within(naive, start, end) for e in clause.not_taken(m)]
        taken = clause.taken({name for name, _ in never})
        for name, exposure in (*never, *taken):
            found.setdefault(name, set()).add(exposure)
    # what contradicts itself is not known
    return {name: min(some, key=lambda e: e.words) for name, some in found.items() if len({e.use for e in some}) == 1}


def alternatives(text: str, reader: TextReader) -> bool | None:
    """Whether `text` says that there are alternatives to the drug; None where it does not say."""
    said = {
        m.id == "some"
        for m in judged(text, _alternatives().find(text), reader)
        if m.certainty == "certain" and m.temporality != "hypothetical"
    }
    return said.pop() if len(said) == 1 else None


def _within(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    """Those of `mentions`, in order, that begin in `start:end`."""
    return mentions[bisect_left(mentions, start, key=_start) : bisect_left(mentions, end, key=_start)]


def _start(mention: Mention) -> int:
    return mention.start


def _meant(drugs: Sequence[Mention]) -> str:
    """The one drug that a clause without one speaks of, or the empty string."""
    known = {name for names in data("populations.toml")["substances"].values() for name in names}
    names = {m.name for m in drugs}
    if len(names) > 1:
        names &= known
    return names.pop() if len(names) == 1 else ""


class _Clause:
    """A clause of a text, `drugs` in it, and the drug that is `meant` where it names none."""

    def __init__(self, text: str, start: int, end: int, drugs: Sequence[Mention], meant: str, today: date) -> None:
        self._text, self._start, self._end = text, start, end
        self._drugs, self._meant, self._today = drugs, meant, today
        self._names = list(dict.fromkeys(m.name for m in drugs))

    def _next(self, at: int) -> int:
        """The index of the first drug that begins at `at` or behind it."""
        return bisect_left(self._drugs, at, key=_start)

    def not_taken(self, cue: Mention) -> Iterator[tuple[str, Exposure]]:
        """The drugs that `cue`, judged, says were not taken."""
        if (
            cue.id == "ignored"
            or cue.negated
            or cue.experiencer != "patient"
            or cue.certainty != "certain"
            or cue.temporality == "hypothetical"
        ):
            return
        adjective = cue.text.lower() in ("naive", "naïve")
        for drug in self._naive_of(cue) if adjective else self._never_of(cue):
            yield drug, Exposure("naive", cue.text)

    def _naive_of(self, cue: Mention) -> list[str]:
        words = data("people_words.toml")["exposure"]
        last = self._next(cue.start) - 1
        if last >= 0 and not self._text[self._drugs[last].end : cue.start].strip(" -,"):
            return self._list_before(last)
        if _TO.match(self._text, cue.end) and (after := self._listed_after(cue.end)):
            return after
        word = _WORD.findall(self._text[max(self._start, cue.start - 25) : cue.start].lower())[-1:]
        names = self._names or ([self._meant] if self._meant else [])
        if word and word[0] in words["naive_of_others"]:
            return []
        return names if len(names) == 1 or (word and word[0] in words["naive_of_all"]) else []

    def _never_of(self, cue: Mention) -> list[str]:
        if after := self._listed_after(cue.end):
            return after
        if cue.text.lower() == "for the first time" or _IT.match(self._text[cue.end : min(cue.end + _NEAR, self._end)]):
            last = self._next(cue.start) - 1
            return [self._drugs[last].name] if last >= 0 else [self._meant] if self._meant and not self._drugs else []
        return []

    def _listed_after(self, at: int) -> list[str]:
        """The drugs that follow at once, and those that are joined to them."""
        out: list[str] = []
        for index in range(self._next(at), len(self._drugs)):
            drug = self._drugs[index]
            between = self._text[at : drug.start]
            if not (_JOINED.fullmatch(between) if out else _only(between, "filler")):
                break
            out.append(drug.name)
            at = drug.end
        return out

    def _list_before(self, last: int) -> list[str]:
        """The drug at the index `last`, and those before that are joined to it."""
        first = last
        while first and _JOINED.fullmatch(self._text[self._drugs[first - 1].end : self._drugs[first].start]):
            first -= 1
        return [m.name for m in self._drugs[first : last + 1]]

    def taken(self, never: set[str]) -> Iterator[tuple[str, Exposure]]:
        """The drugs that were taken for a time that is known; `never` are those that the clause also says were not."""
        clause = self._text[self._start : self._end]
        for found in _TIME.finditer(clause):
            use = _use_of(found, self._today)
            lead = bool(found["lead"] or found["of"] or found["year"])
            if use:
                yield from self._of_time(found.start(), found.end(), use, never, lead=lead, ago=bool(found["ago"]))
        for one in _long().find(clause):
            yield from self._of_time(one.start, one.end, "long", never, lead=True)

    def _of_time(
        self, start: int, end: int, use: Use, never: set[str], *, lead: bool, ago: bool = False
    ) -> Iterator[tuple[str, Exposure]]:
        """The drug that the time at `start:end` of the clause is said of."""
        words = data("people_words.toml")["exposure"]
        said = " ".join(self._text[self._start + start : self._start + end].split())
        start, end = self._start + start, self._start + end
        last, following = self._next(start), self._next(end)
        before, after = self._drugs[max(last - 1, 0) : last], self._drugs[following : following + 1]
        name, between = "", ""
        drug: Mention | None = None
        if before and _only(between := self._text[before[-1].end : start], "taken_filler"):
            drug = before[-1]
        elif lead and after and _only(between := self._text[end : after[0].start], "taken_filler"):
            drug = after[0]
        elif not self._drugs and self._meant and (lead or ago):
            between = self._text[max(self._start, start - _NEAR) : start]
            name = self._meant if _has(between, words["taken"] + words["begun"]) else ""
        if drug is not None:
            sure = drug.certainty == "certain" and drug.temporality != "hypothetical" and not drug.negated
            name = drug.name if drug.experiencer == "patient" and (sure or drug.name in never) else ""
        at = drug.start if drug else start
        near = " ".join(_WORD.findall(self._text[max(self._start, at - _NEAR) : at])[-_FEW:])
        if not name or _has(f"{near} {between}", words["stopped"]):
            return
        if ago and not _has(f"{near} {between}", words["begun"]):
            return
        if not ago and _has(near, words["planned"]) and not _has(between, words["taken"]):
            return
        yield name, Exposure(use, said)


def _use_of(found: re.Match[str], today: date) -> Use | None:
    """How long a time is: None where that does not say whether it is more than three months."""
    if found["year"]:
        month = _MONTHS.index(found["month"].lower()) + 2 if found["month"] else 13
        year = int(found["year"]) + (month > 12)
        past = (today - date(year, (month - 1) % 12 + 1, 1)).days
        return "long" if past > _LONG_DAYS else "short" if found["month"] and past >= 0 else None
    number = " ".join(found["number"].lower().split())
    count = float(number) if number[0].isdigit() else _SEVERAL.get(number) or _NUMBERS[number]
    days = count * _DAYS[found["unit"][0].lower()]
    if found["less"]:
        close = found["less"].lower() in ("almost", "nearly")
        return "short" if days <= _LONG_DAYS else "long" if close and days > 1.5 * _LONG_DAYS else None
    if found["more"]:
        return "long" if days >= _LONG_DAYS - 1 else None
    return "long" if days > _LONG_DAYS else "short"


def _only(between: str, name: str) -> bool:
    """Are there only words that change nothing?"""
    return (
        len(between) <= _NEAR
        and not re.search(r"[.;:?!]\s", between)
        and all(word.isdigit() or word in _filler(name) for word in _WORD.findall(between.lower()))
    )


def _has(said: str, words: Sequence[str]) -> bool:
    spoken = f" {' '.join(_WORD.findall(said.lower()))} "
    return any(f" {word} " in spoken for word in words)


@cache
def _filler(name: str) -> frozenset[str]:
    return frozenset(data("people_words.toml")["exposure"][name])


@cache
def _cues() -> Phrases:
    words = data("people_words.toml")["exposure"]
    return Phrases([*((p, "naive") for p in words["naive"]), *((p, "ignored") for p in words["ignored"])])


@cache
def _long() -> Phrases:
    return Phrases((p, "long") for p in data("people_words.toml")["exposure"]["long"])


@cache
def _alternatives() -> Phrases:
    words = data("people_words.toml")["alternatives"]
    return Phrases([*((p, "none") for p in words["none"]), *((p, "some") for p in words["some"])])
