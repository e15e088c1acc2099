"""Results of pharmacogenes as people write them: "2D6 PM", "AS 0.5", "*2 homozygote", "SLCO1B1 521CC".

What can't be read for sure is reported (`pgx_reported`), never guessed. The tables are in `data/pharmacogenes.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .pgx_dpyd import dpyd_results
from .pgx_hla import hla_results
from .pgx_single import single_gene_results
from .pgx_types import Gene, Result, gene_of, gene_of_sentence, nearest, tables

_RESULT = re.compile(
    r"[\s:=(,-]{0,4}(?:(?:is|was|an?|genotype|phenotype|status|gene)\s+){0,3}"
    r"(?:\*\d|(?:PM|IM|NM|RM|UM|EM)\b|c\.\d|rs\d|AS\b|activity\s+score|homozyg|heterozyg|"
    r"(?:poor|intermediate|normal|rapid|ultra-?rapid|extensive|slow|fast)\b)",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:\bmetaboli[sz]ers?|\b(?:PM|IM|NM|RM|UM|EM))\s+(?:of|for|at|via|by|in)\s+$", re.IGNORECASE)
_SCORE = re.compile(
    r"(?:\bactivity\s+scores?(?:\s*[(]AS[)])?|(?-i:\bAS)|(?P<bare>\bscore))\s*(?:of|is|was|[:=])?\s*"
    r"(?P<least>≥\s*|>\s?=\s*)?(?P<score>\d(?:[.]\d{1,2})?|[.]\d{1,2})(?![\d.,]*\d)"
    r"(?!\s*(?:[-–/+]|(?:or|to|and|vs)\s+[<>≥≤=]*\s*\d(?![\d.]*-?[A-Za-z]))|\s*(?:mg|mcg|µg|g|ml|units?|%)(?!\w))",
    re.IGNORECASE,
)
_HOMOZYGOTE = re.compile(
    r"(?P<first>\*\d{1,3}[A-Za-z]?)\s*[-/]?\s*homozyg(?:ote|ous)\b|"
    r"\bhomozyg(?:ote|ous)\s+(?:(?:for|of)\s+)?(?:the\s+)?(?:[A-Z][A-Z0-9-]{2,8}\s?)?(?P<second>\*\d{1,3}[A-Za-z]?)(?![\w/])",
    re.IGNORECASE,
)


def aliased_genes(plain: str) -> list[Gene]:
    """Genes in short or misspelt forms, where a result stands right beside, and those that no source lists."""
    found = [Gene(match.group().upper(), *match.span()) for match in _also_at().finditer(plain)]
    for match in _alias_at().finditer(plain):
        before = plain[max(0, match.start() - 30) : match.start()]
        if _RESULT.match(plain, match.end()) or _OF.search(before):
            found.append(Gene(tables()["aliases"][match.group().upper()], *match.span()))
    return found


def written_results(plain: str, genes: Sequence[Gene]) -> list[Result]:
    """Results in other words than CPIC's, each of the nearest of `genes` (rising) in its clause."""
    found = [*hla_results(plain), *single_gene_results(plain, genes), *dpyd_results(plain, genes)]
    for match in _SCORE.finditer(plain):
        gene = nearest(plain, genes, *match.span())
        symbol = gene.symbol if gene else gene_of_sentence(plain, genes, *match.span())
        if match["bare"] and (not gene or plain[gene.end : match.start()].strip(" :,(")):
            continue
        if score := _score(symbol, match["score"], at_least=bool(match["least"])):
            found.append(Result("activity_score", symbol, score, *match.span()))
    for match in _HOMOZYGOTE.finditer(plain):
        gene_ = gene_of(plain, genes, *match.span())
        if gene_ and gene_ != "DPYD":
            allele = (match["first"] or match["second"]).upper()
            found.append(Result("diplotype", gene_, f"{allele}/{allele}", *match.span()))
    return found


def _score(gene: str, written: str, *, at_least: bool) -> str:
    """The score as CPIC writes it ("0.5", "≥3.0"); "" where the gene has none like it."""
    scores, value = tables()["score"].get(gene), float(written)
    if scores is None or value > scores["highest"] or value % scores["step"]:
        return ""
    return f"{'≥' if at_least else ''}{value}"


@cache
def _alias_at() -> re.Pattern[str]:
    names = sorted(tables()["aliases"], key=len, reverse=True)
    return re.compile(r"(?<![\w*.-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w-])", re.IGNORECASE)


@cache
def _also_at() -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(tables()["also"]) + r")(?![\w-])", re.IGNORECASE)
