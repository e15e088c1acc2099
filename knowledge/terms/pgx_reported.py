"""What looks like a result of a pharmacogene and is not used as one, so that it can be reported.

"fast metabolizer" or "*2 heterozygote" (whose other allele is not named) can't be read for sure; a test may be pending; a
genotype and a phenotype of the same gene may differ.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bedside.core.toolkit.marked import Marked

from .pgx_types import LATER, Gene, gene_of, nearest, tables

_LOOKS_LIKE = re.compile(
    r"\b(?:"
    + "|".join(
        (
            # phenotypes in other words, and half of one
            r"(?:fast|rapid|normal|extensive)\s+(?:metaboli[sz]\w+|acetylators?|activity|status)",
            r"(?:intermediate|slow|poor|ultra-?rapid)\b",
            r"m[ae]th?[aeboil]{3,7}[sz]{1,2}[eo]rs?\b",
            r"(?:low|reduced|decreased|impaired|increased|high|absent|diminished|deficient|intermediate)\s+"
            r"(?:[A-Za-z][\w-]{2,11}\s+)?(?:enzyme\s+)?(?:activity|function)",
            r"(?:high|increased|low|normal)\s+(?:\w+\s+)?sensitivity",
            r"(?:low|borderline)[\s-]+normal|(?:low|high|average|standard)\s+risk",
            r"deficien(?:t|cy)",
            r"(?:non[\s-]?)?express(?:e|o)rs?\b",
            r"activity\s+score",
            r"(?-i:AS)\s*[:=<>≤≥]{0,2}\s*[.]?\d",
            r"class\s+(?:I{1,3}|IV|[ABC])\b",
            # alleles, and how many of them
            r"(?:homozyg|heterozyg|hemizyg)\w+",
            r"het\b|hom\b|carriers?\b|wt\b|wild[\s-]?type",
            r"LOF\b|GOF\b|(?:loss|gain)[\s-]of[\s-]function",
            r"(?:non-?\s?|dys|mal)functional",
            r"duplications?|deletions?|(?:gene\s+)?copies|copy\s+number",
            r"HapB3|(?-i:TA[)]?\s?[5-8])|Mediterranean|(?-i:A-)(?!\w)",
            r"(?:likely\s+)?(?:pathogenic|abnormal|mutant|mutated)(?:\s+(?:variant|mutation))?|variants?\b",
            # variants and bases
            r"(?-i:-?\d{3,4}\s?(?:[ACGT]{2}|[ACGT]>[ACGT])\b|[A-Z]\d{2,4}[A-Z]\b|[ACGT]/[ACGT]\b|(?:AA|CC|GG|TT)\b)",
            r"rs\d{3,12}\b|[cgmn]\.[*-]?\d+(?:[+-]\d+)?[ACGT]>[ACGT]",
            r"positive|negative|pos\b|neg\b",
        )
    )
    + r")|\*\d{1,3}\w?/\*?\d{1,3}\w?",
    re.IGNORECASE,
)
_RS_GENOTYPE = re.compile(r"\brs\d{3,12}[\s:=(]{1,3}(?:[ACGT]\s?/\s?[ACGT]|[ACGT]{2})(?!\w)")
_ASKS = re.compile(r"\b(?:which|what|how|why|are\s+there|should|does|do)\b", re.IGNORECASE)
_OPEN = (
    r"(?:pending|awaited|outstanding|unknown|untested|unavailable|never\s+(?:tested|measured|genotyped|typed|checked)|"
    r"not\s+(?:yet\s+)?(?:been\s+)?(?:tested|measured|known|done|available|genotyped|typed|checked|determined|performed|assessed|"
    r"back))\b"
)
_NOT_KNOWN = re.compile(
    r"[\s:=(,-]{1,3}(?:(?:(?:geno)?typing|genotype|phenotype|status|tests?|testing|results?|levels?|activity|sample|is|was|are|were|"
    rf"has|have|still|panel|screen(?:ing)?)[\s:=(-]{{1,3}}){{0,5}}{_OPEN}",
    re.IGNORECASE,
)
_HLA = re.compile(r"(?<![\w-])HLA(?:[\s-](?:A|B|C|DR|DQ|DP)\b)?(?!\s?-?\s?[A-D]?\w*\*)", re.IGNORECASE)

_DEGREE = r"(?i:(?:poor|intermediate|normal|extensive|ultra[\s-]?rapid|rapid)(?:\s+metaboli[sz]er)?)"
_RESULT = rf"(?<![\w*])(?:[PINREU]M(?!\w)|{_DEGREE})"
_GAP = r"[^.;?!\n]{0,40}?"
_OVER = r"[^.?!\n]{0,40}?"
_ANY = rf"(?:{_RESULT}|\*\d{{1,3}}\w?/\*\d{{1,3}}\w?)"
_ACTIVITY = (
    r"(?i:\b(?:low|reduced|decreased|absent|deficient|intermediate)\s+(?:[A-Za-z][\w-]{2,11}\s+)?(?:enzyme\s+)?activity)"
)
_SECOND = (
    r"(?i:(?:repeat\w*|re-?test\w*|second|latest|now)\W{1,2}"
    r"(?:(?:tests?|testing|typing|results?|sample|is|was|it|came|back|as)\W{1,2}){0,3})"
)
_APART = r"[^?!\n]{0,40}?[;.,]\s[^;.?!\n]{0,15}?"
_BY_PHENOTYPE = r"(?i:\b(?:phenotyp|phenoconver|functional|clinical|effective)\w*)"
_TURNED = (
    r"(?i:\b(?:phenoconver\w*|converted|effectively|functionally|phenotypically|clinically|behav\w+|acts|acting)\s+"
    r"(?:(?:to|in|into|as|like|now|an?|the)\s+){0,3})"
)
_TWO = tuple(
    re.compile(shape)
    for shape in (
        rf"(?i:\bgenotyp\w*){_GAP}(?P<genotype>{_RESULT}){_OVER}{_BY_PHENOTYPE}{_GAP}(?P<phenotype>{_RESULT})",
        rf"(?i:\bphenotyp\w*){_GAP}(?P<phenotype>{_RESULT}){_OVER}(?i:\bgenotyp\w*){_GAP}(?P<genotype>{_RESULT})",
        rf"(?P<genotype>{_RESULT})\s*[,(]?\s*(?i:(?:by|on|per)\s+genotyp\w*|[(]genotyp\w*[)]){_GAP}(?P<phenotype>{_RESULT})",
        rf"(?P<genotype>{_RESULT}|\*\d\w*/\*\d\w*){_OVER}{_TURNED}(?P<phenotype>{_RESULT})",
        rf"(?P<genotype>{_RESULT})\s*[,(]?\s*(?i:(?:by|on|per)\s+genotyp\w*|[(]genotyp\w*[)]){_OVER}(?P<phenotype>{_ACTIVITY})",
        rf"(?P<phenotype>{_ACTIVITY}){_OVER}(?i:\bgenotyp\w*){_GAP}(?P<genotype>{_RESULT})",
        # two tests: "NM last year; PM on repeat", "*1/*1; repeat test: *2/*2"
        rf"(?P<genotype>{_ANY}){_APART}(?<!\d\s)(?P<phenotype>{_ANY})\s+(?i:(?:on|at|in|by|upon|the|a)\s+){{1,2}}(?i:{LATER})",
        rf"(?P<genotype>{_ANY}){_APART}{_SECOND}(?i:(?:[A-Z][A-Z\d-]{{2,9}})\s+)?(?P<phenotype>{_ANY})",
        rf"(?P<genotype>{_RESULT})\s*(?:[-=]>|[→⇒])\s*(?P<phenotype>{_RESULT})",
    )
)
_CLOSE = 60
_ROW = 4
_MEANING = {"U": "Ultrarapid", "R": "Rapid", "N": "Normal", "E": "Normal", "I": "Intermediate", "P": "Poor"}


class Disagreement(NamedTuple):
    """A genotype and a phenotype of `gene`, as they are written, that differ; both stand in `start:end`."""

    gene: str
    genotype: str
    phenotype: str
    start: int
    end: int


def disagreements(plain: str, genes: Sequence[Gene]) -> list[Disagreement]:
    """Where a result by genotype stands beside another one by phenotype, as with an inhibitor (phenoconversion)."""
    found: list[Disagreement] = []
    for shape in _TWO:
        for match in shape.finditer(plain):
            if _degree(match["genotype"]) == _degree(match["phenotype"]):
                continue
            start, end = match.span()
            gene = gene_of(plain, genes, *match.span("genotype")) or gene_of(plain, genes, start, end)
            first, last = sorted((match.start("genotype"), match.start("phenotype")))
            if gene and not _another(genes, gene, first, last):
                found.append(Disagreement(gene, match["genotype"], match["phenotype"], start, end))
    return found


def _another(genes: Sequence[Gene], symbol: str, start: int, end: int) -> bool:
    """Whether a gene other than `symbol` stands in `start:end`."""
    first = bisect_left(genes, start, key=lambda gene: gene.start)
    last = bisect_left(genes, end, key=lambda gene: gene.start)
    return any(gene.symbol != symbol for gene in genes[first:last])


def _degree(written: str) -> str:
    """Two letters are a short form: `PM`, `Poor metabolizer` → Poor; a diplotype stays as it is."""
    if len(written) == 2:
        return _MEANING[written[0]]
    if written.startswith("*"):
        return written
    if written.lower().endswith("activity"):
        return written
    word = re.sub(r"[\s-]", "", written.lower()).partition("metaboli")[0].capitalize()
    return "Normal" if word == "Extensive" else word


def not_known(plain: str, genes: Sequence[Gene]) -> Iterator[tuple[str, tuple[int, int]]]:
    """(gene, where) of tests of pharmacogenes that are said to be pending, not done or without a result."""
    known = frozenset(tables()["genes"])
    named = [(gene.symbol, gene.start, gene.end) for gene in genes if gene.symbol in known]
    starts = {start for _, start, _ in named}
    named += [("HLA", *match.span()) for match in _HLA.finditer(plain) if match.start() not in starts]
    for symbol, start, end in named:
        if found := _NOT_KNOWN.match(plain, end):
            yield symbol, (start, found.end())


class Read(NamedTuple):
    """A result that was read: its gene and where it stands."""

    kind: str
    gene: str | None
    name: str
    start: int
    end: int


def not_read(plain: str, genes: Sequence[Gene], read: Sequence[Read]) -> Iterator[tuple[int, int]]:
    """Where something looks like a result of a pharmacogene, and is not among the places of what was `read` (rising)."""
    known = frozenset(tables()["genes"])
    marked = Marked(len(plain), [(one.start, one.end) for one in read])
    mine = [gene for gene in genes if gene.symbol in known]
    told = set()
    for match in _LOOKS_LIKE.finditer(plain):
        if marked.any(*match.span()):
            continue
        gene = nearest(plain, mine, *match.span())
        if gene is None or gene.start in told or _explained(match.group().lower(), gene, read):
            continue
        start, end = min(gene.start, match.start()), max(gene.end, match.end())
        begin = max(plain.rfind(sign, 0, start) for sign in ".;?!\n") + 1
        if marked.any(start, end) or _ASKS.search(plain[begin:start]):
            continue
        told.add(gene.start)
        yield start, end
    for match in _RS_GENOTYPE.finditer(plain):
        if not marked.any(*match.span()) and nearest(plain, mine, *match.span()) is None:
            yield match.span()


def _explained(word: str, gene: Gene, read: Sequence[Read]) -> bool:
    """Whether a result of the same gene close by says what is meant: "expresser (*1/*3)", "pathogenic variant (MHS)"."""
    at = bisect_left(read, gene.start, key=lambda one: one.start)
    around = read[max(0, at - _ROW) : at + _ROW]
    beside = [one for one in around if one.gene == gene.symbol and one.start - gene.end < _CLOSE]
    if word.startswith("express"):
        return any(one.kind == "diplotype" and "*1" in one.name.split("/") for one in beside)
    said = any(one.kind == "diplotype" or one.name == "Malignant Hyperthermia Susceptibility" for one in beside)
    return said and ("pathogenic" in word or word.startswith("variant"))
