"""From an assessment to the document that people and machines are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..quotes import LineQuotes
from .types import Alternative, DrugReport, GeneReport, PgxDocument, PossibleLine, Site, SourceReport, UndocumentedSite

if TYPE_CHECKING:
    from bedside.core import GraphEdge, Services

    from ...named_alleles.calls import VariantSite
    from ..pipeline import Assessment, Assessor
    from ..recommend import DrugRecommendation
    from ..results import GeneResult

NOTICE = "Bedside supports a clinician's decision; it is not a medical device."


def document(assessment: Assessment, assessor: Assessor, services: Services, problems: Sequence[str] = ()) -> PgxDocument:
    """`genes` and `recommendations`, with the file, the sample, what they rest on, and what the reader must know."""
    calls = assessment.calls
    info = assessor.tables.info if assessor.tables else None
    quotes = LineQuotes(services)
    files = assessor.files
    sources = {"pharmcat": SourceReport(files.title, files.version, files.licence, files.url)}
    if info:
        sources["cpic"] = SourceReport(info.title, info.version, info.licence, info.url)
    return PgxDocument(
        file=calls.file,
        sample=calls.sample,
        genes=tuple(gene(result) for result in assessment.genes.values()),
        recommendations=tuple(recommendation(r, quotes) for r in assessment.recommendations),
        not_assessed_drugs=assessment.unassessed or {},
        warnings=(*problems, *_warnings(assessment)),
        missing_is_reference=assessment.missing_is_reference,
        sources=sources,
        made_at=services.now().isoformat(timespec="seconds"),
        notice=NOTICE,
    )


def gene(result: GeneResult) -> GeneReport:
    call = result.call
    return GeneReport(
        gene=call.gene,
        status=call.status,
        diplotypes=call.diplotypes,
        haplotypes=call.haplotypes,
        phenotype=call.phenotype,
        activity_score=call.activity_score,
        missing_positions=call.missing_positions,
        reason=call.reason,
        phenotypes=call.phenotypes,
        activity_scores=call.activity_scores,
        cpic_phenotypes=result.cpic,
        phenotype_reason=result.reason if result.state == "open" else "",
        alternatives=tuple(Alternative(name, phenotype) for name, phenotype in result.alternatives),
        phenotype_from=call.phenotype_from,
        undocumented=tuple(UndocumentedSite(u.chrom, u.pos, u.rsid, u.alleles, u.line or None) for u in call.undocumented),
        uncallable_alleles=call.uncallable,
        variants=_sites(call.variants),
        extra_positions=_sites(call.extra_positions),
        records=call.records,
        source=call.source,
        phased=call.phased,
        definition_version=call.version,
        warnings=tuple(dict.fromkeys([*call.warnings, *result.doubts])),
    )


def recommendation(r: DrugRecommendation, quotes: LineQuotes) -> DrugReport:
    chosen = r.line if r.status == "recommended" else None
    cited = (r.line,) if r.line else r.pairs
    levels = cited[0].props if cited else {}
    return DrugReport(
        drug=r.drug,
        drug_id=r.drug_id,
        given=r.given,
        status=r.status,
        urgency=r.urgency,
        genes=r.genes,
        text=chosen.props["recommendation"] if chosen else None,
        reason=r.reason,
        notes=r.notes,
        possible=_possible(r.possible),
        strength=str(levels.get("strength") or ""),
        cpic_level=levels.get("cpic_level") or None,
        cpic_status=levels.get("cpic_status") or None,
        guideline=next((e.url for e in cited if e.url), None),
        references=tuple(dict.fromkeys(ref for e in cited for ref in e.references)),
        evidence=tuple(quotes.evidence(e) for e in cited),
    )


def _sites(sites: Iterable[VariantSite]) -> tuple[Site, ...]:
    return tuple(Site(s.chrom, s.pos, s.rsid, s.alleles, s.phased, s.line or None) for s in sites)


def _possible(edges: Iterable[GraphEdge]) -> tuple[PossibleLine, ...]:
    """One entry for each text, with every combination that leads to it."""
    texts: dict[str, list[Mapping[str, str]]] = {}
    for edge in edges:
        texts.setdefault(str(edge.props["recommendation"]), []).append(edge.props["conditions"])
    return tuple(PossibleLine(text, tuple(conditions)) for text, conditions in texts.items())


def _warnings(assessment: Assessment) -> list[str]:
    out = list(assessment.calls.warnings)
    if assessment.missing_is_reference:
        out.insert(0, "positions that the file does not have were read as reference, because this was asked for")
    if assessment.problem:
        out.insert(0, f"there are no recommendations: {assessment.problem}")
    return out
