"""From a ranking to the document that machines are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .report_text import LIMITS, UNLISTED, no_finding, untold
from .types import (
    DiseaseFrequency,
    DiseaseReport,
    LoadedSource,
    NextFindingReport,
    RankingDocument,
    ReasonReport,
    UsedFindings,
)

if TYPE_CHECKING:
    from ..patient.case_evidence import Subject
    from ..patient.findings import CaseFindings
    from ..scoring.ranker_cache import Loaded
    from ..scoring.results import DiseaseRanking, NextFinding, RankedDisease, Reason


def document(ranking: DiseaseRanking, read: CaseFindings, known: Subject, loaded: Loaded) -> RankingDocument:
    """Everything there is to report. `known` is what else is known of the patient."""
    both = set(ranking.observed) & set(ranking.excluded)
    return RankingDocument(
        observed=read.observed,
        excluded=read.excluded,
        context=known.data(),
        used=UsedFindings(
            tuple(id_ for id_ in ranking.observed if id_ not in both),
            tuple(id_ for id_ in ranking.excluded if id_ not in both),
        ),
        unread=tuple(dict.fromkeys((*read.unread, *map(no_finding, ranking.unread)))),
        notes=(*read.notes, *known.notes, *ranking.notes),
        diseases=tuple(_disease(place, d) for place, d in enumerate(ranking.diseases, 1)),
        rest=_number(ranking.rest),
        tempering=_number(ranking.tempering),
        next_findings=tuple(_next(n) for n in ranking.next_findings),
        sources=tuple(LoadedSource(*one) for one in loaded),
        limits=f"{UNLISTED} {LIMITS}" if read.worded else LIMITS,
    )


def _disease(place: int, d: RankedDisease) -> DiseaseReport:
    return DiseaseReport(
        rank=place,
        disease_id=d.disease_id,
        name=d.name,
        posterior=_number(d.posterior),
        score=_number(d.score),
        genes=d.genes,
        also=d.also,
        reasons=tuple(_reason(r) for r in d.reasons),
        untold=_number(untold(d)) if d.reasons else None,
    )


def _reason(r: Reason) -> ReasonReport:
    return ReasonReport(
        term_id=r.term_id,
        term=r.term,
        excluded=r.excluded,
        likelihood_ratio=_number(r.likelihood_ratio),
        how=r.how,
        frequency=None if r.frequency is None else _number(r.frequency),
        support=r.support,
    )


def _next(n: NextFinding) -> NextFindingReport:
    frequencies = tuple(DiseaseFrequency(disease, _number(frequency)) for disease, frequency in n.frequencies)
    return NextFindingReport(n.term_id, n.term, _number(n.gain), frequencies)


def _number(x: float) -> float:
    """Six significant digits."""
    return float(f"{float(x):.6g}")
