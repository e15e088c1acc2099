"""OBO ontologies: terms, hierarchy, definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from bedside.core.errors import SourceError
from bedside.core.types import GraphEdge, GraphNode, Term

from ..starter.hpo import ABNORMALITY, findings
from ..starter.obo import OboTerm, stanzas
from .archive_members import Item
from .document import Document, Section
from .edges import kind_of
from .read_session import Run
from .streams import text_lines

if TYPE_CHECKING:
    from bedside.core.types import Record

MOST_LINE = 2**20
_TERM_KINDS = {"Phenotype": "phenotype", "Disease": "disease", "Gene": "gene", "Drug": "drug"}
_GO = {
    "biological_process": "BiologicalProcess",
    "molecular_function": "MolecularFunction",
    "cellular_component": "CellularComponent",
}
_PAGES = {
    "HP": "https://hpo.jax.org/browse/term/{}",
    "DOID": "https://disease-ontology.org/?id={}",
    "MONDO": "https://monarchinitiative.org/{}",
}
UNKNOWN = "obo:Term"
"""Kind of node of an ontology whose subject is not known: a kind of its own that joins to everything."""


def read_obo(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """A node per term, an `is_a` edge per parent, a passage per definition and, for phenotypes, diseases, genes and drugs,
    the names to find it by in text. Obsolete terms, and parents that are not in the file, are skipped and reported."""
    terms: list[OboTerm] = []
    obsolete = nameless = orphans = 0
    for term in stanzas(text_lines(stream, item.where, MOST_LINE)):
        if term.obsolete:
            obsolete += 1
        elif not term.id or not term.name:
            nameless += 1
        else:
            terms.append(term)
    if not terms:
        raise SourceError(f"{item.where} holds no terms", hint="is it an OBO file with [Term] stanzas?")
    names = {term.id: term.name for term in terms}
    # of HPO only what lies below one term is a finding; modes of inheritance, onset and severity are not
    found = findings(terms) - {ABNORMALITY} if ABNORMALITY in names else None
    for term in terms:
        finding = found is None or not term.id.startswith("HP:") or term.id in found
        kind = _kind(term)
        yield _node(term, kind, run.source_id, finding)
        if kind in _TERM_KINDS and finding:
            yield _term(term, kind, run.source_id)
        if term.definition:
            yield from run.passages(_definition(term), item.where, kind="definition", more={kind.lower(): term.id})
    for term in terms:
        for parent in dict.fromkeys(term.parents):
            if parent in names:
                yield _is_a(term, parent, names, run.source_id)
            else:
                orphans += 1
    for count, why in (
        (obsolete, "obsolete terms"),
        (nameless, "terms without id or name"),
        (orphans, "parents not in the file"),
    ):
        if count:
            run.skip("term", item.where, f"{count} {why}")


def _kind(term: OboTerm) -> str:
    return kind_of(term.id) or _GO.get(term.namespace, UNKNOWN)


def _page(ident: str) -> str:
    prefix = ident.partition(":")[0]
    if not re.fullmatch(r"[A-Za-z]+:\w+", ident):
        return ""
    return _PAGES.get(prefix, "http://purl.obolibrary.org/obo/{}").format(
        ident if prefix in _PAGES else ident.replace(":", "_")
    )


def _node(term: OboTerm, kind: str, source_id: str, finding: bool) -> GraphNode:
    props: dict[str, object] = {"alternatives": term.alternatives}
    if kind == "Phenotype":
        props["finding"] = finding
    if term.xrefs:
        props["xrefs"] = term.xrefs
    return GraphNode(id=term.id, kind=kind, name=term.name, source_id=source_id, props=props)


def _term(term: OboTerm, kind: str, source_id: str) -> Term:
    exact = dict.fromkeys(text for text, scope, _ in term.synonyms if scope == "EXACT" and text != term.name)
    return Term(
        id=term.id,
        kind=cast(Literal["drug", "gene", "phenotype", "disease"], _TERM_KINDS[kind]),
        name=term.name,
        synonyms=tuple(exact),
        source_id=source_id,
        related=tuple(dict.fromkeys((*term.alternatives, *term.xrefs))),
    )


def _definition(term: OboTerm) -> Document:
    text = f"{term.name} ({term.id}): {term.definition}"
    exact = dict.fromkeys(text for text, scope, _ in term.synonyms if scope == "EXACT" and text != term.name)
    if exact:
        text += ("" if text.endswith((".", "!", "?")) else ".") + f" Also called: {', '.join(exact)}."
    return Document(id=term.id, title=term.name, sections=(Section("Definition", text),), url=_page(term.id))


def _is_a(term: OboTerm, parent: str, names: dict[str, str], source_id: str) -> GraphEdge:
    return GraphEdge.of(
        kind="is_a",
        start=term.id,
        end=parent,
        text=f"{term.name} ({term.id}) is a kind of {names[parent]} ({parent}).",
        source_id=source_id,
        url=_page(term.id),
    )
