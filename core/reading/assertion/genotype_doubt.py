"""Genotypes fail closed: why a genetic result that stands in a text is not used as the patient's own, present one.

Judged by the clause that holds it, and for words on the result itself ("wrong patient") by the whole text. What speaks
against it is in `rules/en/genotypes.toml`; what is here needs more than a phrase.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from ...types import Facts, Mention
from ...types.reading import Span
from ...wording import say
from ..sentences import span_at
from .cues import Category, CueRule, CueWords, cue_rules
from .experiencer import People, is_the_patient
from .negation import masked_at

GENOTYPIC = frozenset({"pgx_phenotype", "diplotype", "activity_score", "variant"})
_SHORT = re.compile(r"[PINREU]M", re.IGNORECASE)
_RESULTS = r"(?:[PINREU]M|(?:poor|intermediate|normal|extensive|rapid|ultra-?rapid)(?:\s+metaboli[sz]ers?)?)"
_EITHER = re.compile(rf"\b{_RESULTS}\s*(?:/|\bor\b|\bvs\.?|\bversus\b|\bto\b|\?)\s*(?:an?\s+)?{_RESULTS}\b", re.IGNORECASE)
_LINK = re.compile(
    r"[\s:=(-]*(?:(?:is|was|are|a|an|the|genotype|phenotype|status|result|reported|as|predicted)\s+)*", re.IGNORECASE
)
_OF_GENE = re.compile(r"\s*(?:of|for|at|in|by)\s*\(?|\s*\(", re.IGNORECASE)
_NEAR = 40
"""Characters between a gene and the short form of its phenotype, at most."""
_LONGEST_SYMBOL = 20
_MOST_PENDING = 50
"""So many pending tests of a text are looked at."""
_IS_IT = re.compile(
    r"\b(?:is|was|are|could|might|may|can)\s+(?:she|he|they|it|(?:the|this|my|our)\s+patient)\s+(?:really\s+|be\s+)?an?\b|"
    # right before the result or its gene: "is she G6PD deficient?"
    r"\b(?:is|was|are|could|might|may|can)\s+(?:she|he|they|it|(?:the|this|my|our)\s+patient)\s+(?:really\s+|be\s+|known\s+to\s+be\s+)*"
    r"(?:[A-Z][\w-]{2,11}\s+)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"[\s:(“\"'-]*(?:(?:an?|the|any|patient|pt|person|man|woman|is|was|be|being|are|were|he|she|has|been|who|of|result)\s+)*",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"pending|to follow|\bawaited|awaiting|outstanding|untested|in progress|unverified|sent off", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]{1,2000}”|\"[^\"\n]{1,2000}\"|«[^»]{1,2000}»|„[^“”]{1,2000}[“”]")
_MANY = re.compile(r"metaboli[sz]ers(?!\w)|\bcarriers\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\s*(?:patients|people|persons|individuals|carriers|subjects|children|adults|men|women|males|females)\b", re.IGNORECASE
)
_OF_PEOPLE = re.compile(
    r"\b(?:patients|people|persons|individuals|those|children|adults|anyone|everyone)\s+(?:(?:who|that)\s+(?:are|is)\s+)?$",
    re.IGNORECASE,
)
_OR = re.compile(r"\s*(?:[/?]|\bor\b|\bvs\.?|\bversus\b|\bto\b)\s*(?:an?\s+)?", re.IGNORECASE)
_ALONE = re.compile(r"\s*(?:(?:positive|negative|pos|neg|carrier|homozygous|heterozygous)\s*)?\?", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:unlikely|ain[’']t|except|excluding|other than|rather than|formerly|previously|erroneous\w*|in error|corrected|"
    r"suspected|presumed|unknown (?:whether|if)|not (?:yet )?(?:been )?(?:known|confirmed)|unconfirmed|untested|"
    r"kein\w?|nicht|n[’']est pas|pas (?:un|une)|non-?(?:poor|normal|rapid|ultrarapid|intermediate))\b|:\s*no\b",
    re.IGNORECASE,
)
_DENIED_NEXT = re.compile(r"^\?\s*no\b", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


class GenotypeReason(NamedTuple):
    """Why a genetic result is not used: `why` for a reader, the `category` of the reason, and its `cue` (at `start:end` of
    the text; "" where it rests on no word). `who`: another person whose it is."""

    why: str
    category: Category
    cue: str = ""
    start: int = 0
    end: int = 0
    who: str = ""


class GenotypeDoubt:
    """Judges the genetic results among `facts`, which are those of the whole `text`. Each clause is looked at once, however
    many results it holds; the words of results ("Indeterminate", "Possible Poor Metabolizer") are no cues."""

    def __init__(self, text: str, facts: Facts, clauses: Sequence[Span]) -> None:
        self._text = text
        self._genes = sorted((m for m in facts.mentions if m.kind == "gene"), key=lambda m: m.start)
        results = [m for m in facts.mentions if m.kind in GENOTYPIC]
        words = CueWords(_masked(text, results)) if results else None
        self._cues = [(rule, [f.span() for f in rule.all(words)]) for rule in cue_rules("genotypes")] if words else []
        self._own = bool(results) and is_the_patient(text)
        self._clauses = clauses
        whole = text.strip()
        self._quotes = [f.span() for f in _QUOTED.finditer(text) if results and f.group() != whole]
        self._pending: list[tuple[GenotypeReason, int, frozenset[str]]] | None = None
        self._several = len({m.id for m in self._genes}) > 1
        self._of_all = self._cued(0, len(text), "text") if results else None
        self._of_clause: dict[tuple[int, int], GenotypeReason | None] = {}
        self._either = [found.span() for found in _EITHER.finditer(text)] if results else []
        # "negative for A or B" is negative for both
        self._either += [
            (one.start, two.end)
            for one, two in pairwise(sorted(results, key=lambda m: m.start))
            if one.gene == two.gene and one.id != two.id and _OR.fullmatch(text, one.end, two.start)
            if not (one.name.endswith(" negative") and two.name.endswith(" negative"))
        ]

    def why(self, mention: Mention, start: int, end: int) -> GenotypeReason | None:
        """Why `mention`, which stands in the clause `start:end`, is not used; None where nothing speaks against it."""
        if (start, end) not in self._of_clause:
            self._of_clause[start, end] = self._clause(start, end)
        return (
            self._of_clause[start, end]
            or self._of_all
            or self._beside(mention, start, end)
            or self._elsewhere(mention, start)
            or self._quoted(mention)
            or self._of_one(mention, self._text[start:end], mention.start - start)
        )

    def _clause(self, start: int, end: int) -> GenotypeReason | None:
        clause = self._text[start:end]
        people = People(clause)
        # "His mother brought his report: he is a poor metabolizer"
        others = [] if self._own else [p for p in people.others if not (p.tells and people.comes_back(p))]
        if others:
            one = others[0]
            said = say("doubt.beside-relative" if one.who == "relative" else "cue.experiencer", cue=one.text)
            return GenotypeReason(said, "experiencer", one.text, start + one.start, start + one.end, one.who)
        if found := _DOUBT.search(clause):
            cue = found.group().strip()
            at = start + found.start()
            return GenotypeReason(say("doubt.doubted-or-denied", cue=cue), "uncertainty", cue, at, at + len(found.group()))
        if found := _DENIED_NEXT.match(self._text[end - 1 : end + 20]):
            return GenotypeReason(say("doubt.asked-and-denied"), "uncertainty")
        if self._several and (found := _RESPECTIVELY.search(self._text, start, end)):
            return GenotypeReason(say("doubt.respectively"), "uncertainty", found.group(), *found.span())
        return self._cued(start, end, "clause")

    def _cued(self, start: int, end: int, scope: str) -> GenotypeReason | None:
        for rule, places in self._cues:
            if rule.scope != scope:
                continue
            at = bisect_left(places, (start, start))
            if at < len(places) and places[at][1] <= end:
                return self._reason(rule, places[at])
        return None

    def _beside(self, mention: Mention, start: int, end: int) -> GenotypeReason | None:
        """What touches the result: "tested for CYP2D6 poor metabolizer", "CYP2D6 poor metabolizer test refused"."""
        last = bisect_right(self._genes, mention.start, key=lambda gene: gene.start) - 1
        gene = self._genes[last].start if last >= 0 else -1
        begins = (gene, mention.start) if start <= gene < mention.start else (mention.start,)
        after = _skipped(self._text, mention.end, end)
        for rule, places in self._cues:
            if rule.scope == "before":
                for begin in begins:
                    at = bisect_right(places, begin, key=lambda place: place[1]) - 1
                    if at >= 0 and places[at][0] >= start and self._touches(places[at][1], begin):
                        return self._reason(rule, places[at])
            elif rule.scope == "after":
                at = bisect_left(places, (after, after))
                if at < len(places) and places[at][0] == after and places[at][1] <= end:
                    return self._reason(rule, places[at])
        return None

    def _touches(self, end: int, begin: int) -> bool:
        return bool(_BETWEEN.fullmatch(self._text, end, begin))

    def _elsewhere(self, mention: Mention, start: int) -> GenotypeReason | None:
        """A test that is said to be pending in another sentence: of the genes that it names, else of any."""
        if self._pending is None:
            self._pending = list(islice(self._all_pending(), _MOST_PENDING))
        for reason, clause, genes in self._pending:
            if clause != start and (not genes or mention.gene in genes):
                return reason
        return None

    def _all_pending(self) -> Iterator[tuple[GenotypeReason, int, frozenset[str]]]:
        for rule, places in self._cues:
            for place in places if rule.category == "not-done" and rule.scope == "clause" else ():
                if _PENDING.search(self._text, *place) and (clause := span_at(self._clauses, place[0])):
                    at = bisect_left(self._genes, clause.start, key=lambda gene: gene.start)
                    near = self._genes[at : at + _MOST_PENDING]
                    yield self._reason(rule, place), clause.start, frozenset(g.name for g in near if g.start < clause.end)

    def _reason(self, rule: CueRule, place: tuple[int, int]) -> GenotypeReason:
        cue = self._text[slice(*place)]
        who = "other" if rule.category == "experiencer" else ""
        return GenotypeReason(say(f"cue.{rule.category}", cue=cue), rule.category, cue, *place, who)

    def _quoted(self, mention: Mention) -> GenotypeReason | None:
        """Of what someone brings or pastes: `The letter says: "CYP2D6 normal metabolizer"`."""
        if any(a < mention.start and mention.end < b for a, b in self._quotes):
            return GenotypeReason(say("doubt.quoted"), "status")
        return None

    def _of_one(self, mention: Mention, clause: str, at: int) -> GenotypeReason | None:
        asks = clause.rstrip().endswith(("?", "？"))
        after = at + len(mention.text)
        if any(a <= mention.start < b for a, b in self._either):
            return GenotypeReason(say("doubt.one-of-several"), "uncertainty")
        if asks and (asked := _IS_IT.search(clause[:at])):
            return GenotypeReason(say("doubt.asked", cue=asked.group()), "uncertainty")
        if asks and _ALONE.match(clause[after:]) and not self._words(clause[:at]):
            return GenotypeReason(say("doubt.asked", cue="?"), "uncertainty")
        # "5-FU in DPYD poor metabolizers" is asked for short; a whole sentence of them is no question
        states = clause.rstrip().endswith((".", "!", "。", ";"))
        many = (
            _MANY.search(clause[at : after + 1])
            or _PEOPLE.match(clause, after)
            or _OF_PEOPLE.search(clause[max(0, at - _NEAR) : at])
        )
        if states and mention.kind == "pgx_phenotype" and many:
            return GenotypeReason(say("doubt.in-general"), "experiencer", who="other")
        if _SHORT.fullmatch(mention.text) and not self._beside_its_gene(mention):
            return GenotypeReason(say("doubt.no-phenotype"), "uncertainty")
        return None

    def _words(self, before: str) -> str:
        """What stands before a result in its clause besides its gene: a question about something else, or nothing."""
        for gene in {gene.text for gene in self._genes}:
            before = before.replace(gene, " ")
        return _LINK.sub(" ", before).strip()

    def _beside_its_gene(self, mention: Mention) -> bool:
        """ "CYP2D6 PM", "CYP2D6: PM", "CYP2D6 is a PM", "PM for CYP2D6": a short form counts only right beside its gene."""
        text = self._text
        near = bisect_left(self._genes, mention.start - _NEAR - _LONGEST_SYMBOL, key=lambda gene: gene.start)
        for gene in self._genes[near : near + _NEAR]:
            if 0 <= mention.start - gene.end <= _NEAR and _LINK.fullmatch(text[gene.end : mention.start]):
                return True
            if 0 < gene.start - mention.end <= _NEAR and _OF_GENE.fullmatch(text[mention.end : gene.start]):
                return True
        return False


def _skipped(text: str, at: int, end: int) -> int:
    """Where the next word behind `at` begins."""
    while at < end and text[at] in " \t\n)(":
        at += 1
    return at


def _masked(text: str, results: list[Mention]) -> str:
    spans: list[tuple[int, int]] = []
    for one in sorted(results, key=lambda m: m.start):
        if not spans or one.start >= spans[-1][1]:
            spans.append((one.start, one.end))
    return masked_at(text, spans)
