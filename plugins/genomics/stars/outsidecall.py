"""An outside call as a `GeneCall`. It counts before a call from the VCF; that they are two, and differ, is said."""

from __future__ import annotations

from .calls import GeneCall
from .definitions import LOWEST_FUNCTION
from .names import JOINER, diplotype_name
from .outside import OutsideCall
from .phenotypes import PhenotypeTable

# The HLA alleles that CPIC's guidelines ask about: carried or not.
HLA_ALLELES = {"HLA-A": ("*31:01",), "HLA-B": ("*15:02", "*57:01", "*58:01")}


def call_outside(call: OutsideCall, table: PhenotypeTable, from_vcf: GeneCall | None = None) -> GeneCall:
    """`from_vcf`: the call of the same gene from the VCF, where there is one."""
    names = tuple(_name(alleles) for alleles in call.diplotypes)
    found = [_look_up(call.gene, alleles, table) for alleles in call.diplotypes] or [(None, None)]
    warnings = []
    if from_vcf is not None:
        ours = " or ".join(from_vcf.diplotypes) or ", ".join(from_vcf.haplotypes)
        warnings.append(f"the VCF gives {ours}; the outside call (line {call.line}) counts")
    phenotypes = tuple(call.phenotype or phenotype for phenotype, _ in found)
    table_says = {phenotype for phenotype, _ in found} - {None}
    if call.phenotype and table_says and table_says != {call.phenotype}:
        warnings.append("the phenotype given is not the one that the table gives for the diplotype; the given one counts")
    return GeneCall(
        gene=call.gene,
        status="called" if len(names) < 2 else "ambiguous",
        diplotypes=names,
        phenotypes=phenotypes,
        activity_scores=tuple(call.activity_score or score for _, score in found),
        reason="" if len(names) < 2 else "the outside call names several diplotypes",
        source="outside",
        version=table.version,
        warnings=tuple(warnings),
    )


def _name(alleles: tuple[str, ...]) -> str:
    return alleles[0] if len(alleles) == 1 else diplotype_name(*alleles)


def _look_up(gene: str, alleles: tuple[str, ...], table: PhenotypeTable) -> tuple[str | None, str | None]:
    if gene in HLA_ALLELES:
        return _carriage(gene, alleles), None
    if gene in LOWEST_FUNCTION and len(alleles) == 2:
        return table.lowest([a.strip("[]").split(JOINER) for a in alleles])
    phenotype, score = table.look_up(alleles)
    if phenotype is None and gene == "MT-RNR1":
        # written without the `m.` of the nomenclature
        return table.look_up([a if a.startswith("m.") else f"m.{a}" for a in alleles])
    return phenotype, score


def _carriage(gene: str, alleles: tuple[str, ...]) -> str | None:
    """`*15:02 negative; *57:01 positive; …`, from two alleles typed to two fields or more; else None."""
    if len(alleles) != 2 or any(a.count(":") < 1 for a in alleles):
        return None
    typed = {":".join(a.split(":")[:2]) for a in alleles}
    return "; ".join(f"{name} {'positive' if name in typed else 'negative'}" for name in HLA_ALLELES[gene])
