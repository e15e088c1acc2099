"""A user's own graph edges, one a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from bedside.core.errors import SourceError, StoreError
from bedside.core.graph.vocabulary import CONFIDENCE, LICENCE, check_edge, check_ends, check_node, edge_label
from bedside.core.toolkit.references import any_pmid
from bedside.core.types import GraphEdge, GraphNode

from .archive_members import Item
from .read_session import Ids, Run
from .rows import table_rows
from .starter_nodes import gene, starter_node

if TYPE_CHECKING:
    from bedside.core.types import Record

COLUMNS = ("start", "end", "kind")
_KINDS = {
    "HP": "Phenotype", "OMIM": "Disease", "ORPHA": "Disease", "DECIPHER": "Disease", "DOID": "Disease", "MONDO": "Disease",
    "GENE": "Gene", "HGNC": "Gene", "NCBIGene": "Gene", "RXNORM": "Drug", "DRUGBANK": "Drug", "DRUG": "Drug", "ATC": "Drug",
    "ICD10CM": "Icd10Code", "PMID": "Publication", "DOI": "Publication", "UBERON": "Anatomy", "SYMP": "Symptom",
}  # fmt: skip
_USED = {*COLUMNS, "text", "pmids", "url", "licence", "license", "confidence"} | {
    f"{end}_{what}" for end in ("start", "end") for what in ("name", "kind")
}
_SPLIT = re.compile(r"[|;,\s]+")


def kind_of(ident: str) -> str:
    """The kind of node that an id of this prefix stands for; empty where that is not known."""
    return _KINDS.get(ident.partition(":")[0], "")


def read_edges(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """Nodes and edges of a TSV or CSV file with the columns start, end and kind.

    Also read, where present: `text` (the sentence that states the edge; made of the names without it), `pmids` (any
    separator), `url`, `licence`, `confidence` (0 to 1), and `start_name`, `start_kind`, `end_name`, `end_kind`. Other
    columns are kept in the edge's `props`. A node without a name is the starter knowledge's node of that id, if it has one.
    SourceError, naming the line, for an edge that the vocabulary of the graph does not allow.
    """
    given = Ids()
    try:
        for number, row in table_rows(stream, item.where, COLUMNS):
            where = f"{item.where} line {number}"
            start, end = (_node(row, place, where, run.source_id) for place in ("start", "end"))
            edge = _edge(row, start, end, where, run.source_id)
            try:
                for node in (start, end):
                    check_node(node)
                check_edge(edge)
                check_ends(edge.id, edge.kind, start.kind, end.kind)
            except StoreError as error:
                raise SourceError(f"{where}: {error.message}", hint=error.hint) from error
            for node in (start, end):
                if given.add(node.id):
                    yield node
            yield edge
    finally:
        given.close()


def _node(row: dict[str, str], place: str, where: str, source_id: str) -> GraphNode:
    ident, name, kind = (row.get(column, "").strip() for column in (place, f"{place}_name", f"{place}_kind"))
    if not ident:
        raise SourceError(f"{where} has no {place}")
    if not name and (known := starter_node(ident)) is not None:
        return known
    if not name and ident.startswith("GENE:"):
        return gene(ident.removeprefix("GENE:"), source_id)
    kind = kind or kind_of(ident)
    if not kind:
        raise SourceError(
            f"{where}: the id {ident} does not show what kind of node it is", hint=f"add a column {place}_kind"
        )
    return GraphNode(id=ident, kind=kind, name=name or ident, source_id=source_id)


def _edge(row: dict[str, str], start: GraphNode, end: GraphNode, where: str, source_id: str) -> GraphEdge:
    kind, url = row["kind"].strip(), row.get("url", "").strip()
    if not kind:
        raise SourceError(f"{where} has no kind")
    if url and not re.match(r"https?://", url, re.IGNORECASE):
        raise SourceError(f"{where} has a url that does not start with http:// or https://")
    props: dict[str, object] = {name: value for name, value in row.items() if name not in _USED and value.strip()}
    licence = (row.get("licence") or row.get("license") or "").strip()
    if licence:
        props[LICENCE] = licence
    if sure := row.get("confidence", "").strip():
        try:
            props[CONFIDENCE] = float(sure)
        except ValueError as error:
            raise SourceError(f"{where} has a confidence that is not a number") from error
    text = row.get("text", "").strip() or f"{_named(start)} {edge_label(kind)} {_named(end)}."
    return GraphEdge.of(
        kind=kind, start=start.id, end=end.id, text=text, source_id=source_id, url=url, props=props,
        references=_references(row.get("pmids", ""), where),
    )  # fmt: skip


def _named(node: GraphNode) -> str:
    return node.id if node.name == node.id else f"{node.name} ({node.id})"


def _references(written: str, where: str) -> tuple[str, ...]:
    found: list[str] = []
    for one in _SPLIT.split(re.sub(r"PMID:\s+", "PMID:", written)):
        if not one:
            continue
        reference = any_pmid(one)
        if reference is None:
            raise SourceError(f"{where} has pmids without a PubMed number: {one[:40]!r}")
        found.append(reference)
    return tuple(dict.fromkeys(found))
