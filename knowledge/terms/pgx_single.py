"""Results of genes that have words of their own: G6PD, MT-RNR1, NAT2, CYP3A5, VKORC1 and SLCO1B1.

What could mean two results ("CYP3A5 expresser", "intermediate G6PD", "slow or intermediate acetylator") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .pgx_types import LATER as _LATER
from .pgx_types import Gene, Result, gene_of, nearest, tables

_G6PD = r"(?:\bG-?6-?PDH?\b|\bglucose[\s-]6[\s-]phosphate\s+dehydrogenase\b)"
_G6PD_WORDS = (
    r"(?:status|activity|levels?|enzyme|tests?|testing|screen(?:ing)?|assay|phenotype|genotype|result|is|was|known)"
)
_ANAEMIA = (
    r"(?:\s*,?\s*(?:with|and|causing)?\s*[(]?(?:(?:chronic\s+(?:non-?\s?spherocytic\s+)?|non-?\s?spherocytic\s+)ha?emolytic\s+ana?emia"
    r"(?:\s*[(]?CNSHA\b[)]?)?|CNSHA\b))"
)
_G6PD_AT = re.compile(
    rf"{_G6PD}[\s:=(,-]{{1,3}}(?:{_G6PD_WORDS}[\s:=-]{{1,3}}){{0,4}}(?:(?P<deficient>defici?[ea]n(?:t|cy)\b|def\b)(?P<anaemia>{_ANAEMIA})?|"
    r"(?P<normal>within\s+normal\s+(?:limits|range)|WNL\b|sufficient\b|normal\b(?:\s+(?:activity|function|level))?)|"
    r"(?P<variable>variable\b))|"
    rf"(?<![\w-])(?:(?P<deficient2>deficient|deficiency)|(?P<normal2>normal)|(?P<variable2>variable))\s+(?:(?:in|of|for)\s+)?{_G6PD}"
    r"(?:\s+(?:activity|level|status|enzyme|phenotype|function))?",
    re.IGNORECASE,
)
_ANAEMIA_BEFORE = re.compile(rf"{_ANAEMIA}[^.;?!\n]{{0,25}}$", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|without|denies|never)\s*$", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:partial(?:ly)?|intermediate|borderline|low|near|nearly|almost|sub|between|heterozyg\w+(?:\s+for)?|carriers?\s+(?:of|for)|"
    r"trait\s+(?:of|for))[\s-]+(?:the\s+)?)$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"\s*(?:carriers?|trait|gene\s+carrier|heterozyg\w+|hetero\b|range|limits?|values?|reference|(?:/|\bor\b|\bto\b|[-–])\s*(?:deficien\w+|"
    r"normal|low|variable|intermediate)|[(]?(?:partial|intermediate|heterozyg\w+))",
    re.IGNORECASE,
)

# "normal in childhood but deficient on repeat"; in a sentence of its own: "normal in 2019; now deficient"
_VALUE = r"(?P<{}>deficien(?:t|cy)|normal|variable)\b"
_NOT_ALWAYS = re.compile(
    rf"[^.;?!\n]{{0,40}}?(?:,|\bbut|\bthen|\band)\s+(?:\w+\s+){{0,3}}?{_VALUE.format('value')}"
    r"(?=\s*(?:[,.;?)\n]|$|(?:on|in|at|now|later|activity|level)\b))|"
    rf"[^?!\n]{{0,40}}?[;.]\s+(?:(?:but|and|then|it|is|was|came|back|on|the|a)\s+){{0,4}}(?:{_LATER}\W{{1,2}}(?:(?:tests?|testing|assay|results?|activity|levels?|sample|is|was|it|came|back|as)\W{{1,2}}){{0,3}}"
    rf"{_VALUE.format('later')}|{_VALUE.format('then')}\s+(?:(?:on|at|in|by|upon|the|a|is)\s+){{0,2}}{_LATER})",
    re.IGNORECASE,
)

_RISK = "Risk of Aminoglycoside-Induced Hearing Loss"
_MITO_AT = re.compile(
    r"(?<![\w.>*])(?P<m>m\.\s?|(?:mitochondrial|mt-?DNA|12S(?:\s+rRNA)?)\s+(?:DNA\s+)?(?:m\.\s?)?)?"
    r"(?:(?P<at>\d{3,4})\s?(?P<ref>[ACGT])\s?>\s?(?P<alt>[ACGT])|(?P<ref2>[ACGT])(?P<at2>\d{3,4})(?P<alt2>[ACGT]))(?!\w)"
    r"(?:\s*(?:(?:carriers?|positive|pos|detected|present|homoplasmic|homoplasmy|mutation|variant)\b)){0,2}",
    re.IGNORECASE,
)
_RISK_AT = re.compile(
    r"\b(?P<level>increased|normal|uncertain)\s+risk\b(?P<whole>\s+of\s+aminoglycoside[\s-]+induced\s+hearing\s+loss)?",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"[\s:=(,-]*(?:(?:is|was|with|has|at|an?|of|phenotype|status|result|variants?|genotype)[\s:=(-]+)*", re.IGNORECASE
)

_DEGREES = {"slow": "Poor", "intermediate": "Intermediate", "rapid": "Rapid", "fast": "Rapid"}
_ACETYLATOR_AT = re.compile(
    r"(?<![\w-])(?P<degree>slow|intermediate|rapid|fast)[\s-]+(?:NAT2[\s-]+)?acetylat(?:or|er|ion|ing)s?\b(?:\s+(?:status|phenotype|genotype))?|"
    r"\bacetylat(?:or|er|ion)(?:\s+(?:status|phenotype|type)\s*(?:[:=]|is|was)?|\s*[:=])\s*(?P<degree2>slow|intermediate|rapid|fast)\b(?!\s*(?:or|/|to|-))",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:slow|intermediate|rapid|fast|ultra|very)\s*(?:,|/|-|\bor\b|\bto\b|\bvs\b)?\s*$", re.IGNORECASE)
_LOOK_BACK = 40
_ANAEMIA_FAR = 90

_NON_EXPRESSER = re.compile(r"\bnon[\s-]?express(?:e|o)rs?\b", re.IGNORECASE)
_SLCO1B1_AT = re.compile(
    r"\b(?:c[.])?521\s?(?:T>C\s*)?[\s(]?(?P<bases>CC|TC|CT|TT|C/C|T/C|C/T|T/T)\b|"
    r"\brs4149056[\s(:]{1,2}(?P<rs>CC|TC|CT|C/C|T/C|C/T)\b"
)
_SLCO1B1 = {"CC": "Poor Function", "CT": "Decreased Function", "TT": "Normal Function"}

_SITE = r"(?<![\w.>*])(?:[cg]\.\s?)?[-−–]?1639(?:\s?G\s?>\s?A)?"
_VKORC1_AT = re.compile(
    rf"{_SITE}(?:[\s:=(,]{{1,3}}(?:genotype\s*(?:is|:)?\s*)?(?P<apart>[AG]\s?/\s?[AG])|[\s:=(,]{{0,3}}(?:genotype\s*)?(?P<site>AA|AG|GA|GG|A/A|G/G)|"
    r"[\s,(]{1,3}(?P<zygosity>het(?:erozyg\w+)?|hom(?:ozyg\w+)?)\b)(?![\w>/])|"
    rf"(?P<before>\bheterozyg\w+|\bhomozyg\w+)\s+(?:(?:for|of)\s+)?(?:the\s+)?(?:VKORC1\s+)?{_SITE}(?![\w>/])|"
    r"\brs9923231[\s:=(,]{1,3}(?:genotype\s*)?(?P<rs>[ACGT]\s?/\s?[ACGT]|[ACGT]{2})(?![\w>/])"
)
_BASES_AT = re.compile(r"[\s:=(-]{1,3}(?:genotype\s*(?:is|:)?\s*)?(?P<bases>AA|AG|GA|GG|A/A|A/G|G/A|G/G)(?![\w>/])")


def single_gene_results(plain: str, genes: Sequence[Gene]) -> Iterator[Result]:
    """The results of `genes` (rising) that are written in a way of their own."""
    for read in (_g6pd, _mitochondrial, _acetylator, _cyp3a5, _slco1b1, _vkorc1):
        for gene, name, (start, end) in read(plain, genes):
            yield Result("pgx_phenotype", gene, name, start, end)


_Read = Iterator[tuple[str, str, tuple[int, int]]]


def _g6pd(plain: str, genes: Sequence[Gene]) -> _Read:
    for match in _G6PD_AT.finditer(plain):
        start, end = match.span()
        if _NOT_BEFORE.search(plain[max(0, start - _LOOK_BACK) : start]) or _NOT_AFTER.match(plain, end):
            continue
        deficient, normal = match["deficient"] or match["deficient2"], match["normal"] or match["normal2"]
        name = "G6PD Deficient" if deficient else "G6PD Normal" if normal else "G6PD Variable"
        again = _NOT_ALWAYS.match(plain, end)
        if again and (again["value"] or again["later"] or again["then"]).lower()[:6] not in name.lower():
            continue
        before = plain[max(0, start - _ANAEMIA_FAR) : start]
        named = _ANAEMIA_BEFORE.search(before)
        anaemia = match["anaemia"] or (named and not _DENIES.search(before[: named.start()]))
        yield "G6PD", name + (" with CNSHA" if deficient and anaemia else ""), (start, end)


def _mitochondrial(plain: str, genes: Sequence[Gene]) -> _Read:
    levels = {name: level for level, names in tables()["mt-rnr1"].items() for name in names}
    for match in _MITO_AT.finditer(plain):
        bases = f"{match['ref'] or match['ref2']}>{match['alt'] or match['alt2']}"
        name = f"m.{match['at'] or match['at2']}{bases.upper()}"
        level = levels.get(name)
        if level and (match["m"] or gene_of(plain, genes, *match.span()) == "MT-RNR1"):
            yield "MT-RNR1", f"{level.capitalize()} {_RISK}", match.span()
    for match in _RISK_AT.finditer(plain):
        gene = nearest(plain, genes, *match.span())
        if gene is None or gene.symbol != "MT-RNR1":
            continue
        gap = plain[gene.end : match.start()] if gene.end <= match.start() else plain[match.end() : gene.start]
        if match["whole"] or _BESIDE.fullmatch(gap):
            yield "MT-RNR1", f"{match['level'].capitalize()} {_RISK}", match.span()


def _acetylator(plain: str, genes: Sequence[Gene]) -> _Read:
    for match in _ACETYLATOR_AT.finditer(plain):
        if _EITHER.search(plain[max(0, match.start() - _LOOK_BACK) : match.start()]):
            continue
        if gene_of(plain, genes, *match.span()) in ("NAT2", ""):  # the acetylator phenotype is that of NAT2
            degree = _DEGREES[(match["degree"] or match["degree2"]).lower()]
            yield "NAT2", f"{degree} Metabolizer", match.span()


def _cyp3a5(plain: str, genes: Sequence[Gene]) -> _Read:
    for match in _NON_EXPRESSER.finditer(plain):
        if gene_of(plain, genes, *match.span()) == "CYP3A5":
            yield "CYP3A5", "Poor Metabolizer", match.span()


def _slco1b1(plain: str, genes: Sequence[Gene]) -> _Read:
    for match in _SLCO1B1_AT.finditer(plain):
        if match["rs"] or gene_of(plain, genes, *match.span()) == "SLCO1B1":
            yield "SLCO1B1", _SLCO1B1[_pair(match["bases"] or match["rs"])], match.span()


def _vkorc1(plain: str, genes: Sequence[Gene]) -> _Read:
    for match in _VKORC1_AT.finditer(plain):
        if not match["rs"] and gene_of(plain, genes, *match.span()) != "VKORC1":
            continue
        if zygosity := match["zygosity"] or match["before"]:
            bases = "AG" if zygosity.lower().startswith("het") else "AA"
        else:
            bases = _of_the_gene(_pair(match["apart"] or match["site"] or match["rs"]))
        if bases:
            yield "VKORC1", f"-1639 {bases}", match.span()
    for gene in genes:
        if gene.symbol == "VKORC1" and (found := _BASES_AT.match(plain, gene.end)):
            yield "VKORC1", f"-1639 {_pair(found['bases'])}", found.span("bases")


def _pair(written: str) -> str:
    """Two bases in the order of the alphabet, without what stands between them."""
    return "".join(sorted(re.sub(r"[\s/]", "", written)))


def _of_the_gene(bases: str) -> str:
    """rs9923231 (C>T) on the strand of VKORC1 (-1639G>A); "" for bases that it does not have."""
    if set(bases) <= {"A", "G"}:
        return bases
    return _pair(bases.translate(str.maketrans("CT", "GA"))) if set(bases) <= {"C", "T"} else ""
