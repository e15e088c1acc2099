"""Pharmacogenomic words: CPIC phenotypes, diplotypes, star alleles, rsIDs and HLA alleles, tied to their gene."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bedside.core.toolkit.marked import Marked

from .pgx_forms import written_results
from .pgx_hla import hla_alleles
from .pgx_types import Gene, tables

_DEGREE = {
    "ultrarapid": "Ultrarapid",
    "rapid": "Rapid",
    "normal": "Normal",
    "extensive": "Normal",
    "intermediate": "Intermediate",
    "poor": "Poor",
    "slow": "Poor",
}
_SHORT = {"UM": "Ultrarapid", "RM": "Rapid", "NM": "Normal", "EM": "Normal", "IM": "Intermediate", "PM": "Poor"}
_DEGREES = (
    r"(?P<maybe>likely|possible|possibly)?[\s-]*\b(?P<degree>ultra[\s-]?rapid|rapid|normal|extensive|intermediate|poor|slow)"
)
_NOUN = r"m[ae]th?[aeboil]{3,7}[sz]{1,2}(?:[eo]rs?|ing|m)\b"
"""Metabolizer, in the spellings that are met: metaboliser, metbolizer, metabolzer."""
_DEGREE_AT = re.compile(rf"(?:\b|(?<=-)){_DEGREES}\b", re.IGNORECASE)
_NOUN_AT = re.compile(rf"[\s-]*{_NOUN}(?:[\s-]+(?:status|phenotype))?", re.IGNORECASE)
_GENE_NOUN_AT = re.compile(rf"[\s-]+(?P<gene>[A-Za-z][\w-]{{2,11}})[\s-]+{_NOUN}", re.IGNORECASE)
_CHAIN_AT = re.compile(
    r"\s*(?:,\s*(?:and|or)?|/|\band/or\b|\band\b|\bor\b|\bto\b|\bversus\b|\bvs\.?)\s*(?:an?\s+)?(?:[A-Za-z][\w-]{2,11}\s+)?"
    r"(?:likely\s+|possible\s+)?(?:ultra[\s-]?rapid|rapid|normal|extensive|intermediate|poor|slow)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\s*[:=]?\s+|\s*[:=-]\s*")
_ENDS = re.compile(r"\s*(?:[,;?!)\]\n]|[.](?!\d)|$)")
_BY_DEGREE = re.compile(r"CYP\w+|NAT2|TPMT|NUDT15|UGT1A1|DPYD")
_STATUS_AT = re.compile(
    rf"{_NOUN}[\s-]+(?:status|phenotype|type)[\s:=]*(?:is|was|as)?\s*(?:an?\s+)?{_DEGREES}\b(?!\s+metaboli)", re.IGNORECASE
)
_SHORT_AT = re.compile(r"(?<![\w*])(?P<maybe>[Ll]ikely\s+|[Pp]ossible\s+)?(?P<short>UM|RM|NM|IM|PM|EM)s?(?![\w*])")
# "cyp2d6 pm" in small letters: only right behind its gene, and never as a route or a time ("cyp2d6 im injection")
_SMALL_AT = re.compile(
    r"[\s:=-]{1,3}(?:(?:is\s+)?(?:an?\s+)?)(?P<short>(?:um|rm|nm|em|im|pm)(?!\w))(?!\s*(?:inj\w*|doses?|dosing|shots?|depot|route|and\s+am\b|or\s+am\b|"
    r"or\s+(?:iv|po|sc)\b|/))",
    re.IGNORECASE,
)
_FUNCTION_AT = re.compile(
    r"\b(?P<maybe>possible\s+|possibly\s+)?(?P<level>normal|decreased|reduced|poor|increased)\s+function(?:ing)?\b"
    r"(?!\s+(?:allele|variant|haplotype|star))",
    re.IGNORECASE,
)
_LEVEL = {"normal": "Normal", "decreased": "Decreased", "reduced": "Decreased", "poor": "Poor", "increased": "Increased"}
_RESPONSE_AT = re.compile(r"\b(?P<un>un)?favou?rable\s+response(?:\s+genotype)?\b", re.IGNORECASE)
_MH_AT = re.compile(
    r"\b(?:(?:malignant\s+hyperthermia|MH)[\s-]+suscept(?:ibility|ible)|suscept(?:ibility|ible)\s+to\s+(?:malignant\s+hyperthermia|MH\b)|malignant\s+hyperthermia[\s-]+associated|"
    r"(?P<short>(?-i:MHS)))\b",
    re.IGNORECASE,
)
_UNCERTAIN_AT = re.compile(r"\buncertain\s+susceptibility\b", re.IGNORECASE)
_INDETERMINATE_AT = re.compile(rf"\bindeterminate\b(?:\s+(?:{_NOUN}|phenotype))?", re.IGNORECASE)
_ALLELE = r"\*\d{1,3}(?:\.\d{3})?(?:(?![xX])[A-Za-z])?(?:[x×](?:N|\d{1,2})|\s[x×]\s?(?:N|\d{1,2})(?=\s?/))?(?![A-Za-z0-9×])"
_HAPLOTYPE = rf"{_ALLELE}(?:\s?\+\s?{_ALLELE})*"
_DIPLOTYPE_AT = re.compile(rf"(?P<first>{_HAPLOTYPE})\s?[/|]\s?(?P<second>\*?{_HAPLOTYPE[2:]})", re.IGNORECASE)
_ALLELE_AT = re.compile(_HAPLOTYPE, re.IGNORECASE)
# a copy number written apart, or a third allele: the two alleles alone would say something else
_MORE_AT = re.compile(
    r"""\s*\)?\s*(?:[x×]\s?(?:N\b|\d)|/\s*\*|[^.;\n]{0,30}?\b(?:duplicat\w+|multiplicat\w+|amplif\w+|copy\s+number|
      copies|dup)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# 10 PM and 5 mg IM are no phenotypes
_CLOCK_OR_DOSE = re.compile(r"(?<![\w*])\d+(?:[.:]\d+)?\s*(?:mg|mcg|µg|g|ml|units?|iu)?\s*$", re.IGNORECASE)
_HGVS_AT = re.compile(r"\b[cgmnp]\.[*-]?(?:\d+(?:[+-]\d+)?|[A-Z][a-z]{0,2}\d+)(?:_\d+)?[A-Za-z>*=]+\b")
_RS_AT = re.compile(r"\brs\d{3,12}\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.](?!\d)|[;?!\n]|\bbut\b|\bwhereas\b", re.IGNORECASE)
_NEAR = 40
"""Characters between a gene and what is right beside it, at most."""
_CLOCK = 40
_LONGEST_SYMBOL = 20
_ROW = 50
"""So many genes on each side of a result are looked at."""
_JOINED = re.compile(r"\s*(?:,|/|\band\b|\bor\b|&|,\s*and\b)\s*(?:the\s+)?", re.IGNORECASE)
_FILLER = re.compile(
    r"""[\s,:=()-]*(?:(?:gene|genotype|phenotype|status|activity|enzyme|function|is|was|as|a|an|the|being|shows?|
      predicted|known|confirmed|not|no|who|patient|result|results|likely|possible|possibly|both)[\s,:=()-]+)*""",
    re.IGNORECASE | re.VERBOSE,
)
_OF = re.compile(
    r"""\s*[,(]?\s*(?:(?:status|phenotype|activity|genotype)\s+)?(?:of|for|at|in|by|via|through|on)\s+(?:(?:the|both)\s+)?
    |[\s(:,-]*""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Found:
    """A pharmacogenomic mention at `start:end` of the normalised string."""

    kind: str
    id: str
    name: str
    start: int
    end: int
    gene: str | None


@dataclass(frozen=True)
class _Word:
    name: str
    start: int
    end: int
    # An untied one of these is also ordinary language ("poor function of the left ventricle"), so it needs its gene.
    needs_gene: bool = False
    gene: str | None = None


def unclear_diplotypes(plain: str) -> list[tuple[int, int]]:
    """Spans of diplotypes that were not read because more belongs to them than their two alleles."""
    return [m.span() for m in _DIPLOTYPE_AT.finditer(plain) if _MORE_AT.match(plain, m.end())]


def find_pgx(plain: str, genes: Sequence[Gene]) -> list[Found]:
    """Phenotypes and diplotypes with their genes, variants and alleles, in order of appearance."""
    genes = sorted(genes, key=lambda gene: gene.start)
    found: list[Found] = []
    words = _phenotypes(plain, genes)
    diplotypes = [
        (match.start(), match.end(), f"{_haplotype(match['first'])}/{_haplotype(match['second'])}")
        for match in _DIPLOTYPE_AT.finditer(plain)
        if not _MORE_AT.match(plain, match.end())
    ]
    clause_ends = [found_end.span() for found_end in _CLAUSE_END.finditer(plain)]
    stops = [(word.start, word.end) for word in words]
    alone = len({gene.symbol for gene in genes}) == 1
    for word in words:
        tied = [word.gene] if word.gene else _tie(plain, word.start, word.end, genes, stops, clause_ends, alone=alone)
        if word.needs_gene and not tied:
            continue
        symbols: list[str | None] = [*tied] or [None]
        for symbol in symbols:
            found.append(Found("pgx_phenotype", f"PGX:{symbol or ''}:{word.name}", word.name, word.start, word.end, symbol))
    stops = [(start, end) for start, end, _ in diplotypes]
    for start, end, name in diplotypes:
        nearest: list[str | None] = [*_tie(plain, start, end, genes, stops, clause_ends, alone=alone, one=True)] or [None]
        for symbol in nearest:
            if symbol != "DPYD":  # whose alleles have names of their own
                found.append(Found("diplotype", f"DIPLOTYPE:{symbol or ''}:{name}", name, start, end, symbol))
    taken = [match.span() for match in _DIPLOTYPE_AT.finditer(plain)]
    found += _variants(plain, genes, taken)
    # "*2 homozygote" says more than the allele "*2" in it
    results = written_results(plain, genes)
    said = Marked(len(plain), [(one.start, one.end) for one in results])
    found = [one for one in found if one.kind != "variant" or not said.any(one.start, one.end)]
    found += [Found(one.kind, one.id, one.name, one.start, one.end, one.gene) for one in results]
    return sorted(found, key=lambda one: (one.start, one.end, one.id))


def _phenotypes(plain: str, genes: Sequence[Gene]) -> list[_Word]:
    words: list[_Word] = []
    degrees = list(_DEGREE_AT.finditer(plain))
    for match in degrees:
        start = match.start("maybe") if match["maybe"] else match.start("degree")
        name = _maybe(match["maybe"]) + _DEGREE[re.sub(r"[\s-]", "", match["degree"].lower())] + " Metabolizer"
        end = match.end()
        if noun := _NOUN_AT.match(plain, end):
            words.append(_Word(name, start, noun.end(), needs_gene=match["degree"].lower() == "slow"))
        elif (between := _GENE_NOUN_AT.match(plain, end)) and _gene_at(genes, between.start("gene")):
            gene = _gene_at(genes, between.start("gene"))
            words.append(_Word(name, start, between.end(), gene=gene.symbol if gene else None))
        elif _leads_to_noun(plain, end):
            words.append(_Word(name, start, end))
        elif gene := _bare(plain, match, genes):
            words.append(_Word(name, start, end, gene=gene.symbol))
    taken = Marked(len(plain), [(word.start, word.end) for word in words])
    for match in _STATUS_AT.finditer(plain):
        name = _maybe(match["maybe"]) + _DEGREE[re.sub(r"[\s-]", "", match["degree"].lower())] + " Metabolizer"
        if not taken.any(match.start(), match.start() + 1):
            words.append(_Word(name, match.start(), match.end()))
            taken.mark(match.start(), match.end())
    for match in _SHORT_AT.finditer(plain):
        if taken.any(match.start("short"), match.start("short") + 1):
            continue
        if _CLOCK_OR_DOSE.search(plain[max(0, match.start() - _CLOCK) : match.start()]):
            continue
        if _next_to_gene(plain, match.start(), match.end(), genes):
            name = _maybe(match["maybe"]) + _SHORT[match["short"]] + " Metabolizer"
            words.append(_Word(name, match.start(), match.end()))
            taken.mark(match.start(), match.end())
    for gene in genes:
        small = _SMALL_AT.match(plain, gene.end)
        if small and not taken.any(*small.span("short")):
            words.append(_Word(f"{_SHORT[small['short'].upper()]} Metabolizer", *small.span("short"), gene=gene.symbol))
            taken.mark(*small.span("short"))
    for match in _FUNCTION_AT.finditer(plain):
        name = ("Possible " if match["maybe"] else "") + _LEVEL[match["level"].lower()] + " Function"
        words.append(_Word(name, match.start(), match.end(), needs_gene=True))
    for match in _RESPONSE_AT.finditer(plain):
        name = "Unfavorable Response" if match["un"] else "Favorable Response"
        words.append(_Word(name, match.start(), match.end(), needs_gene=True))
    words += [
        _Word("Malignant Hyperthermia Susceptibility", *match.span(), needs_gene=bool(match["short"]))
        for match in _MH_AT.finditer(plain)
    ]
    words += [_Word("Uncertain Susceptibility", *m.span(), needs_gene=True) for m in _UNCERTAIN_AT.finditer(plain)]
    words += [_Word("Indeterminate", *m.span(), needs_gene=True) for m in _INDETERMINATE_AT.finditer(plain)]
    return sorted(words, key=lambda word: word.start)


def _bare(plain: str, degree: re.Match[str], genes: Sequence[Gene]) -> Gene | None:
    """The gene right before a degree that ends its clause: "CYP2C19 ultrarapid, escitalopram", "NAT2: slow". Of other genes
    than CYPs, "normal" may be said of an enzyme's activity."""
    if degree["maybe"] or not _ENDS.match(plain, degree.end()):
        return None
    last = bisect_right(genes, degree.start("degree"), key=lambda gene: gene.end)
    gene = genes[last - 1] if last else None
    if (
        gene is None
        or not _BESIDE.fullmatch(plain, gene.end, degree.start("degree"))
        or not _BY_DEGREE.fullmatch(gene.symbol)
    ):
        return None
    return gene if degree["degree"].lower() != "normal" or gene.symbol.startswith("CYP") else None


def _maybe(word: str | None) -> str:
    return "" if not word else "Likely " if word.strip().lower() == "likely" else "Possible "


def _leads_to_noun(plain: str, end: int) -> bool:
    """ "poor or intermediate metabolizer", "CYP2C19 poor and CYP2D6 normal metabolizer": the noun comes once, at the end."""
    for _ in range(4):
        chain = _CHAIN_AT.match(plain, end)
        if not chain:
            return False
        end = chain.end()
        if _NOUN_AT.match(plain, end) or _GENE_NOUN_AT.match(plain, end):
            return True
    return False


def _gene_at(genes: Sequence[Gene], start: int) -> Gene | None:
    return next((gene for gene in genes if gene.start == start), None)


def _next_to_gene(plain: str, start: int, end: int, genes: Sequence[Gene]) -> bool:
    near = bisect_left(genes, start - _NEAR - _LONGEST_SYMBOL, key=lambda gene: gene.start)
    for gene in genes[near:]:
        if gene.start > end + _NEAR:
            break
        if 0 <= start - gene.end < _NEAR and _FILLER.fullmatch(plain, gene.end, start):
            return True
        if 0 <= gene.start - end < _NEAR and _OF.fullmatch(plain, end, gene.start):
            return True
    return False


def _tie(
    plain: str,
    start: int,
    end: int,
    genes: Sequence[Gene],
    stops: Sequence[tuple[int, int]],
    clause_ends: Sequence[tuple[int, int]],
    *,
    alone: bool,
    one: bool = False,
) -> list[str]:
    """The genes that a phenotype or diplotype belongs to: the one right before it, after its "of", or nearest in the clause.

    Genes joined by "and" share it ("CYP2C19 and CYP2D6 poor metabolizer"); `one`: a single gene.
    `alone`: only one gene is named. All of it rises.
    """
    before, after = (
        bisect_right(clause_ends, start, key=lambda one: one[1]),
        bisect_left(clause_ends, end, key=lambda one: one[0]),
    )
    begins = clause_ends[before - 1][0] if before else -1
    ends = clause_ends[after][1] if after < len(clause_ends) else len(plain) + 1
    last = bisect_right(genes, start, key=lambda gene: gene.end)
    left = [gene for gene in genes[max(0, last - _ROW) : last] if gene.end > begins]
    first = bisect_left(genes, end, key=lambda gene: gene.start)
    right = [gene for gene in genes[first : first + _ROW] if gene.start < ends]
    # "*4/*4 CYP2D6, *1/*1 CYP2C19": the gene that follows at once is nearer than one beyond a comma
    at_once = right and not plain[end : right[0].start].strip() and plain[end : right[0].start]
    if at_once and left and "," in plain[left[-1].end : start]:
        return [right[0].symbol]
    if left and _FILLER.fullmatch(plain, left[-1].end, start):
        return [left[-1].symbol] if one else _joined(plain, left, forward=False)
    if right and _OF.fullmatch(plain, end, right[0].start):
        return [right[0].symbol] if one else _joined(plain, right, forward=True)
    # Further away: no other phenotype (or diplotype, for a diplotype) may stand between.
    if left and not _any_within(stops, left[-1].end, start):
        return [left[-1].symbol]
    if right and not _any_within(stops, end, right[0].start):
        return [right[0].symbol]
    # "CYP2D6 poor or intermediate metabolizer": all of them are about the only gene there is.
    if left and alone:
        return [left[-1].symbol]
    return []


def _any_within(stops: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    at = bisect_left(stops, begin, key=lambda stop: stop[0])
    return at < len(stops) and stops[at][0] < end


def _joined(plain: str, genes: Sequence[Gene], *, forward: bool) -> list[str]:
    row = list(genes) if forward else list(reversed(genes))
    symbols = [row[0].symbol]
    known = frozenset(tables()["genes"])
    for before, after in pairwise(row):
        first, second = (before, after) if forward else (after, before)
        if before.symbol in known and after.symbol not in known:  # "stent (DES), CYP2C19 PM"
            break
        if not _JOINED.fullmatch(plain, first.end, second.start):
            break
        symbols.append(after.symbol)
    return list(dict.fromkeys(symbols if forward else reversed(symbols)))


def _variants(plain: str, genes: Sequence[Gene], taken: list[tuple[int, int]]) -> list[Found]:
    found: list[Found] = []
    for one in hla_alleles(plain):
        name = f"{one.gene}*{one.field}"
        found.append(Found("variant", f"ALLELE:{one.gene}:*{one.field}", name, one.start, one.end, one.gene))
    marked = Marked(len(plain), (*taken, *((one.start, one.end) for one in found)))
    for match in _HGVS_AT.finditer(plain):
        found.append(Found("variant", match.group(), match.group(), *match.span(), None))
    for match in _RS_AT.finditer(plain):
        found.append(Found("variant", match.group().lower(), match.group().lower(), *match.span(), None))
    for match in _ALLELE_AT.finditer(plain):
        start, end = match.span()
        if marked.any(start, end):
            continue
        last = bisect_right(genes, start, key=lambda gene: gene.end)
        left = [gene for gene in genes[max(0, last - 1) : last] if _FILLER.fullmatch(plain, gene.end, start)]
        if left:
            gene, name = left[-1].symbol, _haplotype(match.group())
            found.append(Found("variant", f"ALLELE:{gene}:{name}", f"{gene}{name}", start, end, gene))
    return found


def _haplotype(text: str) -> str:
    """`*1xn` as `*1xN`, `*3a` as `*3A`, no blanks, always with its stars."""
    parts = []
    for part in re.sub(r"\s", "", text).replace("×", "x").split("+"):
        base, times, copies = part.lower().partition("x")
        base = base.upper() if base.startswith("*") else f"*{base.upper()}"
        parts.append(base + (times + copies.upper() if times else ""))
    return "+".join(parts)
