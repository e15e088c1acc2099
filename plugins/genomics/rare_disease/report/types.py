"""A ranking as it is reported: what `--json` prints, in this order of fields.

The fields are described in docs/rare-disease.md; they may grow in number, never change in meaning. Numbers have six
significant digits: more is noise, and these are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..patient.case_evidence import KnownOfPatient
    from ..patient.findings import Finding
    from ..scoring.results import FindingSupport, How


@dataclass(frozen=True)
class UsedFindings:
    """Ids of the findings that counted."""

    observed: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class ReasonReport:
    """How much one finding speaks for (above 1) or against (below 1) a disease, and the annotations this rests on."""

    term_id: str
    term: str
    excluded: bool
    likelihood_ratio: float
    how: How
    frequency: float | None
    support: tuple[FindingSupport, ...]


@dataclass(frozen=True)
class DiseaseReport:
    """`rank` from 1. `score` is a natural log. `untold`: the factor of what is annotated and was not reported of the
    patient, None for a disease without reasons."""

    rank: int
    disease_id: str
    name: str
    posterior: float
    score: float
    genes: tuple[str, ...]
    also: tuple[str, ...]
    reasons: tuple[ReasonReport, ...]
    untold: float | None


@dataclass(frozen=True)
class DiseaseFrequency:
    """P(finding | disease)."""

    disease_id: str
    frequency: float


@dataclass(frozen=True)
class NextFindingReport:
    """A finding to look for; `gain` in bits."""

    term_id: str
    term: str
    gain: float
    frequencies: tuple[DiseaseFrequency, ...]


@dataclass(frozen=True)
class LoadedSource:
    """A source that the ranking rests on. `loaded_at` is ISO 8601."""

    id: str
    version: str
    loaded_at: str


@dataclass(frozen=True)
class RankingDocument:
    """One patient. `rest` is the posterior of all diseases not listed, `tempering` the power of the findings' ratios."""

    observed: tuple[Finding, ...]
    excluded: tuple[Finding, ...]
    context: KnownOfPatient
    used: UsedFindings
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    diseases: tuple[DiseaseReport, ...]
    rest: float
    tempering: float
    next_findings: tuple[NextFindingReport, ...]
    sources: tuple[LoadedSource, ...]
    limits: str
