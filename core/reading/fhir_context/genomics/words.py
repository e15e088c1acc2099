"""Genetic results as laboratories write them, in one writing: `*2/*2`, `Poor Metabolizer`, `*57:01`."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Form = Literal["diplotype", "phenotype", "activity_score", "allele", "variant"]

_DEGREES = {
    "ultrarapid": "Ultrarapid",
    "rapid": "Rapid",
    "normal": "Normal",
    "extensive": "Normal",
    "intermediate": "Intermediate",
    "poor": "Poor",
}
_LEVELS = {"normal": "Normal", "decreased": "Decreased", "reduced": "Decreased", "poor": "Poor", "increased": "Increased"}
_METABOLIZER = re.compile(
    r"(?:(?P<maybe>likely|possible)\s+)?(?P<degree>ultra[\s-]?rapid|rapid|normal|extensive|intermediate|poor)\s+metaboli[sz]er"
    r"(?:\s*\([A-Z]{2}\))?",
    re.IGNORECASE,
)
_FUNCTION = re.compile(
    r"(?:(?P<maybe>likely|possible)\s+)?(?P<level>normal|decreased|reduced|poor|increased)\s+(?:transporter\s+)?function",
    re.IGNORECASE,
)
_STAR = r"\*\d{1,3}(?:\.\d{3})?[A-Z]?(?:x(?:N|\d{1,2}))?"
_HLA = r"\*\d{2,3}(?::\d{2,3}){1,3}[A-Z]?"
_ALLELE = rf"(?:{_HLA}|{_STAR})"
_SYMBOL = r"(?:HLA-[A-Z]{1,4}\d?|[A-Z][A-Z0-9]{2,9})"
_DIPLOTYPE_AT = re.compile(
    rf"(?:(?P<gene>{_SYMBOL})\s*)?(?P<one>{_ALLELE})\s*/\s*(?:(?P<again>{_SYMBOL})\s*)?(?P<two>{_ALLELE})"
)
_ALLELE_AT = re.compile(rf"(?:(?P<gene>{_SYMBOL})\s*)?(?P<one>{_ALLELE})")
_VARIANT_AT = re.compile(
    rf"(?:(?P<gene>{_SYMBOL})\s+)?(?P<rs>rs\d{{3,12}})(?:\s+(?P<bases>[ACGT-]{{1,20}}\s?[/|>]\s?[ACGT-]{{1,20}}))?"
)
_GL_AT = re.compile(rf"(?:hla#[\d.]+#)?(?P<gene>{_SYMBOL})(?P<one>{_HLA})(?:\+(?P<again>{_SYMBOL})(?P<two>{_HLA}))?")


class Written(NamedTuple):
    """A result, the gene that stands beside it ("" where none does), and what kind of result it is."""

    gene: str
    result: str
    form: Form


def phenotype(text: str) -> str:
    """CPIC's word for a phenotype; empty for anything else."""
    text = " ".join(text.split())
    if found := _METABOLIZER.fullmatch(text):
        degree = _DEGREES[re.sub(r"[\s-]", "", found["degree"].lower())]
        return f"{_maybe(found['maybe'])}{degree} Metabolizer"
    if found := _FUNCTION.fullmatch(text):
        return f"{_maybe(found['maybe'])}{_LEVELS[found['level'].lower()]} Function"
    return ""


def genotype(text: str) -> Written | None:
    """A diplotype, one allele, or an rsID with its bases; None for what is none of them, or is ambiguous."""
    text = text.strip()
    if found := _DIPLOTYPE_AT.fullmatch(text):
        gene, again = found["gene"] or "", found["again"] or ""
        if gene and again and gene != again:
            return None
        return Written(gene or again, f"{found['one']}/{found['two']}", "diplotype")
    if found := _ALLELE_AT.fullmatch(text):
        return Written(found["gene"] or "", found["one"], "allele")
    if found := _VARIANT_AT.fullmatch(text):
        bases = f" {found['bases']}" if found["bases"] else ""
        return Written(found["gene"] or "", f"{found['rs']}{bases}", "variant")
    return gl_string(text)


def gl_string(text: str) -> Written | None:
    """One locus of a GL string; None where it lists alternatives (`/`, `|`), several loci (`^`), or is not well-formed."""
    found = _GL_AT.fullmatch(text.strip())
    if found is None or (found["again"] and found["again"] != found["gene"]):
        return None
    if not found["two"]:
        return Written(found["gene"], found["one"], "allele")
    return Written(found["gene"], f"{found['one']}/{found['two']}", "diplotype")


def looks_genetic(text: str) -> bool:
    """Is it written like a result for which only the code is missing?"""
    return bool(phenotype(text) or ((written := genotype(text)) and written.form == "diplotype"))


def alleles(result: str) -> tuple[str, ...]:
    """The alleles of a diplotype or of one allele, in order."""
    return tuple(sorted(result.split("/")))


def _maybe(word: str | None) -> str:
    return f"{word.capitalize()} " if word else ""
