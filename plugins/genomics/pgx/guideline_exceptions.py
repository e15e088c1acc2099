"""What the loaded table of CPIC's recommendations does not say: lines that hold for a part of a phenotype, and lines that
CPIC has replaced since.

The table that comes with pypgx has one line for each phenotype. Where the guideline itself goes by activity score, that line
is one of several, and using it for the others would be wrong. Every entry names the guideline that it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_COPIES = re.compile(r"(?:\.\d{3})?(?:\s*[x×](?:\d+|N))?\Z")  # of `*10.002`, `*10x2`, `*10xN`


@dataclass(frozen=True)
class Split:
    """CPIC divides `gene`'s `phenotype` by activity score; the loaded line of `drugs` is that of the `scores`, and not for
    carriers of an allele in `without`."""

    gene: str
    phenotype: str
    drugs: frozenset[str]
    scores: frozenset[float]
    without: frozenset[str]
    guideline: str

    def why_not(self, scores: Sequence[str | None], diplotypes: Sequence[str]) -> str:
        """Why the loaded line may not be used for these activity scores and diplotypes, or the empty string."""
        holds = " or ".join(f"{score:g}" for score in sorted(self.scores))
        rule = f"CPIC divides {self.gene} {self.phenotype} by activity score, and the loaded line is that of {holds}"
        if not scores or any(score is None for score in scores):
            return f"{rule}; the score is not known ({self.guideline})"
        if any(_number(score) not in self.scores for score in scores):
            return f"{rule}, not of {' or '.join(dict.fromkeys(map(str, scores)))} ({self.guideline})"
        carried = sorted({a for d in diplotypes for a in alleles_of(d)} & self.without)
        if carried:
            return f"{rule} without {', '.join(carried)} ({self.guideline})"
        return ""


SPLITS = (
    # table 2 and 3 of the guideline: 1.5 is dosed as usual, 1 with the lowest dose, half of it, or another drug
    Split(
        gene="CYP2C9",
        phenotype="Intermediate Metabolizer",
        drugs=frozenset("celecoxib flurbiprofen ibuprofen lornoxicam meloxicam piroxicam tenoxicam".split()),
        scores=frozenset({1.5}),
        without=frozenset(),
        guideline="PMID:32189324",
    ),
    # table 3 of the guideline: below 1, and with *10, the dose is raised after two weeks, not after three days
    Split(
        gene="CYP2D6",
        phenotype="Intermediate Metabolizer",
        drugs=frozenset({"atomoxetine"}),
        scores=frozenset({1.0}),
        without=frozenset({"*10"}),
        guideline="PMID:30801677",
    ),
)

REPLACED: Mapping[str, str] = dict.fromkeys(
    "citalopram escitalopram fluvoxamine paroxetine sertraline".split(),
    "the loaded line is that of CPIC's guideline of 2015 (PMID:25974703); the one of 2023 (PMID:37032427) may say "
    "otherwise: open it",
)
"""Drug → what to tell beside its line."""


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


def split_of(drug: str, conditions: Mapping[str, str]) -> Split | None:
    """The rule that decides whether the loaded line for `conditions` (gene → phenotype) may be used, if there is one."""
    return next((s for s in SPLITS if drug in s.drugs and conditions.get(s.gene) == s.phenotype), None)


def _number(score: str | None) -> float | None:
    try:
        return float(score or "")
    except ValueError:
        return None
