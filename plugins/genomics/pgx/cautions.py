"""What the loaded table of CPIC's recommendations does not say: lines that hold for a part of a phenotype, and lines that
CPIC has replaced since.

The table that comes with pypgx has one line for each phenotype. Where the guideline itself goes by activity score, that line
is one of several, and using it for the others would be wrong. Every entry names the guideline that it was read from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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
        carried = sorted({a for d in diplotypes for a in d.split("/")} & self.without)
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


def split_of(drug: str, conditions: Mapping[str, str]) -> Split | None:
    """The rule that decides whether the loaded line for `conditions` (gene → phenotype) may be used, if there is one."""
    return next((s for s in SPLITS if drug in s.drugs and conditions.get(s.gene) == s.phenotype), None)


def _number(score: str | None) -> float | None:
    try:
        return float(score or "")
    except ValueError:
        return None
