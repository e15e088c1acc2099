"""Results of pharmacogenes as people write them: "2D6 PM", "AS 0.5", "*2 homozygote", "SLCO1B1 521CC".

What looks like a result of a pharmacogene and is none that can be read for sure ("fast metabolizer", "*2 heterozygote",
whose other allele is not named) is reported, never guessed. The tables are in `data/pharmacogenes.toml`.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from bedside.core.toolkit.marked import Marked

_RESULT = re.compile(
    r"[\s:=(,-]{0,4}(?:(?:is|was|an?|genotype|phenotype|status|gene)\s+){0,3}"
    r"(?:\*\d|(?:PM|IM|NM|RM|UM|EM)\b|c\.\d|rs\d|AS\b|activity\s+score|homozyg|heterozyg|"
    r"(?:poor|intermediate|normal|rapid|ultra-?rapid|extensive|slow|fast)\b)",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:\bmetaboli[sz]ers?|\b(?:PM|IM|NM|RM|UM|EM))\s+(?:of|for|at|via|by|in)\s+$", re.IGNORECASE)
_SCORE = re.compile(
    r"(?:\bactivity\s+score|(?-i:\bAS))\s*(?:of|is|was|[:=])?\s*(?P<score>\d(?:[.]\d{1,2})?)(?![\d.]*\d)(?!\s*[-–/])",
    re.IGNORECASE,
)

_HOMOZYGOTE = re.compile(
    r"(?P<first>\*\d{1,3}[A-Za-z]?)\s*[-/]?\s*homozyg(?:ote|ous)\b|"
    r"\bhomozyg(?:ote|ous)\s+(?:(?:for|of)\s+)?(?:the\s+)?(?:[A-Z][A-Z0-9-]{2,8}\s?)?(?P<second>\*\d{1,3}[A-Za-z]?)(?![\w/])",
    re.IGNORECASE,
)
_NON_EXPRESSER = re.compile(r"\bnon[\s-]?express(?:e|o)rs?\b", re.IGNORECASE)
_SLCO1B1 = re.compile(
    r"\b(?:c[.])?521\s?(?:T>C\s*)?[\s(]?(?P<bases>CC|TC|CT|C/C|T/C|C/T)\b|"
    r"\brs4149056[\s(:]{1,2}(?P<rs>CC|TC|CT|C/C|T/C|C/T)\b"
)

_LOOKS_LIKE = re.compile(
    r"\b(?:(?:fast|slow|rapid|poor|normal|intermediate|ultra-?rapid|extensive)\s+(?:metaboli[sz]\w+|acetylators?|activity|status)|"
    r"activity\s+score|homozyg\w+|heterozyg\w+|het\b|hom\b|carriers?\b|LOF\b|GOF\b|(?:loss|gain)[\s-]of[\s-]function|duplications?|"
    r"deletions?|(?:gene\s+)?copies|copy\s+number|(?:non[\s-]?)?express(?:e|o)rs?\b|deficien(?:t|cy)|HapB3|(?:pathogenic|likely\s+pathogenic|"
    r"abnormal|mutant|mutated)(?:\s+(?:variant|mutation))?|(?-i:-?\d{3,4}\s?[ACGT]{2}\b)|(?-i:AS)\s*[:=]?\s*\d|"
    r"(?-i:[A-Z]\d{2,4}[A-Z]\b)|rs\d{3,12}\b|[cgmn]\.[*-]?\d+(?:[+-]\d+)?[ACGT]>[ACGT]|positive|negative|pos\b|neg\b)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.](?!\d)|[;?!\n]|,")
_ASKS = re.compile(r"\b(?:which|what|how|why|are\s+there|should|does|do)\b", re.IGNORECASE)
_NEAR = 60


class Gene(NamedTuple):
    """A gene found in the text, at `start:end` of the normalised string."""

    symbol: str
    start: int
    end: int


class Result(NamedTuple):
    """A phenotype (`kind` pgx_phenotype) or diplotype of `gene`, at `start:end`."""

    kind: str
    gene: str
    name: str
    start: int
    end: int


def aliased_genes(plain: str) -> list[Gene]:
    """Genes in short or misspelt forms, where a result stands right beside."""
    found = []
    for match in _alias_at().finditer(plain):
        before = plain[max(0, match.start() - 30) : match.start()]
        if _RESULT.match(plain, match.end()) or _OF.search(before):
            found.append(Gene(_tables()["aliases"][match.group().upper()], *match.span()))
    return found


def written_results(plain: str, genes: Sequence[Gene]) -> list[Result]:
    """Results in other words than CPIC's, each of the nearest of `genes` (rising) in its clause."""
    found = []
    for match in _SCORE.finditer(plain):
        gene = _gene_of(plain, genes, *match.span())
        name = phenotype_of_score(gene, float(match["score"])) if gene else ""
        if gene and name:
            found.append(Result("pgx_phenotype", gene, name, *match.span()))
    for match in _HOMOZYGOTE.finditer(plain):
        if gene := _gene_of(plain, genes, *match.span()):
            allele = (match["first"] or match["second"]).upper()
            found.append(Result("diplotype", gene, f"{allele}/{allele}", *match.span()))
    for match in _NON_EXPRESSER.finditer(plain):
        if _gene_of(plain, genes, *match.span()) == "CYP3A5":
            found.append(Result("pgx_phenotype", "CYP3A5", "Poor Metabolizer", *match.span()))
    for match in _SLCO1B1.finditer(plain):
        bases = (match["bases"] or match["rs"]).replace("/", "")
        if match["rs"] or _gene_of(plain, genes, *match.span()) == "SLCO1B1":
            name = "Poor Function" if bases == "CC" else "Decreased Function"
            found.append(Result("pgx_phenotype", "SLCO1B1", name, *match.span()))
    return found


