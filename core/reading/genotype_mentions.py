"""Genetic results of coded resources as tasks take them: the mentions that a text with the same result would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..protocols import TermIndex
from ..types import FhirAddress, Genotype, Mention
from .fhir import WITHDRAWN


def from_genotypes(genotypes: Sequence[Genotype], terms: TermIndex) -> Iterator[Mention]:
    """Of each gene whose results hold: gene and results. Of a gene whose results contradict each other or are not final: the
    gene alone, so that a task knows it as a gene with a result that can't be used.

    Alleles that a diplotype of the case already holds are left out."""
    paired = {
        (one.gene, allele) for one in genotypes if one.holds and one.form == "diplotype" for allele in one.result.split("/")
    }
    named: set[str] = set()
    for one in genotypes:
        if one.negated or not isinstance(one.address, FhirAddress) or one.status in WITHDRAWN:
            continue
        if one.gene not in named:
            named.add(one.gene)
            found = terms.find(one.gene, origin=one.address.reference).of("gene")
            yield from (gene for gene in found if gene.text == one.gene)
        if one.holds and (one.gene, one.result) not in paired:
            kind, id_, name = _named(one)
            yield Mention(
                kind=kind,
                id=id_,
                name=name,
                text=one.result,
                start=0,
                end=len(one.result),
                origin=one.address.reference,
                gene=one.gene,
                how="given",
            )


def _named(one: Genotype) -> tuple[str, str, str]:
    """(kind, id, name), written as those of a text are."""
    if one.form == "activity_score":
        return "activity_score", f"SCORE:{one.gene}:{one.result}", one.result
    if one.form == "phenotype" or (one.form == "allele" and " " in one.result):
        return "pgx_phenotype", f"PGX:{one.gene}:{one.result}", one.result
    if one.form == "diplotype":
        return "diplotype", f"DIPLOTYPE:{one.gene}:{one.result}", one.result
    if one.form == "allele":
        return "variant", f"ALLELE:{one.gene}:{one.result}", f"{one.gene}{one.result}"
    name = one.result.split()[0] if one.result.startswith("rs") else one.result  # without its bases, as in a text
    return "variant", name, name
