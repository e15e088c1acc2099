"""Reading a text: names, pharmacogenomic words, misspelt drugs and denials become the mentions of `Facts`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from bedside.core.reading.assertion.negation import Denial, denial_cues, senses
from bedside.core.types import Facts, Mention, reason_of
from bedside.core.types.context import Cue
from bedside.core.wording import say

from .abbreviations import without_ambiguous
from .fuzzy import Spelling, misspelt
from .match import BRAND, NAME, Index, NameEntry, NameMatch, candidates, longest_first, rank
from .normal import Normal, Token
from .pgx import Found, find_pgx, unclear_diplotypes
from .pgx_forms import aliased_genes
from .pgx_reported import Disagreement, Read, disagreements, not_known, not_read
from .pgx_types import Gene
from .products import Substance, substances, with_products
from .unknown_drugs import unknown_drugs

_SHOUT = 0.7
"""Share of capitals from which a text is all in capitals, so that capitals say nothing about a word."""
_GOES_ON = re.compile(r"\s*:\s*no\s+\w", re.IGNORECASE)
_RESULTS = frozenset({"pgx_phenotype", "diplotype", "activity_score"})
_HOW: dict[int, Literal["exact", "synonym", "brand"]] = {NAME: "exact", 1: "synonym", BRAND: "brand"}


def find(index: Index, text: str, *, origin: str) -> Facts:
    normal = Normal(text)
    tokens = normal.tokens()
    if not tokens:
        return Facts()
    found, known = candidates(index, normal, tokens)
    ordinary = _ordinary(index, tokens)
    shouting = _shouting(normal)
    found = _without_word_genes(found, normal, tokens, ordinary, shouting=shouting)
    found, unclear = with_products(index, normal, tokens, found, ordinary if shouting else frozenset())
    # Genes are read before overlaps are settled: "poor CYP2D6 metabolizer" holds a gene and is a phenotype.
    genes = [
        Gene(entry.name, one.start, one.end)
        for one in found
        for entry in [min(one.entries, key=rank)]
        if entry.kind == "gene"
    ]
    taken = {gene.start for gene in genes}
    aliases = [gene for gene in aliased_genes(normal.plain) if gene.start not in taken]
    genes = sorted([*genes, *aliases], key=lambda gene: gene.start)
    pgx = find_pgx(normal.plain, genes)
    named = longest_first([one for one in found if not _inside_pgx(one, pgx)])
    spellings, unread = misspelt(index, tokens, named, pgx, known, ordinary)
    named, ambiguous = without_ambiguous(named)
    unread += [*ambiguous, *unclear]
    for start, end in unclear_diplotypes(normal.plain):
        first, last = normal.span(start, end)
        unread.append(say("terms.unclear-diplotype", text=normal.text[first:last]))
    unread += _reported(normal, genes, pgx)
    differing = disagreements(normal.plain, genes)
    unread += [
        say("terms.genotype-and-phenotype", gene=one.gene, genotype=one.genotype, phenotype=one.phenotype)
        for one in differing
    ]
    misspelt_at = [(one.start, one.end) for one in spellings]
    drugs = [*((one.start, one.end) for one in named if min(one.entries, key=rank).kind == "drug"), *misspelt_at]
    of_pgx = [(one.start, one.end) for one in pgx]
    places = [*((one.start, one.end) for one in named), *of_pgx, *misspelt_at]
    results = [*((gene.start, gene.end) for gene in genes), *of_pgx]
    # a word that could be two drugs is reported as that
    reported = {str(why.params.get("word", "")).casefold() for one in unread if (why := reason_of(one))}
    unread += unknown_drugs(index, normal, tokens, places, known, ordinary, drugs, results, reported)
    mentions = _mentions(index, normal, named, pgx, spellings, aliases, origin, unread, differing)
    return Facts(mentions=mentions, unread=tuple(dict.fromkeys(unread)))


def _ordinary(index: Index, tokens: list[Token]) -> set[str]:
    return {word for (word,) in index.rows("SELECT word FROM words WHERE word IN (?)", {t.key for t in tokens})}


def _shouting(normal: Normal) -> bool:
    letters = [char for char in normal.plain if char.isalpha()]
    return len(letters) > 20 and sum(char.isupper() for char in letters) > _SHOUT * len(letters)


def _without_word_genes(
    found: list[NameMatch], normal: Normal, tokens: list[Token], ordinary: set[str], *, shouting: bool
) -> list[NameMatch]:
    """A symbol that is also a word (WAS, SET, CAT) or has under four letters counts only as the symbol is written."""
    kept = []
    for one in found:
        written = normal.plain[one.start : one.end]

        def fits(entry: NameEntry, one: NameMatch = one, written: str = written) -> bool:
            if entry.kind != "gene" or one.last - one.first > 1 or not entry.form.isalpha():
                return True
            if len(entry.form) < 3:  # HR, AR: units and abbreviations, unless the text says that it is a gene
                return normal.plain[one.end :].lstrip().lower().startswith("gene")
            word = tokens[one.first].key in ordinary
            if word and shouting:
                return False
            return written == entry.form if word or len(written) < 4 else True

        if entries := tuple(entry for entry in one.entries if fits(entry)):
            kept.append(replace(one, entries=entries))
    return kept


def _inside_pgx(one: NameMatch, pgx: list[Found]) -> bool:
    """Whether a name overlaps a pharmacogenomic word that says more; a gene never gives way, a phenotype holds one."""
    if min(one.entries, key=rank).kind == "gene":
        return False
    return any(
        word.start < one.end and one.start < word.end and not (one.start < word.start or word.end < one.end) for word in pgx
    )


def _reported(normal: Normal, genes: list[Gene], pgx: list[Found]) -> list[str]:
    """What looks like a genetic result and was not read whole (an allele alone is none), and tests without a result."""
    read = [Read(one.kind, one.gene, one.name, one.start, one.end) for one in pgx if one.kind != "variant"]
    lines: list[str] = []
    for start, end in not_read(normal.plain, genes, read):
        first, last = normal.span(start, end)
        lines.append(say("terms.result-not-read", text=normal.text[first:last]))
    for gene, (start, end) in not_known(normal.plain, genes):
        first, last = normal.span(start, end)
        lines.append(say("terms.result-not-known", text=normal.text[first:last], gene=gene))
    return lines


def _mentions(
    index: Index,
    normal: Normal,
    named: list[NameMatch],
    pgx: list[Found],
    spellings: list[Spelling],
    aliases: list[Gene],
    origin: str,
    unread: list[str],
    differing: list[Disagreement],
) -> tuple[Mention, ...]:
    """What is present and what is denied. Where that is unclear, a finding is uncertain and a drug is taken as present."""
    parts: list[tuple[int, int, dict]] = []
    chosen = [(one, min(one.entries, key=rank)) for one in named]
    drugs = [(entry.id, entry.name, False) for _, entry in chosen if entry.kind == "drug"]
    made_of = substances(index, [*drugs, *((one.id, one.name, True) for one in spellings)])
    for one, entry in chosen:
        values: dict[str, Any] = {
            "kind": entry.kind,
            "id": entry.id,
            "name": entry.name,
            "how": "synonym" if entry.loose and entry.how == NAME else _HOW[entry.how],
            "related": _related(entry, one.entries),
        }
        parts += [(one.start, one.end, each) for each in _each(values, made_of)]
    for gene in aliases:
        values = {"kind": "gene", "id": f"GENE:{gene.symbol}", "name": gene.symbol, "how": "synonym"}
        parts.append((gene.start, gene.end, values))
    for word in pgx:
        values = {"kind": word.kind, "id": word.id, "name": word.name, "gene": word.gene}
        if any(one.start < word.end and word.start < one.end and word.gene in (one.gene, None) for one in differing):
            values["certainty"] = "uncertain"
        parts.append((word.start, word.end, values))
    for spelling in spellings:
        values = {"kind": "drug", "id": spelling.id, "name": spelling.name, "how": "fuzzy", "related": spelling.related}
        parts += [(spelling.start, spelling.end, each) for each in _each(values, made_of)]
    parts.sort(key=lambda part: (part[0], part[1]))
    # The substances of a product stand in one place, which is read once.
    spans = list(dict.fromkeys((start, end) for start, end, _ in parts))
    readings = dict(zip(spans, senses(normal.plain, spans), strict=True))
    tied = {word.gene for word in pgx}
    mentions = []
    for start, end, values in parts:
        reading = readings[start, end]
        if values["kind"] in _RESULTS and _is_about_something_else(normal.plain, values["name"], start, end, reading):
            reading = Denial()
        first, last = normal.span(start, end)
        if reading.sense == "unclear" and values["kind"] != "gene":
            drug = values["kind"] == "drug"
            unread.append(
                say(
                    "terms.unclear-and-used" if drug else "terms.unclear-and-not-used",
                    text=normal.text[first:last],
                    why=reading.why,
                )
            )
            if not drug:
                values["certainty"] = "uncertain"
        # "not a CYP2D6 poor metabolizer" denies the phenotype, not the gene.
        denied = reading.sense == "denied" and not (values["kind"] == "gene" and values["name"] in tied)
        hla = values["id"].startswith("ALLELE:HLA")  # "no HLA-B*57:01" is no negative result
        if denied and (hla or (values["kind"] in _RESULTS and values["gene"])):
            unread.append(say("terms.denied-result", text=normal.text[first:last], gene=values["gene"]))
        mentions.append(
            Mention(
                text=normal.text[first:last],
                start=first,
                end=last,
                origin=origin,
                negated=denied,
                cues=_cues(normal, reading, origin),
                **values,
            )
        )
    return tuple(mentions)


def _is_about_something_else(plain: str, name: str, start: int, end: int, reading: Denial) -> bool:
    """Whether the denial near a result of a gene is another's: "without rash, HLA-B*15:02 positive" (a result that holds
    the word for its own presence), "G6PD normal: no reason to withhold it"."""
    first, last = reading.cue
    if last <= start:
        return name.endswith((" positive", " negative")) and "," in plain[last:start]
    return reading.sense == "unclear" and first >= end and bool(_GOES_ON.match(plain, end))


def _each(values: dict[str, Any], made_of: dict[str, tuple[Substance, ...]]) -> list[dict[str, Any]]:
    """The mention of a drug, or one for each substance of a product."""
    found = made_of.get(values["id"], ())
    return [{**values, "id": s.id, "name": s.name, "how": s.how, "related": s.related} for s in found] or [values]


def _cues(normal: Normal, reading: Denial, origin: str) -> tuple[Cue, ...]:
    """The word of denial that `reading` rests on, where it stands in the text."""
    return denial_cues(normal.text, normal.span(*reading.cue), origin) if reading.cue != (0, 0) else ()


def _related(chosen: NameEntry, entries: tuple[NameEntry, ...]) -> tuple[str, ...]:
    """What else names the same thing: its own further ids, and the same name elsewhere (OMIM and ORPHA)."""
    others = [
        entry.id
        for entry in sorted(entries, key=rank)
        if entry.id != chosen.id and {entry.kind, chosen.kind} <= {"disease", "phenotype"} and not entry.loose
    ]
    return tuple(dict.fromkeys((*chosen.related, *others)))
