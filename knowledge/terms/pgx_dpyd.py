"""Diplotypes of DPYD, whose alleles are named by their variants: "c.1905+1G>A heterozygous", "Reference/c.2846A>T".

Laboratories test DPYD for a few variants, so that a heterozygote of one of them has the reference on the other copy, as far
as was tested. With a second variant beside it whose phase is not given ("heterozygous for *2A and c.2846A>T") nothing is
read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from .pgx_types import Gene, Result, gene_of_sentence, tables

_GENE = "DPYD"
_REFERENCE = "Reference"
_HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"
_PART_OF_HAPB3 = "c.1129-5923C>G"
_ITS_OWN = re.compile(r"rs\d|Hap\s?B3|IVS14", re.IGNORECASE)
"""Names that are of DPYD whatever stands beside them."""
_ABSENT = re.compile(
    r"[\s:=(,-]{0,3}(?:(?:is|was|variant|allele|result)\s+){0,2}(?:negative|neg\b|absent|not\s+(?:detected|found|present)|wild[\s-]?type|wt\b|"
    r"reference|normal|[(]-[)])",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.](?=\s|$)|[;?!\n]")


class _Read(NamedTuple):
    alleles: tuple[str, str]
    start: int
    end: int


class _Shapes(NamedTuple):
    names: Mapping[str, str]
    token: re.Pattern[str]
    shapes: tuple[re.Pattern[str], ...]
    genotype: re.Pattern[str]


def dpyd_results(plain: str, genes: Sequence[Gene]) -> Iterator[Result]:
    """Diplotypes of DPYD in PharmCAT's names, the earlier of its list first: `Reference/c.1905+1G>A (*2A)`."""
    if not any(gene.symbol == _GENE for gene in genes) and not _ITS_OWN.search(plain):
        return
    by = _shapes()
    order = {name: at for at, name in enumerate(tables()["dpyd"]["alleles"])}
    found = [one for one in _read(plain, by) if _is_dpyd(plain, genes, one.start, one.end)]
    tokens = [
        (m.start(), by.names[_folded(m.group())])
        for m in by.token.finditer(plain)
        if _is_dpyd(plain, genes, *m.span()) and not _ABSENT.match(plain, m.end())
    ]
    ends = [m.start() for m in _SENTENCE_END.finditer(plain)]
    results: dict[int, set[tuple[str, str]]] = {}
    for one in found:
        results.setdefault(bisect_right(ends, one.start), set()).add(one.alleles)
    named: dict[int, set[str]] = {}
    for start, name in tokens:
        named.setdefault(bisect_right(ends, start), set()).add(name)
    for one in found:
        at = bisect_right(ends, one.start)
        beside = {_whole(name, one.alleles) for name in named.get(at, ())} - {*one.alleles, _REFERENCE}
        if not beside and len(results[at]) == 1:
            name = "/".join(sorted(one.alleles, key=lambda allele: order[allele]))
            yield Result("diplotype", _GENE, name, one.start, one.end)


def _read(plain: str, by: _Shapes) -> list[_Read]:
    found: list[_Read] = []
    for shape in by.shapes:
        for m in shape.finditer(plain):
            groups = m.groupdict()
            names = [name for key in ("a", "b") if groups.get(key) and (name := _named(groups[key], by.names))]
            wanted = sum(1 for key in ("a", "b") if groups.get(key))
            if len(names) < wanted:
                continue
            zygosity = (groups.get("z") or "").lower()
            if not zygosity:
                found.append(_Read((names[0], names[1]), *m.span()))
                continue
            name = _one(names)
            if name and name != _REFERENCE:
                first = name if zygosity.startswith("hom") else _REFERENCE
                found.append(_Read((first, name), *m.span()))
    for m in by.genotype.finditer(plain):
        site = tables()["dpyd"]["rs"][m["rs"].lower()]
        if pair := _genotype(site["bases"], re.sub(r"[\s/]", "", m["bases"])):
            found.append(_Read((site["allele"] if pair[0] else _REFERENCE, site["allele"]), *m.span()))
    return _apart(sorted(dict.fromkeys(found), key=lambda one: (one.start, one.end)))


def _apart(found: list[_Read]) -> list[_Read]:
    """Without those that read the same words in two ways; those of one shape never overlap."""
    near = len(_shapes().shapes) + 1
    kept: list[_Read] = []
    for at, one in enumerate(found):
        around = found[max(0, at - near) : at + near]
        if all(o.end <= one.start or one.end <= o.start or o.alleles == one.alleles for o in around):
            kept.append(one)
    return kept


