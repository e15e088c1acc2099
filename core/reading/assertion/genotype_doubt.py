"""Genotypes fail closed: why a genetic result that stands in a text is not used as the patient's own, present one.

Judged by the clause that holds it, and for words on the result itself ("wrong patient") by the whole text. What speaks
against it is in `rules/en/genotypes.toml`; what is here needs more than a phrase.
"""

from __future__ import annotations

import re

from ...types import Facts, Mention
from ...wording import say
from .cues import cue_rules

_SHORT = re.compile(r"[PINREU]M")
_RESULTS = r"(?:[PINREU]M|(?:poor|intermediate|normal|extensive|rapid|ultra-?rapid)(?:\s+metaboli[sz]ers?)?)"
_EITHER = re.compile(rf"\b{_RESULTS}\s*(?:/|\bor\b|\bvs\.?|\bversus\b|\bto\b|\?)\s*(?:an?\s+)?{_RESULTS}\b", re.IGNORECASE)
_LINK = re.compile(
    r"[\s:=(-]*(?:(?:is|was|are|a|an|the|genotype|phenotype|status|result|reported|as|predicted)\s+)*", re.IGNORECASE
)
_OF_GENE = re.compile(r"\s*(?:of|for|at|in|by)?\s*\(?$", re.IGNORECASE)
_IS_IT = re.compile(
    r"\b(?:is|was|are|could|might|may|can)\s+(?:she|he|they|it|(?:the|this|my|our)\s+patient)\s+(?:really\s+|be\s+)?an?\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"metaboli[sz]ers(?!\w)", re.IGNORECASE)
_ALONE = re.compile(r"\s*\?")


def text_doubt(text: str) -> str:
    """What a text says of its results as such ("wrong patient"), wherever it says so; empty where it says nothing."""
    return _cue(text, "text")


def genotype_doubt(text: str, clause: str, mention: Mention, at: int, facts: Facts) -> str:
    """Why `mention`, which stands at `at` in `clause`, is not used; empty where nothing speaks against it. `facts` are those
    of the whole `text`."""
    if why := _cue(clause, "clause"):
        return why
    asks = clause.rstrip().endswith(("?", "？"))
    if any(found.start() <= at < found.end() for found in _EITHER.finditer(clause)):
        return say("doubt.one-of-several")
    if asks and (asked := _IS_IT.search(clause[:at])):
        return say("doubt.asked", cue=asked.group())
    if asks and _ALONE.match(clause[at + len(mention.text) :]) and not _words(clause[:at], facts):
        return say("doubt.asked", cue="?")
    if not asks and mention.kind == "pgx_phenotype" and _MANY.search(clause[at : at + len(mention.text) + 1]):
        return say("doubt.in-general")
    if _SHORT.fullmatch(mention.text) and not _beside_its_gene(text, mention, facts):
        return say("doubt.no-phenotype")
    return ""


def _cue(text: str, scope: str) -> str:
    for rule in cue_rules("genotypes"):
        if rule.scope == scope and (found := rule.find(text)):
            return say(f"cue.{rule.category}", cue=found)
    return ""


def _words(before: str, facts: Facts) -> str:
    """What stands before a result in its clause besides its gene: a question about something else, or nothing."""
    for gene in facts.mentions:
        if gene.kind == "gene":
            before = before.replace(gene.text, " ")
    return _LINK.sub(" ", before).strip()


def _beside_its_gene(text: str, mention: Mention, facts: Facts) -> bool:
    """ "CYP2D6 PM", "CYP2D6: PM", "CYP2D6 is a PM", "PM for CYP2D6": a short form counts only right beside its gene."""
    for gene in facts.mentions:
        if gene.kind != "gene" or gene.origin != mention.origin:
            continue
        if gene.end <= mention.start and _LINK.fullmatch(text[gene.end : mention.start]):
            return True
        if mention.end <= gene.start and (between := text[mention.end : gene.start]).strip() and _OF_GENE.fullmatch(between):
            return True
    return False
