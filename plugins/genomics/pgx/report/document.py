"""An assessment as plain data: what `--json` prints, what a line of `--batch` holds, and what the report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..quotes import LineQuotes

if TYPE_CHECKING:
    from bedside.core import GraphEdge, Services

    from ..pipeline import Assessment, Assessor
    from ..recommend import DrugRecommendation
    from ..results import GeneResult

NOTICE = "Bedside supports a clinician's decision; it is not a medical device."


def document(assessment: Assessment, assessor: Assessor, services: Services, problems: Sequence[str] = ()) -> dict[str, Any]:
    """`genes` and `recommendations`, with the file, the sample, what they rest on, and what the reader must know."""
    calls = assessment.calls
    info = assessor.tables.info if assessor.tables else None
    quotes = LineQuotes(services)
    return {
        "file": calls.file,
        "sample": calls.sample,
        "genes": [gene(result) for result in assessment.genes.values()],
        "recommendations": [recommendation(r, quotes) for r in assessment.recommendations],
        "not_assessed_drugs": assessment.unassessed or {},
        "warnings": [*problems, *_warnings(assessment)],
        "missing_is_reference": assessment.missing_is_reference,
        "sources": {
            "pharmcat": {
                "title": assessor.files.title,
                "version": assessor.files.version,
                "licence": assessor.files.licence,
                "url": assessor.files.url,
            },
            **(
                {"cpic": {"title": info.title, "version": info.version, "licence": info.licence, "url": info.url}}
                if info
                else {}
            ),
        },
        "made_at": services.now().isoformat(timespec="seconds"),
        "notice": NOTICE,
    }


def gene(result: GeneResult) -> dict[str, Any]:
    """`phenotype` and `activity_score` are those that all diplotypes share, else null."""
    call = result.call
    return {
        "gene": call.gene,
        "status": call.status,
        "diplotypes": list(call.diplotypes),
        "haplotypes": list(call.haplotypes),
        "phenotype": call.phenotype,
        "activity_score": call.activity_score,
        "missing_positions": [
            {"chrom": m.chrom, "pos": m.pos, "rsid": m.rsid, "why": m.why} for m in call.missing_positions
        ],
        "reason": call.reason,
        "phenotypes": list(call.phenotypes),
        "activity_scores": list(call.activity_scores),
        "cpic_phenotypes": list(result.cpic),
        "phenotype_reason": result.reason if result.state == "open" else "",
        "alternatives": [{"diplotype": name, "phenotype": phenotype} for name, phenotype in result.alternatives],
        "phenotype_from": call.phenotype_from,
        "undocumented": [
            {"chrom": u.chrom, "pos": u.pos, "rsid": u.rsid, "alleles": list(u.alleles), "line": u.line or None}
            for u in call.undocumented
        ],
        "uncallable_alleles": list(call.uncallable),
        "variants": _sites(call.variants),
        "extra_positions": _sites(call.extra_positions),
        "records": list(call.records),
        "source": call.source,
        "phased": call.phased,
        "definition_version": call.version,
        "warnings": list(dict.fromkeys([*call.warnings, *result.doubts])),
    }


def _sites(sites: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "chrom": s.chrom,
            "pos": s.pos,
            "rsid": s.rsid,
            "alleles": list(s.alleles),
            "phased": s.phased,
            "line": s.line or None,
        }
        for s in sites
    ]


def recommendation(r: DrugRecommendation, quotes: LineQuotes) -> dict[str, Any]:
    """`text` is CPIC's line, null where there is none for what is known; `possible` is never advice for the patient."""
    chosen = r.line if r.status == "recommended" else None
    cited = [r.line] if r.line else list(r.pairs)
    levels = cited[0].props if cited else {}
    return {
        "drug": r.drug,
        "drug_id": r.drug_id,
        "given": list(r.given),
        "status": r.status,
        "urgency": r.urgency,
        "genes": dict(r.genes),
        "text": chosen.props["recommendation"] if chosen else None,
        "reason": r.reason,
        "notes": list(r.notes),
        "possible": _possible(r.possible),
        "strength": _strength(levels),
        "cpic_level": levels.get("cpic_level") or None,
        "cpic_status": levels.get("cpic_status") or None,
        "guideline": next((e.url for e in cited if e.url), None),
        "references": list(dict.fromkeys(ref for e in cited for ref in e.references)),
        "evidence": [quotes.of(e) for e in cited],
    }


def _possible(edges: Sequence[GraphEdge]) -> list[dict[str, Any]]:
    """One entry for each text, with every combination that leads to it."""
    texts: dict[str, list[Mapping[str, str]]] = {}
    for edge in edges:
        texts.setdefault(str(edge.props["recommendation"]), []).append(edge.props["conditions"])
    return [{"text": text, "conditions": [dict(c) for c in conditions]} for text, conditions in texts.items()]


def _strength(levels: Mapping[str, Any]) -> str:
    return f"CPIC level {levels['cpic_level']} ({levels['cpic_status']})" if levels.get("cpic_level") else ""


def _warnings(assessment: Assessment) -> list[str]:
    out = list(assessment.calls.warnings)
    if assessment.missing_is_reference:
        out.insert(0, "positions that the file does not have were read as reference, because this was asked for")
    if assessment.problem:
        out.insert(0, f"there are no recommendations: {assessment.problem}")
    return out