def not_read(plain: str, genes: Sequence[Gene], read: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where something looks like a result of a pharmacogene, and is not among the places of what was `read`."""
    known = frozenset(_tables()["genes"])
    marked = Marked(len(plain), read)
    mine = [gene for gene in genes if gene.symbol in known]
    told = set()
    for match in _LOOKS_LIKE.finditer(plain):
        if marked.any(*match.span()):
            continue
        gene = _nearest(plain, mine, *match.span())
        if gene is None or gene.start in told:
            continue
        start, end = min(gene.start, match.start()), max(gene.end, match.end())
        begin = max(plain.rfind(sign, 0, start) for sign in ".;?!\n") + 1
        if marked.any(start, end) or _ASKS.search(plain[begin:start]):
            continue
        told.add(gene.start)
        yield start, end


def phenotype_of_score(gene: str, score: float) -> str:
    """CPIC's phenotype for an activity score; "" for a gene that has none, or a score out of its range."""
    for table in _tables()["score"]:
        if table["gene"] == gene and 0 <= score <= table["highest"]:
            return [name for name, lowest in table["lowest"] if score >= lowest][-1]
    return ""


def _gene_of(plain: str, genes: Sequence[Gene], start: int, end: int) -> str:
    gene = _nearest(plain, genes, start, end)
    return gene.symbol if gene else ""


def _nearest(plain: str, genes: Sequence[Gene], start: int, end: int) -> Gene | None:
    """The gene inside `start:end`, or the one before or else behind it in the same part of a sentence."""
    at = bisect_right(genes, end, key=lambda gene: gene.start)
    for gene in reversed(genes[max(0, at - 3) : at]):
        if gene.end > end:
            continue
        if start <= gene.start or (start - gene.end <= _NEAR and not _CLAUSE_END.search(plain, gene.end, start)):
            return gene
    after = genes[at] if at < len(genes) else None
    return after if after and after.start - end <= 20 and not _CLAUSE_END.search(plain, end, after.start) else None


@cache
def _alias_at() -> re.Pattern[str]:
    names = sorted(_tables()["aliases"], key=len, reverse=True)
    return re.compile(r"(?<![\w*.-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w-])", re.IGNORECASE)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data/pharmacogenes.toml").read_text(encoding="utf-8"))
