"""An assessment as it is reported: what `--json` prints and a line of `--batch` holds, in this order of fields.

The fields are described in docs/pharmacogenomics.md; they may grow in number, never change in meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bedside.core import Evidence

    from ...named_alleles.calls import MissingPosition
    from ...named_alleles.calls import Status as CallStatus
    from ..recommend import Status
    from ..urgency import Urgency


@dataclass(frozen=True)
class Site:
    """Alleles at a defining position. `line` is that of the VCF, None where it is not known."""

    chrom: str
    pos: int
    rsid: str
    alleles: tuple[str, ...]
    phased: bool
    line: int | None


@dataclass(frozen=True)
class UndocumentedSite:
    """Alleles at a defining position that no definition knows."""

    chrom: str
    pos: int
    rsid: str
    alleles: tuple[str, ...]
    line: int | None


@dataclass(frozen=True)
class Alternative:
    """A diplotype that fits the genotypes as well and ranks lower."""

    diplotype: str
    phenotype: str | None


@dataclass(frozen=True)
class GeneReport:
    """One gene. `phenotype` and `activity_score` are those that all diplotypes share, else None."""

    gene: str
    status: CallStatus
    diplotypes: tuple[str, ...]
    haplotypes: tuple[str, ...]
    phenotype: str | None
    activity_score: str | None
    missing_positions: tuple[MissingPosition, ...]
    reason: str
    phenotypes: tuple[str | None, ...]
    activity_scores: tuple[str | None, ...]
    cpic_phenotypes: tuple[str, ...]
    phenotype_reason: str
    alternatives: tuple[Alternative, ...]
    phenotype_from: str
    undocumented: tuple[UndocumentedSite, ...]
    uncallable_alleles: tuple[str, ...]
    variants: tuple[Site, ...]
    extra_positions: tuple[Site, ...]
    records: tuple[int, ...]
    source: Literal["vcf", "outside"]
    phased: bool
    definition_version: str
    warnings: tuple[str, ...]

    @property
    def assessed(self) -> bool:
        """Whether anything is known of the gene: its alleles, or a phenotype alone."""
        return self.status != "not_assessed" or bool(self.phenotype_from)


@dataclass(frozen=True)
class PossibleLine:
    """A text of a publisher and every combination of results (gene → result) that leads to it, in its population; no advice
    for the patient."""

    text: str
    conditions: tuple[Mapping[str, str], ...]
    publisher: str
    population: str


@dataclass(frozen=True)
class LineReport:
    """One line of guidance for the patient's results: who says what, for whom, how strongly, and as of when.

    `publisher` is CPIC, DPWG, "FDA label" or "FDA table of associations"; `conditions` are the combinations of results that
    it is for; `population` and `strength` are the publisher's words, empty where it gives none, `people` the former in
    plain words; `version` is the guideline's number; `dosing`, `alternative`: whether it holds a dose, or another drug;
    `packaged`: it is of the table that comes with Bedside, not of the guidance that was pulled."""

    publisher: str
    guideline: str
    conditions: tuple[Mapping[str, str], ...]
    population: str
    people: str
    strength: str
    text: str
    recommends: bool
    implications: tuple[str, ...]
    date: str
    version: str
    dosing: bool
    alternative: bool
    packaged: bool
    licence: str
    url: str
    references: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class ChartStep:
    """A box of a guideline that is a flow chart: its text and footnotes in the publisher's words, how strong it is, and
    whether the person is at it ("yes", "not known: the ancestry", "the answer is yes")."""

    chart: str
    box: int
    text: str
    notes: tuple[str, ...]
    strength: str
    person: str
    url: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class DrugReport:
    """One drug. `text` is the first of `lines`, CPIC's where it has one, None where there is none for what is known;
    `against`: a line says to avoid the drug; `chart` are the boxes of a flow chart that the person may be at; `given`
    says where the drug was named."""

    drug: str
    drug_id: str
    given: tuple[str, ...]
    status: Status
    urgency: Urgency
    genes: Mapping[str, str | None]
    text: str | None
    reason: str
    notes: tuple[str, ...]
    possible: tuple[PossibleLine, ...]
    strength: str
    cpic_level: str | None
    cpic_status: str | None
    guideline: str | None
    references: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    lines: tuple[LineReport, ...]
    against: bool
    chart: tuple[ChartStep, ...]


@dataclass(frozen=True)
class SourceReport:
    """What the assessment rests on."""

    title: str
    version: str
    licence: str
    url: str


@dataclass(frozen=True)
class PgxDocument:
    """One sample of one file. `made_at` is ISO 8601; `not_assessed_drugs` is by gene."""

    file: str
    sample: str
    genes: tuple[GeneReport, ...]
    recommendations: tuple[DrugReport, ...]
    not_assessed_drugs: Mapping[str, list[str]]
    warnings: tuple[str, ...]
    missing_is_reference: bool
    sources: Mapping[str, SourceReport]
    made_at: str
    notice: str
