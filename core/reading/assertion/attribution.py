"""Whose is it, is it sure, and when was it? Each mention of a text with what was made of it and the words that it rests on.

A relative's genotype, a suspected phenotype and "A and B are x and y, respectively" are not taken for the patient's result:
such a mention is not `used`, and that is always reported, so that a reader can ask again in plainer words.

Genotypes are judged by the whole sentence, deliberately strictly: a wrong one changes a prescription. A finding is judged by
the person nearest to it (`experiencer`) and by the words of doubt and time that reach it (`reach`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ...types import Facts, Mention
from ...types.context import Cue, TextAddress
from ...types.reading import Span
from ...wording import say
from ..languages import language_not_read
from ..sentences import sentences, span_at
from .cues import Category, CueWords
from .experiencer import People, family_parts, is_the_patient
from .genotype_doubt import GENOTYPIC, GenotypeDoubt
from .reach import Found, cued

_CueKind = Literal["negation", "uncertainty", "experiencer", "temporality", "status"]
_KIND: dict[Category, _CueKind] = {
    "uncertainty": "uncertainty",
    "not-done": "uncertainty",
    "experiencer": "experiencer",
    "hypothetical": "temporality",
    "past": "temporality",
    "status": "status",
    "command": "status",
    "other-name": "uncertainty",
}
_SHOWN = 60
"""Characters of a clause that are quoted."""
_UNCERTAIN: dict[str, Any] = {"certainty": "uncertain"}
_MEANING: dict[Category, dict[str, Any]] = {
    "uncertainty": _UNCERTAIN,
    "not-done": _UNCERTAIN,
    "status": _UNCERTAIN,
    "command": _UNCERTAIN,
    "other-name": _UNCERTAIN,
    "experiencer": {"experiencer": "other"},
    "hypothetical": {"temporality": "hypothetical"},
    "past": {"temporality": "historical"},
}


class Judged(NamedTuple):
    """Why a mention is not used (`why`, "" where it is), what it is then (fields of `Mention`), and the cues."""

    why: str = ""
    meaning: dict[str, Any] | None = None
    found: tuple[Found, ...] = ()


def attributed(text: str, facts: Facts) -> Facts:
    """`facts` of `text` with whose each finding and genetic result is, whether it is sure, and when it was; each that is
    not used is reported in `unread`.

    `text` may be a note, a question or the text of a coded entry ("Family history of seizures").
    """
    told = list(facts.unread)
    spans = sentences(text, clauses=True)
    findings = _Findings(text, facts, spans)
    genotypes = GenotypeDoubt(text, facts, spans)
    foreign = {span.start: name for span in spans if (name := language_not_read(text[span.start : span.end]))}
    if foreign:
        told.append(_unread_clauses(text, [span for span in spans if span.start in foreign], foreign))
    mentions: list[Mention] = []
    for m in facts.mentions:
        clause = span_at(spans, m.start)
        start, end = clause or (0, len(text))
        judged = Judged()
        if start in foreign and m.kind not in ("gene", "disease"):
            judged = Judged(say("doubt.language", language=foreign[start]), _UNCERTAIN)
        elif m.kind == "phenotype":
            judged = findings.judge(m, start, end)
        elif m.kind in GENOTYPIC:
            judged = _genotype(genotypes, m, start, end)
        if judged.why:
            told.append(say("doubt.not-taken", text=m.text, why=judged.why))
        more: dict[str, Any] = dict(judged.meaning or {})
        if judged.found:
            more["cues"] = (*m.cues, *(_cue(one, m.origin) for one in judged.found))
        mentions.append(m.model_copy(update=more) if more else m)
    return Facts(mentions=tuple(mentions), unread=tuple(dict.fromkeys(told)))


def _unread_clauses(text: str, clauses: Sequence[Span], names: Mapping[int, str]) -> str:
    """What is reported of clauses in a language without rules, whether they name anything or not."""
    languages = ", ".join(dict.fromkeys(names.values()))
    first = " ".join(text[clauses[0].start : clauses[0].end].split())
    shown = first if len(first) <= _SHOWN else first[:_SHOWN] + "…"
    return say("reading.language-not-read", language=languages, number=len(clauses), text=shown)


class _Findings:
    """Judges the findings of one text."""

    def __init__(self, text: str, facts: Facts, clauses: Sequence[Span]) -> None:
        self._clauses = clauses
        self._spans = sorted({(m.start, m.end) for m in facts.mentions if m.kind == "phenotype"})
        self._text = text
        self._family = family_parts(text) if self._spans else []
        words = CueWords(text if self._spans else "")
        self._doubts = self._cued("uncertainty", words)
        self._times = self._cued("time", words)
        # "My son has seizures": he is asked about
        self._own = bool(self._spans) and is_the_patient(text) and not People(text).names_patient()
        self._people: dict[int, People] = {}

    def judge(self, m: Mention, start: int, end: int) -> Judged:
        """`m`, which stands in the clause `start:end`."""
        place = (m.start, m.end)
        if judged := self._owner(m, start, end):
            return judged
        if doubt := self._doubts.get(place):
            return Judged(say(f"cue.{doubt.category}", cue=doubt.text), _MEANING[doubt.category], (doubt,))
        past = self._times.get(place)
        return Judged("", _MEANING["past"], (past,)) if past else Judged()

    def _owner(self, m: Mention, start: int, end: int) -> Judged | None:
        if start not in self._people:
            self._people[start] = People(self._text[start:end])
        people, at = self._people[start], m.start - start
        if any(a <= m.start < b for a, b in self._family) and not people.names_patient(at):
            return Judged(say("doubt.family-heading"), {"experiencer": "relative"})
        person = None if self._own else people.owner(at, m.end - start, negated=m.negated)
        if person is None:
            return None
        relative = person.who == "relative"
        said = say("doubt.relative", cue=person.text) if relative else say("doubt.other", cue=person.text)
        found = Found("experiencer", person.text, start + person.start, start + person.end)
        return Judged(said, {"experiencer": person.who}, (found,))

    def _cued(self, rules: str, words: CueWords) -> dict[tuple[int, int], Found]:
        return {self._spans[i]: found for i, found in cued(words, self._spans, rules, self._clauses).items()}


def _genotype(doubt: GenotypeDoubt, m: Mention, start: int, end: int) -> Judged:
    """A genetic result in the clause `start:end`."""
    found = doubt.why(m, start, end)
    if found is None:
        return Judged()
    meaning = {"experiencer": found.who} if found.who else _MEANING[found.category]
    cue = (Found(found.category, found.cue, found.start, found.end),) if found.cue else ()
    return Judged(found.why, meaning, cue)


def _cue(found: Found, origin: str) -> Cue:
    address = TextAddress(origin=origin, start=found.start, end=max(found.end, found.start + 1))
    return Cue(text=found.text, category=_KIND[found.category], address=address)
