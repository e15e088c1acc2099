"""Lines as records of the graph: a drug, a line of guidance, the gene that it goes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bedside.core.types import GraphEdge, Passage, Term

from ..starter.cpic_genes import gene_node
from ..starter.cpic_lines import changed_since
from ..starter.drug_ids import drug_id, drug_node, related_ids
from .line import Key, Line, Publisher
from .scores import phenotype_of, score_of
from .words import NO_RESULT, head_of, people_of

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "pharmcat-guidance"
_LICENCES = {
    "CPIC": "CC0 1.0 (https://cpicpgx.org/license/)",
    "DPWG": "CC BY-SA 4.0 (ClinPGx)",
    "FDA": "the FDA's words: public domain; ClinPGx's annotation: CC BY-SA 4.0",
}


def records(lines: Iterable[Line]) -> Iterator[Record]:
    """Nodes before the edges that use them."""
    seen: set[str] = set()
    for line in lines:
        if line.drug not in seen:
            seen.add(line.drug)
            yield drug_node(line.drug, ID)
            if drug_id(line.drug).startswith("DRUG:"):
                yield Term(id=drug_id(line.drug), kind="drug", name=line.drug, source_id=ID, related=related_ids(line.drug))
        gene = _gene(line)
        if gene not in seen:
            seen.add(gene)
            yield gene_node(gene)
            yield Term(id=f"GENE:{gene}", kind="gene", name=gene, source_id=ID)
        yield from _line(line, gene)


def _gene(line: Line) -> str:
    """The first that somebody has a result of."""
    return next((gene for key in line.keys for gene, value in key if value != NO_RESULT), line.keys[0][0][0])


def _phenotypes(key: Key, publisher: Publisher) -> dict[str, str]:
    """Of the activity scores of a key: a result without a score may be any of them."""
    found = {gene: score_of(value) for gene, value in key if isinstance(value, str)}
    named = {gene: phenotype_of(gene, score[0], publisher) for gene, score in found.items() if score}
    return {gene: phenotype for gene, phenotype in named.items() if phenotype}


def _changed(line: Line) -> list[str]:
    """What CPIC changed since, said beside the line."""
    if line.publisher != "CPIC":
        return []
    keys = [{gene: value for gene, value in key if isinstance(value, str)} for key in line.keys]
    return list(dict.fromkeys(text for key in keys for text in changed_since(line.drug, key, line.date)))


def _results(line: Line) -> dict[str, list[str]]:
    """Gene → the phenotypes that the line is for."""
    out: dict[str, dict[str, None]] = {}
    for key in line.keys:
        named = _phenotypes(key, line.publisher)
        for gene, value in key:
            if isinstance(value, str) and value != NO_RESULT:
                out.setdefault(gene, {})[named.get(gene, value)] = None
    return {gene: list(values) for gene, values in out.items()}


def _line(line: Line, gene: str) -> Iterator[Record]:
    text = f"{head_of(line)}: {line.text}"
    props: dict[str, Any] = {
        "drug": line.drug,
        "publisher": line.publisher,
        "kind": line.kind,
        "keys": [{gene: value if isinstance(value, str) else dict(value) for gene, value in key} for key in line.keys],
        "phenotypes": [_phenotypes(key, line.publisher) for key in line.keys],
        "results": _results(line),
        "population": line.population,
        "people": people_of(line),
        "strength": line.strength,
        "recommendation": line.text,
        "implications": list(line.implications),
        "guideline": line.guideline,
        "guideline_version": line.version,
        "date": line.date,
        "dosing": line.dosing,
        "alternative": line.alternative,
        "other_guidance": line.other_guidance,
        "title": line.guideline.removeprefix("Annotation of ").replace("Guideline for", "guideline for"),
        "version": f"data of {line.date}" if line.date else "",
        "licence": _LICENCES[line.publisher],
    }
    if notes := _changed(line):
        props["notes"] = [{"text": text} for text in notes]
    yield GraphEdge.of(
        kind="recommendation" if line.recommends else "no_recommendation",
        start=drug_id(line.drug),
        end=f"GENE:{gene}",
        text=text,
        source_id=ID,
        url=line.url,
        references=line.pmids,
        props=props,
    )
    if line.recommends:
        yield Passage.of(
            source_id=ID,
            text=text,
            title=head_of(line),
            kind="guideline",
            url=line.url,
            references=line.pmids,
            fields={"drug": line.drug, "gene": gene, "publisher": line.publisher, "strength": line.strength},
        )