def _genotype(bases: str, written: str) -> tuple[bool, bool] | None:
    """Which copies have the variant base; None for no copy, for bases of neither strand, and for a homozygote whose strand
    decides whether it is the reference."""
    reference, variant = bases[0], bases[1]
    other = bases.translate(str.maketrans("ACGT", "TGCA"))
    for ref, alt in ((reference, variant), (other[0], other[1])):
        if set(written) == {ref, alt}:
            return (False, True)
        if set(written) == {alt}:
            return None if alt in (other[0], reference) else (True, True)
    return None


def _is_dpyd(plain: str, genes: Sequence[Gene], start: int, end: int) -> bool:
    gene = gene_of_sentence(plain, genes, start, end)
    return gene == _GENE or (not gene and bool(_ITS_OWN.search(plain, start, end)))


def _named(written: str, names: Mapping[str, str]) -> str:
    """The allele that a name stands for, perhaps with a second name in brackets; "" where the two are different alleles."""
    folded = _folded(written)
    if folded in names:
        return names[folded]
    first, _, second = written.partition("(")
    return _one([names.get(_folded(part.rstrip(") ")), "") for part in (first, second)])


def _one(names: Sequence[str]) -> str:
    found = {_whole(name, names) for name in names}
    return found.pop() if len(found) == 1 else ""


def _whole(name: str, beside: Sequence[str] | set[str]) -> str:
    return _HAPB3 if name == _PART_OF_HAPB3 and _HAPB3 in beside else name


def _folded(written: str) -> str:
    return re.sub(r"\s|^c\.", "", written.strip().lower())


@cache
def _shapes() -> _Shapes:
    data = tables()["dpyd"]
    names: dict[str, str] = {}
    forms: set[str] = set()
    for allele in sorted(data["alleles"], key=lambda one: len(re.split(r"[,(]", one))):
        for form in (allele, *re.split(r",\s*|\s*\(|\)", allele)):
            if form and _folded(form) not in names:
                names[_folded(form)] = allele
                forms.add(form)
    aliases = {**data["aliases"], **{rs: site["allele"] for rs, site in data["rs"].items()}}
    names |= {_folded(form): allele for form, allele in aliases.items()}
    reference = [form for form, allele in aliases.items() if allele == _REFERENCE] + [_REFERENCE]
    allele = _any([form for form in (*forms, *aliases) if form not in reference])
    other = _any(reference)
    kind = r"(?:heterozyg\w+|homozyg\w+|het|hom)\b"
    noun = r"(?:\s+(?:variants?|alleles?|mutations?|polymorphism|genotype|carriers?))?"
    named = rf"{allele}(?:\s?\({allele}\))?"
    shapes = (
        rf"(?P<a>{named}|{other})\s?[/|]\s?(?P<b>{named}|{other})",
        rf"\bcompound\s+het\w*\s+(?:(?:for|of)\s+)?(?:the\s+)?(?:DPYD\s*)?(?P<a>{named})\s*(?:,|/|\+|\band\b|&|\bwith\b)\s*(?:DPYD\s*)?(?P<b>{named})",
        rf"(?P<a>{named})\s*(?:/|\+|\band\b|&)\s*(?:DPYD\s*)?(?P<b>{named})[\s,(]{{1,3}}compound\s+het\w*",
        rf"(?P<a>{named}){noun}[\s,:=(-]{{1,3}}(?:(?:is|was|in)\s+)?(?P<z>{kind})(?:\s+carriers?)?(?:\s*\((?P<b>{allele})\))?",
        rf"(?<!compound\s)\b(?P<z>{kind})\s+(?:carriers?\s+)?(?:(?:for|of)\s+)?(?:the\s+)?(?:DPYD\s*)?(?:(?:variant|allele)\s+)?(?P<a>{named})",
    )
    sites = "|".join(map(re.escape, data["rs"]))
    genotype = (
        rf"\b(?P<rs>{sites})(?:\s+(?:in|of)\s+DPYD)?[\s:=(,]{{1,3}}(?:genotype\s+)?"
        r"(?P<bases>(?-i:[ACGT]\s?/\s?[ACGT]|[ACGT]{2}))(?![\w>/])"
    )
    compiled = tuple(re.compile(shape, re.IGNORECASE) for shape in shapes)
    return _Shapes(names, re.compile(allele, re.IGNORECASE), compiled, re.compile(genotype, re.IGNORECASE))


def _any(forms: Sequence[str]) -> str:
    """An expression for any of these names: with or without "c.", and with a blank before its bases."""
    parts = []
    for form in sorted(forms, key=len, reverse=True):
        written = re.sub(r"(?<=\d)(?=(?:[ACGT]+>|del))", r"\\s?", re.escape(form.removeprefix("c.")).replace(r"\ ", r"\s?"))
        if form.startswith("c."):
            written = r"(?:c\.\s?)?" + written
        parts.append((r"(?<!\*)" if form.startswith("*") else r"(?<![\w.*+>-])") + written)
    return "(?:" + "|".join(parts) + r")(?![\w>])"
