"""PharmCAT's words for a phenotype or an allele, as CPIC's tables write them.

The words of both come from CPIC, so most are the same, and what is the same needs no entry. Only what stands here is ever
translated: another word that CPIC's tables do not have is reported, not guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

INDETERMINATE = "Indeterminate"
_RISK = "risk of aminoglycoside-induced hearing loss"
PHENOTYPES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        # CPIC's guideline of ivacaftor speaks of people with cystic fibrosis; its table calls the two results a response.
        ("CFTR", "ivacaftor responsive in CF patients"): "Favorable Response",
        ("CFTR", "ivacaftor non-responsive in CF patients"): "Unfavorable Response",
        ("G6PD", "Normal"): "G6PD Normal",
        ("G6PD", "Variable"): "G6PD Variable",
        ("G6PD", "Deficient"): "G6PD Deficient",
        ("G6PD", "Deficient with CNSHA"): "G6PD Deficient with CNSHA",
        ("G6PD", "Indeterminate"): "G6PD Indeterminate",
        ("MT-RNR1", f"normal {_RISK}"): "Normal Risk of Aminoglycoside-Induced Hearing Loss",
        ("MT-RNR1", f"increased {_RISK}"): "Increased Risk of Aminoglycoside-Induced Hearing Loss",
        ("MT-RNR1", f"uncertain {_RISK}"): "Uncertain Risk of Aminoglycoside-Induced Hearing Loss",
    }
)
"""(gene, PharmCAT's words) → CPIC's words."""

ALLELES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        # IFNL3's phenotype goes by rs12979860 (CPIC, PMID:24096968); PharmCAT has no phenotype for it.
        ("IFNL3", "rs12979860 reference (C)"): "Reference",
        ("IFNL3", "rs12979860 variant (T)"): "rs12979860",
    }
)
"""(gene, PharmCAT's allele) → CPIC's allele, for genes whose phenotype is looked up in CPIC's tables."""

MALE = "MALE"
"""What CPIC's G6PD table writes beside the one allele of a person with one X chromosome."""

# `G6PD Indeterminate` is no normal result, and an unknown word is none either.
NORMAL = frozenset(
    {
        *("Normal Metabolizer", "Normal Function", "G6PD Normal", "Normal Risk of Aminoglycoside-Induced Hearing Loss"),
        *("*31:01 negative", "*15:02 negative", "*57:01 negative", "*58:01 negative"),
    }
)
"""Phenotypes after which a guideline that is not in the tables is less pressing."""


def cpic_phenotype(gene: str, phenotype: str, known: Collection[str]) -> str | None:
    """CPIC's words for `phenotype`, or None when neither its tables (`known`) nor `PHENOTYPES` have it."""
    plain = " ".join(phenotype.split())
    written = PHENOTYPES.get((gene, plain), plain)
    return next((word for word in known if word.casefold() == written.casefold()), None)


def cpic_alleles(gene: str, diplotype: str) -> str:
    """A diplotype as CPIC's tables write it; a single allele of G6PD is that of a male."""
    names = [ALLELES.get((gene, name), name) for name in diplotype.split("/")]
    if gene == "G6PD" and len(names) == 1:
        names.append(MALE)
    return "/".join(names)


def all_normal(phenotype: str) -> bool:
    """Whether a phenotype, or each part of `*15:02 negative; *57:01 positive`, is a usual result."""
    return all(part.strip() in NORMAL for part in phenotype.split(";"))
