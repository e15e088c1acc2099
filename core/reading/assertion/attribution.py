"""Whose is it, is it sure, and when was it? Each mention of a text with what was made of it and the words that it rests on.

A relative's genotype, a suspected phenotype and "A and B are x and y, respectively" are not taken for the patient's result:
such a mention is not `used`, and that is always reported, so that a reader can ask again in plainer words.

Genotypes are judged by the whole sentence, deliberately strictly: a wrong one changes a prescription. A finding is judged by
the person nearest to it (`experiencer`) and by the words of doubt and time that reach it (`scope`).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from ...types import Facts, Mention
from ...types.context import Cue, TextAddress
from ...wording import say
from ..sentences import sentences, span_at
from .cues import Category
from .experiencer import family_parts, is_the_patient, names_patient, owner
from .genotype_doubt import GENOTYPIC, GenotypeDoubt
from .scope import Found, cued

_CueKind = Literal["negation", "uncertainty", "experiencer", "temporality", "status"]
_KIND: dict[Category, _CueKind] = {
    "uncertainty": "uncertainty",
    "not-done": "uncertainty",
    "experiencer": "experiencer",
    "hypothetical": "temporality",
    "past": "temporality",
    "status": "status",
}
_UNCERTAIN: dict[str, Any] = {"certainty": "uncertain"}
_MEANING: dict[Category, dict[str, Any]] = {
    "uncertainty": _UNCERTAIN,
    "not-done": _UNCERTAIN,
    "status": _UNCERTAIN,
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
    findings = _Findings(text, facts)
    genotypes = GenotypeDoubt(text, facts)
    mentions: list[Mention] = []
    for m in facts.mentions:
        clause = span_at(spans, m.start)
        start, end = clause or (0, len(text))
        judged = Judged()
        if m.kind == "phenotype":
            judged = findings.judge(m, text[start:end], start)
        elif m.kind in GENOTYPIC:
            judged = _genotype(genotypes, m, start, end)
        if judged.why:
            told.append(say("doubt.not-taken", text=m.text, why=judged.why))
        more: dict[str, Any] = dict(judged.meaning or {})
        if judged.found:
            more["cues"] = (*m.cues, *(_cue(one, m.origin) for one in judged.found))
        mentions.append(m.model_copy(update=more) if more else m)
    return Facts(mentions=tuple(mentions), unread=tuple(dict.fromkeys(told)))


class _Findings:
    """Judges the findings of one text."""

    def __init__(self, text: str, facts: Facts) -> None:
        self._text = text
        self._spans = sorted({(m.start, m.end) for m in facts.mentions if m.kind == "phenotype"})
        self._family = family_parts(text) if self._spans else []
        self._doubts = self._cued("uncertainty")
        self._times = self._cued("time")

    def judge(self, m: Mention, clause: str, at: int) -> Judged:
        """`m`, which stands in `clause`, which begins at `at`."""
        place = (m.start, m.end)
        past = self._times.get(place)
        if why := self._owner(m, clause, at):
            return why
        if doubt := self._doubts.get(place):
            return Judged(say(f"cue.{doubt.category}", cue=doubt.text), _MEANING[doubt.category], (doubt,))
        return Judged("", _MEANING["past"], (past,)) if past else Judged()

    def _owner(self, m: Mention, clause: str, at: int) -> Judged | None:
        start = m.start - at
        in_family = any(a <= m.start < b for a, b in self._family)
        if in_family and not names_patient(clause[:start]):
            return Judged(say("doubt.family-heading"), {"experiencer": "relative"})
        person = owner(clause, start, start + len(m.text), negated=m.negated)
        if person is None or (is_the_patient(self._text) and not names_patient(self._text)):
            return None
        relative = person.who == "relative"
        said = say("doubt.relative", cue=person.text) if relative else say("doubt.other", cue=person.text)
        found = Found("experiencer", person.text, at + person.start, at + person.end)
        return Judged(said, {"experiencer": person.who}, (found,))

    def _cued(self, rules: str) -> dict[tuple[int, int], Found]:
        return {self._spans[i]: found for i, found in cued(self._text, self._spans, rules).items()}


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
