"""Nodes and edges as flat rows of strings, the same on both engines.

Both hold `(:Node {id, kind, name, source_id, props})-[:Link {edge_id, kind, source_id}]->(:Node)`, so that a path or
neighbourhood template reads the same on both. `props` and `references` are canonical JSON: they come back as they were
put, whatever their shape, and equal rows are equal strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from bedside.core.errors import StoreError
from bedside.core.graph.vocabulary import check_ends
from bedside.core.types.knowledge import GraphEdge, GraphNode

T = TypeVar("T")
Row = tuple[str, ...]

_REFS = json.JSONEncoder(ensure_ascii=False)
_PROPS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

NODE_COLUMNS = ("id", "kind", "name", "source_id", "props")
EDGE_COLUMNS = ("id", "kind", "start_id", "end_id", "text", "source_id", "url", "refs", "props")


def node_row(node: GraphNode) -> Row:
    """In the order of `NODE_COLUMNS`."""
    return (node.id, node.kind, node.name, node.source_id, _json(node.props, node.id))


def edge_row(edge: GraphEdge) -> Row:
    """In the order of `EDGE_COLUMNS`."""
    refs = _REFS.encode(edge.references)
    props = _json(edge.props, edge.id)
    return (edge.id, edge.kind, edge.start, edge.end, edge.text, edge.source_id, edge.url, refs, props)


def node_of(row: Sequence[str]) -> GraphNode:
    id, kind, name, source_id, props = row
    return GraphNode(id=id, kind=kind, name=name, source_id=source_id, props=json.loads(props))


def edge_of(row: Sequence[str]) -> GraphEdge:
    id, kind, start, end, text, source_id, url, refs, props = row
    return GraphEdge(
        id=id,
        kind=kind,
        start=start,
        end=end,
        text=text,
        source_id=source_id,
        url=url,
        references=tuple(json.loads(refs)),
        props=json.loads(props),
    )


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`, without ever holding more than one."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def by_id(rows: Iterable[Sequence[str]]) -> dict[str, Row]:
    """The last row of each id."""
    return {row[0]: tuple(row) for row in rows}


def unique(ids: Iterable[str]) -> list[str]:
    """Each id once, in the order of first mention."""
    return list(dict.fromkeys(ids))


def check_all_ends(rows: Iterable[Row], kinds: Mapping[str, str]) -> None:
    """Raises `StoreError` for edges whose nodes are not stored (an edge is never dropped in silence) or are of kinds that
    such an edge does not join. `kinds` maps the ids of the stored nodes."""
    missing = []
    joined: dict[tuple[str, str, str], str] = {}
    for edge, kind, *ends in (row[:4] for row in rows):
        absent = [end for end in ends if end not in kinds]
        missing += [(edge, end) for end in absent]
        if not absent:
            joined.setdefault((kind, kinds[ends[0]], kinds[ends[1]]), edge)
    if missing:
        edge, node = missing[0]
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise StoreError(
            f"edge {edge} names node {node}, which is not stored{more}", hint="put the nodes before their edges"
        )
    for (kind, start, end), edge in joined.items():
        check_ends(edge, kind, start, end)


def _json(props: dict[str, Any], id: str) -> str:
    try:
        return _PROPS.encode(props)
    except (TypeError, ValueError) as error:
        raise StoreError(f"the props of {id} can't be stored: {error}") from error
