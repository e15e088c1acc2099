"""The question task: which diseases explain the findings, each with the annotations that it rests on.

The order is the ranker's (`rare_disease/`); every sentence says only what the cited annotations say. Probabilities stand in
the block beside the sentences, since no source states them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedside.core import GraphEdge, Services, TaskRequest, TaskResult
from bedside.core.types import Draft, RankedItem, Ranking

from ..cite import Citer

if TYPE_CHECKING:
    from ..rare_disease.patient.case_evidence import Subject
    from ..rare_disease.scoring.results import DiseaseRanking, FindingSupport, RankedDisease, Reason

_RANKED, _SHOWN = 10, 5
_LEAST = 0.01
"""Diseases with a posterior below this are shown only when nothing is above."""
_QUOTED = frozenset({"annotated", "more_specific", "more_general"})
"""How a finding must be explained for its annotation to be quoted. A relative's annotation says nothing of the disease."""


@dataclass(frozen=True)
class _Shown:
    """A disease with one annotation for each finding that it explains."""

    disease: RankedDisease
    lines: tuple[FindingSupport, ...]


def run(request: TaskRequest, services: Services) -> TaskResult:
    from ..rare_disease.model.load_annotations import knowledge
    from ..rare_disease.patient.case_evidence import subject_of
    from ..rare_disease.patient.findings import contradictions, of_facts
    from ..rare_disease.scoring.ranker import Patient
    from ..rare_disease.scoring.ranker_cache import shared_ranker

    findings = of_facts(request.facts)
    version = knowledge(services)[1][1]
    known = subject_of(request.question.case).checked()
    patient = Patient(
        observed=[f.id for f in findings.observed], excluded=[f.id for f in findings.excluded], context=known.context()
    )
    if len(patient.observed) < 2:
        searched = f"HPO disease annotations ({version})"
        return TaskResult.none(searched, notes=("one finding does not tell diseases apart; give two or more",))
    with shared_ranker(services) as ranker:
        ranking = ranker.rank(patient, top=_RANKED, reasons=_RANKED)
        odd = contradictions(patient.observed, patient.excluded, ranker.scorer.ontology)
        candidates = ranker.scorer.diseases
        searched = f"HPO disease annotations ({version}, {candidates:,} diseases)"
    need = 2 if len(ranking.observed) < 5 else 3
    shown = _shown(ranking, need)
    notes = (*known.notes, *odd, *ranking.notes, *_variant_notes(request), _order_note(ranking, shown, known))
    if not shown:
        return TaskResult.none(searched, notes=(*notes, f"no disease is annotated with {need} of these findings"))
    edges = {e.id: e for e in services.graph.edges([line.edge_id for one in shown for line in one.lines])}
    cite = Citer(services)
    evidence, drafts, items = [], [], []
    for one in shown:
        cited = [cite.edge(edge, kind="annotation") for edge in _edges(one, edges)]
        evidence += cited
        told = ", ".join(f"{line.term} ({line.term_id})" for line in one.lines)
        text = f"{one.disease.name} ({one.disease.disease_id}) has the finding {told}."
        ids = tuple(e.id for e in cited)
        drafts.append(Draft(text=text, evidence=ids))
        items.append(_item(one.disease, ids))
    title = "Diseases that explain the findings"
    block = Ranking(title=title, score="posterior probability", items=tuple(items), total=candidates)
    return TaskResult.found(evidence, drafts=tuple(drafts), searched=(searched,), notes=notes, blocks=(block,))


def _item(disease: RankedDisease, evidence: tuple[str, ...]) -> RankedItem:
    """A row of the ranking: each finding with its likelihood ratio, those that speak for the disease and those against."""
    from ..rare_disease.report.report_text import finding, times

    def words(reasons: list[Reason]) -> tuple[str, ...]:
        return tuple(f"{finding(r)} {times(r.likelihood_ratio)}" for r in reasons)

    return RankedItem(
        id=disease.disease_id,
        name=disease.name,
        score=disease.posterior,
        supporting=words([r for r in disease.reasons if r.likelihood_ratio > 1]),
        opposing=words([r for r in disease.reasons if r.likelihood_ratio < 1]),
        evidence=evidence,
        details={"genes": ", ".join(disease.genes)} if disease.genes else {},
    )


def _shown(ranking: DiseaseRanking, need: int) -> list[_Shown]:
    """The likely diseases that can be quoted with at least `need` findings; if none is likely, the likeliest."""
    quotable = [_Shown(d, lines) for d in ranking.diseases if len(lines := _lines(d.reasons)) >= need]
    likely = [one for one in quotable if one.disease.posterior >= _LEAST]
    return (likely or quotable[:1])[:_SHOWN]


def _lines(reasons: tuple[Reason, ...]) -> tuple[FindingSupport, ...]:
    """The first annotation of each finding that is there, each once."""
    lines = {r.support[0].edge_id: r.support[0] for r in reasons if not r.excluded and r.how in _QUOTED and r.support}
    return tuple(lines.values())


def _edges(one: _Shown, edges: dict[str, GraphEdge]) -> list[GraphEdge]:
    return [edges[line.edge_id] for line in one.lines]


def _order_note(ranking: DiseaseRanking, shown: list[_Shown], known: Subject) -> str:
    from ..rare_disease.report.report_text import percent

    told = "; ".join(f"{d.name} ({d.disease_id}) {percent(d.posterior)}" for d in ranking.diseases[:_SHOWN])
    quoted = {one.disease.disease_id for one in shown}
    inferred = [d.disease_id for d in ranking.diseases[:_SHOWN] if d.disease_id not in quoted and d.posterior >= _LEAST]
    why = f"; {', '.join(inferred)}: by what is known of related diseases, which is not quoted" if inferred else ""
    also = f"; counted too: {', '.join(known.words())}" if known.words() else ""
    told += f"; all others {percent(_others(ranking))}"
    return f"ranked by posterior probability: {told}{why}{also}; the weight of each finding: bedside genomics rank"


def _others(ranking: DiseaseRanking) -> float:
    return ranking.rest + sum(d.posterior for d in ranking.diseases[_SHOWN:])


def _variant_notes(request: TaskRequest) -> list[str]:
    return [
        f"the variants of {file.name} did not count in the ranking of diseases: bedside genomics rank --case {file.name}"
        for file in request.question.case.files
        if file.need == "vcf"
    ]
