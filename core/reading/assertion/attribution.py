"""Whose finding is it, and is it sure? A relative's genotype, a suspected phenotype and "A and B are x and y, respectively"
are not taken for the patient's result. What is left out is always reported: a reader can ask again in plainer words.

Genotypes are judged by the whole sentence, deliberately strictly: a wrong one changes a prescription. A finding is judged by
the person nearest to it (`kin`) and by the words of doubt that reach it (`doubt`).
"""

from __future__ import annotations

import re

from ...types import Facts, Mention
from ...wording import say
from ..sentences import sentences, span_at
from .experiencer import comes_back, family_parts, is_the_patient, names_patient, owner, people
from .genotype_doubt import GENOTYPIC, GenotypeDoubt
from .uncertainty import doubtful

_DOUBT = re.compile(
    r"\b(?:unlikely|ain[’']t|except|excluding|other than|rather than|formerly|previously|erroneous\w*|in error|corrected|"
    r"suspected|presumed|unknown (?:whether|if)|not (?:yet )?(?:been )?(?:known|confirmed)|unconfirmed|untested|"
    r"kein\w?|nicht|n[’']est pas|pas (?:un|une)|non-?(?:poor|normal|rapid|ultrarapid|intermediate))\b|:\s*no\b",
    re.IGNORECASE,
)
_DENIED_NEXT = re.compile(r"^\?\s*no\b", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


def of_the_patient(text: str, facts: Facts) -> Facts:
    """`facts` of `text` without what is a relative's, doubtful or not attributable; each omission is reported in `unread`.

    `text` may be a note, a question or the text of a coded entry ("Family history of seizures").
    """
    kept: list[Mention] = []
    told = list(facts.unread)
    spans = sentences(text, clauses=True)
    family = family_parts(text)
    findings = sorted({(m.start, m.end) for m in facts.mentions if m.kind == "phenotype"})
    doubts = {findings[i]: words for i, words in doubtful(text, findings).items()}
    genotypes = _Genotypes(text, facts)
    for m in facts.mentions:
        start, end = span_at(spans, m.start) or (0, len(text))
        if m.kind == "phenotype":
            in_family = any(a <= m.start < b for a, b in family)
            why = _why_not_finding(text, text[start:end], m, m.start - start, in_family)
            if not why and (doubt := doubts.get((m.start, m.end))):
                why = say(f"cue.{doubt.category}", cue=doubt.text)
        else:
            why = genotypes.why(m, start, end) if m.kind in GENOTYPIC else ""
        if why:
            told.append(say("doubt.not-taken", text=m.text, why=why))
        else:
            kept.append(m)
    return Facts(mentions=tuple(kept), unread=tuple(dict.fromkeys(told)))


def _why_not_finding(text: str, sentence: str, mention: Mention, at: int, in_family: bool) -> str:
    if in_family and not names_patient(sentence[:at]):
        return say("doubt.family-heading")
    person = owner(sentence, at, at + len(mention.text), negated=mention.negated)
    if person and not (is_the_patient(text) and not names_patient(text)):
        return say(f"doubt.{person.who}", cue=person.text)
    return ""


class _Genotypes:
    """Judges genetic results by the whole clause that holds them. Each clause is looked at once, however many it holds."""

    def __init__(self, text: str, facts: Facts) -> None:
        self._text = text
        self._doubt = GenotypeDoubt(text, facts)
        self._genes = {m.id for m in facts.mentions if m.kind == "gene"}
        self._own = any(m.kind in GENOTYPIC for m in facts.mentions) and is_the_patient(text)
        self._of_clause: dict[tuple[int, int], str] = {}

    def why(self, mention: Mention, start: int, end: int) -> str:
        """Why `mention`, which stands in the clause `start:end`, is not the patient's; empty where it is."""
        if (start, end) not in self._of_clause:
            self._of_clause[start, end] = self._why_clause(self._text[start:end])
        if why := self._of_clause[start, end]:
            return why
        if _DENIED_NEXT.match(self._text[end - 1 : end + 20]):
            return say("doubt.asked-and-denied")
        if len(self._genes) > 1 and _RESPECTIVELY.search(self._text, start, end):
            return say("doubt.respectively")
        return self._doubt.why(mention, start, end)

    def _why_clause(self, clause: str) -> str:
        others = [one for one in people(clause) if one.who != "patient" and not (one.tells and comes_back(clause, one))]
        if others and not self._own:
            return say("doubt.beside-relative", cue=others[0].text)
        doubt = _DOUBT.search(clause)
        return say("doubt.doubted-or-denied", cue=doubt.group().strip()) if doubt else ""
