"""HLA alleles, and whether the text says that a person has them: "HLA-B*57:01 negative", "carrier of HLA-B*58:01".

A negative result is a result of its own, no denial. An allele without a word for its presence is no result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .pgx_types import LATER as _LATER
from .pgx_types import Result

_ALLELE = re.compile(
    r"(?:\bHLA[\s-]?|(?<![\w-])(?=[AB]\*))(?P<locus>A|B|C|DRB1|DQB1|DQA1|DPB1)[\s-]?\*?(?P<field>\d{2,3}:\d{2,3}(?::\d{2,3})*)(?!\d)",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"(?:\bHLA[\s-]?(?P<locus>A|B)[\s-]?\*?|(?<![\w-])(?P<short>A|B)\*)(?P<first>\d\d):?(?P<second>\d\d)(?![\d:])",
    re.IGNORECASE,
)
_LINK = (
    r"[\s:=(-]{0,3}(?:(?:allele|genotype|test(?:ed|ing)?|screen(?:ing|ed)?|status|typing|result|carriage|is|was|are|were|came\s+back|returned|turned\s+out|to\s+be|reported|as|confirmed|both)"
    r"[\s:=(-]{1,3}){0,5}"
)
_NEGATIVE = (
    r"negative|neg\b|undetected|absent|not\s+(?:detected|present|found|carried)|non-?\s?carrier|not\s+an?\s+carrier|"
    r"-ve\b|[(]-[)]"
)
_POSITIVE = (
    r"positive|pos\b|detected|present|carriers?(?!\s+(?:status|test|screen))|heterozyg\w+|homozyg\w+|\+ve\b|[(]\+[)]|"
    r"\+{1,3}(?=\s*(?:[,;.)\n]|$|\s[a-z]))"
)
_SIGN = re.compile(
    rf"{_LINK}(?:(?P<negative>{_NEGATIVE})|(?P<positive>{_POSITIVE}))"
    # "positive or negative", "negative predictive value"
    r"(?!\s*(?:/|\bor\b|\bvs\b)\s*(?:not\b|pos|neg|\+|-|absent|present))(?!\s+(?:predictive|controls?|likelihood)\b)(?!\w)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:(?P<negative>(?:\bneg(?:ative)?|(?<!\w)-ve)\s+for|\bnon-?\s?carrier\s+(?:of|for)|\bnot\s+an?\s+carrier\s+(?:of|for)|"
    r"\b(?:does|do|did)(?:\s+not|n['’]t)\s+carry|\blacks)|"
    r"(?P<positive>\bcarrier\s+(?:of|for)|\bcarr(?:ies|ying)|(?:\bpos(?:itive)?|(?<!\w)\+ve)\s+for|\b(?:hetero|homo)zygous\s+for))"
    r"\s+(?:the\s+)?(?:allele\s+)?$",
    re.IGNORECASE,
)
# "positive in 2015, negative in 2020": a second word for the same allele
_AGAIN = re.compile(
    r"[^.;?!\n]{0,30}?(?:,|\bbut|\bthen|\band)\s+(?:(?:then|later|now|was|is|repeat\w*|retest\w*|on|the)\s+){0,3}"
    r"(?:(?P<negative>negative|neg\b|not\s+detected)|(?P<positive>positive|pos\b))(?!\s+for\b)",
    re.IGNORECASE,
)
# the same in a sentence of its own: "negative in 2015; positive on repeat"
_AGAIN_APART = re.compile(
    r"[^?!\n]{0,30}?[;.]\s+(?:(?:but|and|then|it|is|was|came|back|on|the|a)\s+){0,4}(?:"
    rf"{_LATER}\W{{1,2}}(?:(?:tests?|testing|typing|results?|sample|is|was|it|came|back|as)\W{{1,2}}){{0,3}}(?:(?P<negative>negative|neg\b|not\s+detected)|(?P<positive>positive|pos\b|detected))|"
    rf"(?:(?P<negative2>negative|neg\b|not\s+detected)|(?P<positive2>positive|pos\b|detected))\s+(?:(?:on|at|in|by|upon|the|a|is)\s+){{0,2}}{_LATER})",
    re.IGNORECASE,
)
_NO = re.compile(r"\bno\s+(?:copy\s+of\s+|copies\s+of\s+)?(?:the\s+)?$", re.IGNORECASE)
_DETECTED = re.compile(r"(?:detected|present)$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,?\s*\band\b|&|\bas\s+well\s+as\b)\s*(?:for\s+)?(?:the\s+)?", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:,\s*(?:and|or)?\b|/|\band\b|\bor\b|&)\s*(?:for\s+)?(?:the\s+)?", re.IGNORECASE)
# both alleles of a typed person: "HLA-B*57:01/*07:02"
_TYPED = re.compile(
    r"(?:\bHLA[\s-]?|(?<![\w-])(?=[AB]\*))(?P<locus>A|B)\s?\*?(?P<first>\d{2,3}:\d{2,3})(?::\d{2,3})*\s?[/|]\s?"
    r"(?:(?:HLA-?)?(?P=locus))?\*?(?P<second>\d{2,3}:\d{2,3})(?::\d{2,3})*(?![\d:])(?!\s?[/|]\s?(?:HLA|[AB]?\*|\d))",
    re.IGNORECASE,
)
_NOT_TYPED = re.compile(
    rf"{_LINK}(?:{_NEGATIVE}|{_POSITIVE}|pending|awaited|outstanding|unknown|untested|not\b|never\b|sent\b|ordered|required|needed|"
    r"tests?\b|testing|screen\w*|typing\b|carriers?\b|status|guid\w+|or\b)",
    re.IGNORECASE,
)
_NOT_TYPED_BEFORE = re.compile(
    r"(?:\b(?:for|of|carr\w+|tests?|tested|testing|screen\w*|order\w*|check\w*|is|are|if|which|either|lacks|between|neg\w*|pos\w*)\s+(?:the\s+)?)$",
    re.IGNORECASE,
)
_ASKED_FOR = frozenset({"15:02", "15:08", "15:11", "15:21", "31:01", "57:01", "58:01"})
"""Alleles of guidelines: two different ones of these, joined by a stroke, may be a list of tests."""
_FAR = 60
_RESULTS_OF = ("A", "B")


class Allele(NamedTuple):
    """An HLA allele as it is named at `start:end`."""

    locus: str
    field: str
    start: int
    end: int

    @property
    def gene(self) -> str:
        return f"HLA-{self.locus}"


class _Signed(NamedTuple):
    sign: str
    start: int
    end: int
    before: bool = False


def hla_alleles(plain: str) -> list[Allele]:
    """Every HLA allele of the text, in order: with its fields apart (`*57:01`) or run together (`B5701`)."""
    found = [Allele(m["locus"].upper(), m["field"], *m.span()) for m in _ALLELE.finditer(plain)]
    taken = {one.start for one in found}
    found += [
        Allele((m["locus"] or m["short"]).upper(), f"{m['first']}:{m['second']}", *m.span())
        for m in _OLD.finditer(plain)
        if m.start() not in taken
    ]
    return sorted(found, key=lambda one: one.start)


def hla_results(plain: str) -> Iterator[Result]:
    """Alleles of HLA-A and HLA-B that are said to be there, or not: `*57:01 positive`, `*57:01 negative`."""
    alleles = hla_alleles(plain)
    ends = [one.start for one in alleles[1:]] + [len(plain)]
    own = [_own(plain, one, alleles[i - 1].end if i else 0, ends[i]) for i, one in enumerate(alleles)]
    signs = [signed.sign if signed else "" for signed in own]
    # "HLA-A*31:01 and HLA-B*15:02 negative", "negative for HLA-A*31:01 or HLA-B*15:02"
    for i in range(len(alleles) - 1, 0, -1):
        if signs[i] and not signs[i - 1] and _after(own[i]) and _AND.fullmatch(plain, alleles[i - 1].end, alleles[i].start):
            signs[i - 1] = signs[i]
    governed = False
    for i in range(1, len(alleles)):
        signed = own[i - 1]
        governed = bool(signed and signed.before) or (governed and not signed)
        gap = _LIST.fullmatch(plain, alleles[i - 1].end, alleles[i].start)
        if governed and gap and not signs[i] and (signs[i - 1] == "negative" or "or" not in gap.group().lower()):
            signs[i] = signs[i - 1]
        elif not gap:
            governed = False
    for allele, signed, sign in zip(alleles, own, signs, strict=True):
        exact = allele.field.count(":") == 1
        if not sign or allele.locus not in _RESULTS_OF or (sign == "negative" and not exact):
            continue
        name = f"*{':'.join(allele.field.split(':')[:2])} {sign}"
        start, end = (signed.start, signed.end) if signed else (allele.start, allele.end)
        yield Result("pgx_phenotype", allele.gene, name, start, end)

    yield from _typed(plain)


def _typed(plain: str) -> Iterator[Result]:
    """Both alleles of a locus, where nothing else is said of them: each is there."""
    for match in _TYPED.finditer(plain):
        pair = (match["first"], match["second"])
        if len(set(pair)) == 2 and _ASKED_FOR.issuperset(pair):
            continue
        before = plain[max(0, match.start() - _FAR) : match.start()]
        if _NOT_TYPED.match(plain, match.end()) or _NOT_TYPED_BEFORE.search(before):
            continue
        for field in dict.fromkeys(pair):
            yield Result("pgx_phenotype", f"HLA-{match['locus'].upper()}", f"*{field} positive", *match.span())


def _own(plain: str, allele: Allele, begin: int, stop: int) -> _Signed | None:
    """The word right behind an allele, or else before it, that says whether it is there; between `begin` and `stop`."""
    if found := _SIGN.match(plain, allele.end):
        sign = "negative" if found["negative"] else "positive"
        again = _AGAIN.match(plain, found.end(), stop)
        none = _NO.search(plain[max(begin, allele.start - _FAR) : allele.start])
        if sign == "positive" and none and _DETECTED.search(found.group()):  # "no HLA-B*15:02 detected"
            return _Signed("negative", allele.start - len(none.group()), found.end())
        apart = _AGAIN_APART.match(plain, found.end(), stop)
        if (again and not again[sign]) or (apart and not (apart[sign] or apart[f"{sign}2"])):
            return None
        return _Signed(sign, allele.start, found.end())
    from_ = max(begin, allele.start - _FAR)
    if found := _BEFORE.search(plain[from_ : allele.start]):
        return _Signed("negative" if found["negative"] else "positive", from_ + found.start(), allele.end, before=True)
    return None


def _after(signed: _Signed | None) -> bool:
    return signed is not None and not signed.before
