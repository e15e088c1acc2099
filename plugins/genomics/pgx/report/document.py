"""From an assessment to the document that people and machines are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bedside.core.errors import ServiceError

from ..populations import population
from .types import (
    Alternative,
    ChartStep,
    DrugReport,
    GeneReport,
    LineReport,
    PgxDocument,
    PossibleLine,
    Site,
    SourceReport,
    UndocumentedSite,
)

if TYPE_CHECKING:
    from bedside.core import Services

    from ...named_alleles.calls import VariantSite
    from ..guidance_line import GuidanceLine
    from ..pipeline import Assessment, Assessor
    from ..quotes import LineQuotes
    from ..recommend import DrugRecommendation
    from ..results import GeneResult
    from ..warfarin import Step

NOTICE = "Bedside supports a clinician's decision; it is not a medical device."


def document(assessment: Assessment, assessor: Assessor, services: Services, problems: Sequence[str] = ()) -> PgxDocument:
    """`genes` and `recommendations`, with the file, the sample, what they rest on, and what the reader must know."""
    calls = assessment.calls
    loaded = assessor.tables.loaded if assessor.tables else None
    quotes = assessor.quotes
    files = assessor.files
    sources = {"pharmcat": SourceReport(files.title, files.version, files.licence, files.url)}
    for name, info in (("cpic", loaded.packaged), ("guidance", loaded.current)) if loaded else ():
        if info:
            sources[name] = SourceReport(info.title, info.version, info.licence, info.url)
    return PgxDocument(
        file=calls.file,
        sample=calls.sample,
        genes=tuple(gene(result) for result in assessment.genes.values()),
        recommendations=tuple(recommendation(r, quotes) for r in assessment.recommendations),
        not_assessed_drugs=assessment.unassessed or {},
        warnings=(*problems, *_warnings(assessment), *_changed(assessment, assessor)),
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
    edges = tuple(line.edge for line in r.lines) or r.pairs
    levels = r.pairs[0].props if r.pairs else edges[0].props if edges else {}
    chosen = r.line if r.status == "recommended" else None
    return DrugReport(
        drug=r.drug,
        drug_id=r.drug_id,
        given=r.given,
        status=r.status,
        urgency=r.urgency,
        genes=r.genes,
        text=chosen.text if chosen else None,
        reason=r.reason,
        notes=r.notes,
        possible=_possible(r.possible),
        strength=r.line.strength if r.line else str(levels.get("strength") or ""),
        cpic_level=levels.get("cpic_level") or None,
        cpic_status=levels.get("cpic_status") or None,
        guideline=next((e.url for e in edges if e.url), None),
        references=tuple(dict.fromkeys(ref for e in edges for ref in e.references)),
        evidence=tuple(quotes.evidence(e) for e in edges),
        lines=tuple(_line(line, quotes) for line in r.lines),
        against=r.against,
        chart=tuple(_step(step) for step in r.steps),
    )


def _step(step: Step) -> ChartStep:
    edge = step.edge
    return ChartStep(
        chart=str(edge.props["title"]),
        box=int(edge.props["place"]),
        text=step.text,
        notes=step.notes,
        strength=step.strength.lower(),
        person=step.said,
        url=edge.url,
        references=edge.references,
    )


def _line(line: GuidanceLine, quotes: LineQuotes) -> LineReport:
    evidence = quotes.evidence(line.edge)
    return LineReport(
        publisher=line.publisher_words,
        guideline=evidence.source.title,
        conditions=line.conditions,
        population=line.population,
        people=population(line.population, line.drug).words,
        strength=line.strength,
        text=line.text,
        recommends=line.recommends,
        implications=tuple(line.edge.props.get("implications") or ()),
        date=line.date,
        version=str(line.edge.props.get("guideline_version") or ""),
        dosing=bool(line.edge.props.get("dosing")),
        alternative=bool(line.edge.props.get("alternative")),
        packaged=line.packaged,
        licence=evidence.source.licence,
        url=line.edge.url,
        references=line.edge.references,
        evidence=evidence,
    )


def _sites(sites: Iterable[VariantSite]) -> tuple[Site, ...]:
    return tuple(Site(s.chrom, s.pos, s.rsid, s.alleles, s.phased, s.line or None) for s in sites)


def _possible(lines: Iterable[GuidanceLine]) -> tuple[PossibleLine, ...]:
    """One entry for each text of a publisher, with every combination that leads to it."""
    texts: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for line in lines:
        texts.setdefault((line.text, line.publisher_words, line.population), []).extend(line.conditions)
    return tuple(
        PossibleLine(text, tuple(conditions), publisher, population)
        for (text, publisher, population), conditions in texts.items()
    )


def _changed(assessment: Assessment, assessor: Assessor) -> list[str]:
    """That CPIC changed alleles of genes that have a result, after the definitions."""
    known = {gene for gene, result in assessment.genes.items() if result.state != "unknown"}
    try:
        return [said for gene, said in assessor.changed_genes.items() if gene in known]
    except ServiceError:  # the graph went away, which is reported already
        return []


def _warnings(assessment: Assessment) -> list[str]:
    out = list(assessment.calls.warnings)
    if assessment.missing_is_reference:
        out.insert(0, "positions that the file does not have were read as reference, because this was asked for")
    if assessment.problem:
        out.insert(0, f"there are no recommendations: {assessment.problem}")
    return out
