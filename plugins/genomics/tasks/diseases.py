"""The question task: which diseases explain the findings, each with the annotations that it rests on.

The order is the ranker's (`rare_disease/`); every sentence says only what the cited annotations say. Probabilities and
weights stand in the ranking and its picture before the sentences, since no source states them (`disease_blocks.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedside.core import GraphEdge, Services, TaskRequest, TaskResult
from bedside.core.types import Draft

from ..cite import Citer
from .disease_blocks import ranked_table, weights_figure

if TYPE_CHECKING:
    from ..rare_disease.patient.case_evidence import Subject
    from ..rare_disease.scoring.results import DiseaseRanking, FindingSupport, RankedDisease, Reason

_RANKED, _SHOWN = 10, 5
_LEAST = 0.01
"""Diseases with a posterior below this are shown only when nothing is above."""
_STANDS_OUT = 0.5
"""When all that is not shown has more than this together, the reader is told."""
_QUOTED = frozenset({"annotated", "more_specific", "more_general"})
"""How a finding must be explained for its annotation to be quoted. A relative's annotation says nothing of the disease."""


@dataclass(frozen=True)
class _Shown:
    """A disease with one annotation for each finding that it explains."""

    disease: RankedDisease
    lines: tuple[FindingSupport, ...]


def run(request: TaskRequest, services: Services) -> TaskResult:
    from ..rare_disease.model.load_annotations import knowledge
    from ..rare_disease.patient.case_evidence import subject_of, with_person
    from ..rare_disease.patient.findings import contradictions, of_facts, of_other_sex
    from ..rare_disease.scoring.ranker import Patient
    from ..rare_disease.scoring.ranker_cache import shared_ranker

    findings = of_facts(request.facts)
    version = knowledge(services)[1][1]
    known = with_person(subject_of(request.question.case), request.facts.patient).checked()
    patient = Patient(
        observed=[f.id for f in findings.observed], excluded=[f.id for f in findings.excluded], context=known.context()
    )
    if len(patient.observed) < 2:
        searched = f"HPO disease annotations ({version})"
        return TaskResult.none(searched, notes=("one finding does not tell diseases apart; give two or more",))
    with shared_ranker(services) as ranker:
        ranking = ranker.rank(patient, top=_RANKED, reasons=_RANKED)
        odd = contradictions(patient.observed, patient.excluded, ranker.scorer.ontology)
        odd += of_other_sex(patient.observed, known.sex, ranker.scorer.ontology)
        candidates = ranker.candidates
        searched = f"HPO disease annotations ({version}, {ranker.scorer.diseases:,} diseases)"
    need = 2 if len(ranking.observed) < 5 else 3
    shown = _shown(ranking, need)
    notes = (*known.notes, *odd, *ranking.notes, *_variant_notes(request), *_ranking_notes(ranking, shown, known))
    if not shown:
        return TaskResult.none(searched, notes=(*notes, f"no disease is annotated with {need} of these findings"))
    edges = {e.id: e for e in services.graph.edges([line.edge_id for one in shown for line in one.lines])}
    cite = Citer(services)
    evidence, drafts, cited_by = [], [], []
    for one in shown:
        cited = [cite.edge(edge, kind="annotation") for edge in _edges(one, edges)]
        evidence += cited
        told = ", ".join(f"{line.term} ({line.term_id})" for line in one.lines)
        text = f"{one.disease.name} ({one.disease.disease_id}) has the finding {told}."
        ids = tuple(e.id for e in cited)
        drafts.append(Draft(text=text, evidence=ids))
        cited_by.append((one.disease, ids))
    blocks = (ranked_table(cited_by, candidates), weights_figure(cited_by, searched))
    return TaskResult.found(evidence, drafts=tuple(drafts), searched=(searched,), notes=notes, blocks=blocks)


def _shown(ranking: DiseaseRanking, need: int) -> list[_Shown]:
    """The likely diseases that can be quoted with at least `need` findings; if none is likely, the first all the same."""
    quotable = [_Shown(d, lines) for d in ranking.diseases if len(lines := _lines(d.reasons)) >= need]
    likely = [one for one in quotable if one.disease.posterior >= _LEAST]
    return (likely or quotable)[:_SHOWN]


def _lines(reasons: tuple[Reason, ...]) -> tuple[FindingSupport, ...]:
    """The first annotation of each finding that is there, each once."""
    lines = {r.support[0].edge_id: r.support[0] for r in reasons if not r.excluded and r.how in _QUOTED and r.support}
    return tuple(lines.values())


def _edges(one: _Shown, edges: dict[str, GraphEdge]) -> list[GraphEdge]:
    return [edges[line.edge_id] for line in one.lines]


def _ranking_notes(ranking: DiseaseRanking, shown: list[_Shown], known: Subject) -> list[str]:
    """What the table does not show: what else counted, what is ranked but can't be quoted, and how much that leaves."""
    from ..rare_disease.report.report_text import percent

    notes = []
    if known.words():
        notes.append(f"counted in the ranking too: {', '.join(known.words())}")
    quoted = {one.disease.disease_id for one in shown}
    least = min((one.disease.posterior for one in shown), default=_LEAST)
    inferred = [
        f"{d.name} ({d.disease_id}) {percent(d.posterior)}"
        for d in ranking.diseases[:_SHOWN]
        if d.disease_id not in quoted and d.posterior >= max(least, _LEAST)
    ]
    if inferred:
        notes.append(
            "ranked as likely but not in the table, since too few of the findings are annotated of them (the rest is known "
            f"of related diseases): {'; '.join(inferred)}"
        )
    rest = 1.0 - sum(one.disease.posterior for one in shown)
    if shown and rest > _STANDS_OUT:
        notes.append(f"no disease stands out: all that are not in the table have {percent(rest)} together")
    return notes


def _variant_notes(request: TaskRequest) -> list[str]:
    return [
        f"the variants of {file.name} did not count in the ranking of diseases: bedside genomics rank --case {file.name}"
        for file in request.question.case.files
        if file.need == "vcf"
    ]
