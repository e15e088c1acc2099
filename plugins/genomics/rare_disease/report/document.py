"""A ranking as JSON. The fields are described in docs/rare-disease.md; they may grow in number, never change in meaning."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .report_text import LIMITS, UNLISTED, no_finding, untold

if TYPE_CHECKING:
    from ..patient.case_evidence import Subject
    from ..patient.findings import CaseFindings
    from ..scoring.ranker_cache import Loaded
    from ..scoring.results import DiseaseRanking, NextFinding, RankedDisease, Reason


def document(ranking: DiseaseRanking, read: CaseFindings, known: Subject, loaded: Loaded) -> dict[str, Any]:
    """Everything there is to tell. `known` is what else is known of the patient."""
    both = set(ranking.observed) & set(ranking.excluded)
    return {
        "observed": [asdict(f) for f in read.observed],
        "excluded": [asdict(f) for f in read.excluded],
        "context": known.data(),
        "used": {
            "observed": [id_ for id_ in ranking.observed if id_ not in both],
            "excluded": [id_ for id_ in ranking.excluded if id_ not in both],
        },
        "unread": list(dict.fromkeys((*read.unread, *map(no_finding, ranking.unread)))),
        "notes": [*read.notes, *known.notes, *ranking.notes],
        "diseases": [_disease(place, d) for place, d in enumerate(ranking.diseases, 1)],
        "rest": _number(ranking.rest),
        "tempering": _number(ranking.tempering),
        "next_findings": [_next(n) for n in ranking.next_findings],
        "sources": [{"id": id_, "version": version, "loaded_at": at} for id_, version, at in loaded],
        "limits": f"{UNLISTED} {LIMITS}" if read.worded else LIMITS,
    }


def _disease(place: int, d: RankedDisease) -> dict[str, Any]:
    return {
        "rank": place,
        "disease_id": d.disease_id,
        "name": d.name,
        "posterior": _number(d.posterior),
        "score": _number(d.score),
        "genes": list(d.genes),
        "also": list(d.also),
        "reasons": [_reason(r) for r in d.reasons],
        "untold": _number(untold(d)) if d.reasons else None,
    }


def _reason(r: Reason) -> dict[str, Any]:
    return {
        "term_id": r.term_id,
        "term": r.term,
        "excluded": r.excluded,
        "likelihood_ratio": _number(r.likelihood_ratio),
        "how": r.how,
        "frequency": None if r.frequency is None else _number(r.frequency),
        "support": [asdict(s) for s in r.support],
    }


def _next(n: NextFinding) -> dict[str, Any]:
    return {
        "term_id": n.term_id,
        "term": n.term,
        "gain": _number(n.gain),
        "frequencies": [{"disease_id": d, "frequency": _number(f)} for d, f in n.frequencies],
    }


def _number(x: float) -> float:
    """Six significant digits: more is noise, and the same on every machine."""
    return float(f"{float(x):.6g}")
