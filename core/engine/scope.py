"""Whose finding is it, and is it sure? A relative's genotype, a suspected phenotype and "A and B are x and y, respectively"
are not taken for the patient's result. What is left out is always told: a reader can ask again in plainer words.

Rules over one sentence at a time, deliberately strict for genotypes: a wrong one changes a prescription.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..types import Facts, Mention

_SENTENCE_END = re.compile(r"[.;!?\n](?!\d)")
_PERSON = (
    r"(?:mother|father|mum|mom|dad|brothers?|sisters?|siblings?|twins?|parents?|sons?|daughters?|cousins?|aunts?|uncles?|"
    r"grand(?:mother|father|parents?|son|daughter)|nieces?|nephews?|husband|wife|relatives?|donors?)"
)
_RELATIVE = re.compile(rf"\b(?:{_PERSON}|family history)\b", re.IGNORECASE)
# parents who only report, and parents who are only described
_REPORTER = re.compile(
    rf"\b{_PERSON}\s+(?:reports?|reported|notic\w+|not(?:es|ed)|states?|stated|says?|said|describ\w+|asks?|asked|worr\w+|brought)\b|"
    r"\b(?:non-?)?(?:consanguineous|unrelated|healthy|unaffected)(?:\s+and\s+\w+)?\s+parents\b",
    re.IGNORECASE,
)
_MY = re.compile(rf"\bmy\s+{_PERSON}\b", re.IGNORECASE)
_HAS_BEFORE = re.compile(
    rf"\b(?:{_PERSON}\b\W+(?:\w+\W+){{0,3}}?(?:has|had|have|with|is|was|are|were|known)\b|family history\b)[^.;!?\n]*$",
    re.IGNORECASE,
)
_IN_AFTER = re.compile(rf"^[^.;!?\n]{{0,60}}\b(?:in|of)\s+(?:(?:the|his|her|a|an|their)\s+)?{_PERSON}\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:unlikely|ain[’']t|except|excluding|other than|rather than|formerly|previously|erroneous\w*|in error|corrected|"
    r"suspected|presumed|unknown (?:whether|if)|not (?:yet )?(?:been )?(?:known|confirmed)|unconfirmed|untested|"
    r"kein\w?|nicht|n[’']est pas|pas (?:un|une)|non-?(?:poor|normal|rapid|ultrarapid|intermediate))\b|:\s*no\b",
    re.IGNORECASE,
)
_DENIED_NEXT = re.compile(r"^\?\s*no\b", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_GENOTYPIC = frozenset({"pgx_phenotype", "diplotype", "variant"})


def of_the_patient(text: str, facts: Facts) -> Facts:
    """`facts` without what is a relative's, doubtful or not attributable; each omission is told in `unread`."""
    kept: list[Mention] = []
    told = list(facts.unread)
    sentences = list(_sentences(text))
    for m in facts.mentions:
        start, end = next(((a, b) for a, b in sentences if a <= m.start < b), (0, len(text)))
        why = _why_not(text, text[start:end], m, m.start - start, m.end - start, text[end - 1 : end + 20], facts)
        if why:
            told.append(f"“{m.text}” {why}, so it was not taken as the patient's")
        else:
            kept.append(m)
    return Facts(mentions=tuple(kept), unread=tuple(told))


def _why_not(text: str, sentence: str, m: Mention, start: int, end: int, after: str, facts: Facts) -> str:
    if m.kind not in _GENOTYPIC and m.kind != "phenotype":
        return ""
    sentence_of_reporters = _REPORTER.sub(lambda found: "_" * len(found.group()), sentence)
    relative = _RELATIVE.search(sentence_of_reporters)
    if m.kind == "phenotype":
        masked = sentence_of_reporters
        if relative and (_HAS_BEFORE.search(masked[:start]) or _IN_AFTER.match(masked[end:])):
            return f"is said of a relative ({relative.group()})"
        return ""
    if relative and not _is_the_patient(text):
        return f"is said in one sentence with a relative ({relative.group()})"
    doubt = _DOUBT.search(sentence)
    if doubt:
        return f"is said with doubt or denied (“{doubt.group().strip()}”)"
    if _DENIED_NEXT.match(after):
        return "is asked and denied"
    genes = {g.id for g in facts.mentions if g.kind == "gene"}
    if _RESPECTIVELY.search(sentence) and len(genes) > 1:
        return "is tied to its gene only by “respectively”"
    return ""


def _is_the_patient(text: str) -> bool:
    """ "Can my mother, a CYP2D6 poor metabolizer, take codeine?": the only person spoken of is the patient."""
    people = {found.group().lower() for found in _RELATIVE.finditer(text)}
    return len(people) == 1 and bool(_MY.search(text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _SENTENCE_END.finditer(text):
        yield start, found.end()
        start = found.end()
    yield start, len(text) + 1
