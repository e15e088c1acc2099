"""The texts of stored graph edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...errors import BedsideError
from ...graph.vocabulary import DATE, LICENCE, RESULTS, TITLE, VERSION
from ...types import GraphEdge, GraphPath, Source
from ...wording import say
from ..condition import GUIDANCE, cut_off
from ..registry import Resolution, ResolveContext, Resolved, Unresolved
from .stored import StoredSources, strength_of, withdrawn


def resolve_graph(locators: Sequence[GraphPath], context: ResolveContext) -> list[Resolution]:
    try:
        ids = list(dict.fromkeys(step.edge_id for path in locators for step in path.edges))
        edges = {e.id: e for e in context.services.graph.edges(ids)}
        sources = StoredSources(context.services)
    except BedsideError as error:
        return [Unresolved(say("resolve.edges-unreadable"), store=f"graph: {error}")] * len(locators)
    return [_one(path, edges, sources) for path in locators]


def _one(path: GraphPath, edges: Mapping[str, GraphEdge], sources: StoredSources) -> Resolution:
    pieces: list[str] = []
    stored: list[GraphEdge] = []
    for step in path.edges:
        edge = edges.get(step.edge_id)
        if edge is None:
            return Unresolved(say("resolve.no-edge", edge=step.edge_id))
        if edge.source_id != step.source_id:
            return Unresolved(say("resolve.edge-of-other-source", stored=edge.source_id, named=step.source_id))
        if edge.start not in path.nodes or edge.end not in path.nodes:
            return Unresolved(say("resolve.path-misses-ends"))
        if not set(step.references) <= set(edge.references):
            return Unresolved(say("resolve.no-reference"))
        if len(path.edges) > 1 and (why := cut_off(edge.text, step.start, step.end, statement=True)):
            return Unresolved(why)
        stored.append(edge)
        pieces.append(edge.text[step.start : step.end])
    if set(path.nodes) != {end for edge in stored for end in (edge.start, edge.end)}:
        return Unresolved(say("resolve.node-unreached"))
    first = stored[0]
    source = _source(stored, sources)
    if isinstance(source, Unresolved):
        return source
    one = len(stored) == 1
    return Resolved(
        quote=" ".join(pieces),
        source=source,
        strength=strength_of(first.props) if one else "",
        withdrawn=next((said for e in stored if (said := withdrawn(e.props))), ""),  # of a path, one such edge is enough
        whole=first.text if one else "",
        start=path.edges[0].start if one else 0,
        kind=next((e.kind for e in stored if e.kind in GUIDANCE), first.kind),
        statement=True,
        parts=() if one else tuple(pieces),
        results=first.props.get(RESULTS) or {} if one else {},
    )


def _source(stored: Sequence[GraphEdge], sources: StoredSources) -> Source | Unresolved:
    """The source of the first edge; of a path through several sources, the titles, versions and licences of all."""
    told: list[Source] = []
    for edge in stored:
        title, version, licence, date = (str(edge.props.get(key) or "") for key in (TITLE, VERSION, LICENCE, DATE))
        source = sources.get(edge.source_id, url=edge.url, title=title, version=version, licence=licence, date=date)
        if source is None:
            return Unresolved(say("resolve.no-source", source=edge.source_id))
        told.append(source)

    def joined(values: Iterable[str]) -> str:
        return "; ".join(dict.fromkeys(value for value in values if value))

    return told[0].model_copy(
        update={
            "title": joined(one.title for one in told),
            "version": joined(one.version for one in told),
            "licence": joined(one.licence for one in told),
            "references": tuple(dict.fromkeys(r for e in stored for r in e.references)),
            "notices": tuple(dict.fromkeys(str(e.props["notice"]) for e in stored if e.props.get("notice"))),
        }
    )
