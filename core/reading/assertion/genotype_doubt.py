"""Genotypes fail closed: why a genetic result that stands in a text is not used as the patient's own, present one.

Judged by the clause that holds it, and for words on the result itself ("wrong patient") by the whole text. What speaks
against it is in `rules/en/genotypes.toml`; what is here needs more than a phrase.
"""

from __future__ import annotations

import re

from ...types import Facts, Mention
from ...wording import say
from .cues import cue_rules

GENOTYPIC = frozenset({"pgx_phenotype", "diplotype", "variant"})
_SHORT = re.compile(r"[PINREU]M")
_RESULTS = r"(?:[PINREU]M|(?:poor|intermediate|normal|extensive|rapid|ultra-?rapid)(?:\s+metaboli[sz]ers?)?)"
_EITHER = re.compile(rf"\b{_RESULTS}\s*(?:/|\bor\b|\bvs\.?|\bversus\b|\bto\b|\?)\s*(?:an?\s+)?{_RESULTS}\b", re.IGNORECASE)
_LINK = re.compile(
    r"[\s:=(-]*(?:(?:is|was|are|a|an|the|genotype|phenotype|status|result|reported|as|predicted)\s+)*", re.IGNORECASE
)
_OF_GENE = re.compile(r"\s*(?:of|for|at|in|by)\s*\(?|\s*\(", re.IGNORECASE)
_NEAR = 40
"""Characters between a gene and the short form of its phenotype, at most."""
_IS_IT = re.compile(
    r"\b(?:is|was|are|could|might|may|can)\s+(?:she|he|they|it|(?:the|this|my|our)\s+patient)\s+(?:really\s+|be\s+)?an?\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"metaboli[sz]ers(?!\w)", re.IGNORECASE)
_ALONE = re.compile(r"\s*\?")


class GenotypeDoubt:
    """Judges the genetic results among `facts`, which are those of the whole `text`. Each clause is looked at once, however
    many results it holds; the words of results ("Indeterminate", "Possible Poor Metabolizer") are no cues."""

    def __init__(self, text: str, facts: Facts) -> None:
        self._text = text
        self._genes = [m for m in facts.mentions if m.kind == "gene"]
        results = [m for m in facts.mentions if m.kind in GENOTYPIC]
        self._masked = _masked(text, results)
        self._of_all = _cue(text, "text") if results else ""
        self._of_clause: dict[tuple[int, int], str] = {}
        self._either = [found.span() for found in _EITHER.finditer(text)] if results else []

    def why(self, mention: Mention, start: int, end: int) -> str:
        """Why `mention`, which stands in the clause `start:end`, is not used; empty where nothing speaks against it."""
        if self._of_all:
            return self._of_all
        if (start, end) not in self._of_clause:
            self._of_clause[start, end] = _cue(self._masked[start:end], "clause")
        return self._of_clause[start, end] or self._of_one(mention, self._text[start:end], mention.start - start)

    def _of_one(self, mention: Mention, clause: str, at: int) -> str:
        asks = clause.rstrip().endswith(("?", "？"))
        after = at + len(mention.text)
        if any(a <= mention.start < b for a, b in self._either):
            return say("doubt.one-of-several")
        if asks and (asked := _IS_IT.search(clause[:at])):
            return say("doubt.asked", cue=asked.group())
        if asks and _ALONE.match(clause[after:]) and not self._words(clause[:at]):
            return say("doubt.asked", cue="?")
        # "5-FU in DPYD poor metabolizers" is asked for short; a whole sentence of them is no question
        states = clause.rstrip().endswith((".", "!", "。"))
        if states and mention.kind == "pgx_phenotype" and _MANY.search(clause[at : after + 1]):
            return say("doubt.in-general")
        if _SHORT.fullmatch(mention.text) and not self._beside_its_gene(mention):
            return say("doubt.no-phenotype")
        return ""

    def _words(self, before: str) -> str:
        """What stands before a result in its clause besides its gene: a question about something else, or nothing."""
        for gene in {gene.text for gene in self._genes}:
            before = before.replace(gene, " ")
        return _LINK.sub(" ", before).strip()

    def _beside_its_gene(self, mention: Mention) -> bool:
        """ "CYP2D6 PM", "CYP2D6: PM", "CYP2D6 is a PM", "PM for CYP2D6": a short form counts only right beside its gene."""
        text = self._text
        for gene in self._genes:
            if 0 <= mention.start - gene.end <= _NEAR and _LINK.fullmatch(text[gene.end : mention.start]):
                return True
            if 0 < gene.start - mention.end <= _NEAR and _OF_GENE.fullmatch(text[mention.end : gene.start]):
                return True
        return False


def _masked(text: str, results: list[Mention]) -> str:
    parts, at = [], 0
    for one in sorted(results, key=lambda m: m.start):
        if one.start >= at:
            parts += [text[at : one.start], "_" * (one.end - one.start)]
            at = one.end
    return "".join([*parts, text[at:]])


def _cue(text: str, scope: str) -> str:
    for rule in cue_rules("genotypes"):
        if rule.scope == scope and (found := rule.find(text)):
            return say(f"cue.{rule.category}", cue=found)
    return ""
