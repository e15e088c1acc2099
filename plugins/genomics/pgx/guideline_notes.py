"""What a guideline says of one diplotype beside its line for a phenotype or a score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_COPIES = re.compile(r"(?:\.\d{3})?(?:\s*[x×](?:\d+|N))?\Z")  # of `*10.002`, `*10x2`, `*10xN`


@dataclass(frozen=True)
class GenotypeNote:
    """What a guideline says of one diplotype beside the line for its phenotype."""

    gene: str
    alleles: tuple[str, str]
    drugs: frozenset[str]
    told: str


NOTES = (
    # the update of November 2018 of the guideline, which gives 50 % as the reduction for activity scores 1 and 1.5
    GenotypeNote(
        gene="DPYD",
        alleles=("c.2846A>T", "c.2846A>T"),
        drugs=frozenset({"fluorouracil", "capecitabine"}),
        told="CPIC's guideline (PMID:29152729, update of November 2018) says that c.2846A>T on both copies may need the "
        "dose to be reduced by more than 50 %: open it",
    ),
)


def notes_of(drug: str, gene: str, diplotypes: Sequence[str]) -> list[str]:
    """What to tell beside the line for a drug, by the diplotypes of a gene."""
    found = [tuple(sorted(alleles_of(d))) for d in diplotypes]
    return [n.told for n in NOTES if n.gene == gene and drug in n.drugs and tuple(sorted(n.alleles)) in found]


def alleles_of(diplotype: str) -> Iterator[str]:
    """The alleles of a diplotype, without copy numbers and sub-alleles: `*36+*10x2/*4.001` → *36, *10, *4."""
    for strand in diplotype.split("/"):
        for part in re.split(r"\+(?=\*)|\s\+\s", strand.strip("[] ")):
            yield _COPIES.sub("", part.strip("[] "))
