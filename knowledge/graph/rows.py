"""Nodes and edges as flat rows of strings, the same on both engines.

Both hold `(:Node {id, kind, name, source_id, props})-[:Link {edge_id, kind, source_id}]->(:Node)`, so that a path or
neighbourhood template reads the same on both. `props` and `references` are canonical JSON: they come back as they were
put, whatever their shape, and equal rows are equal strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from bedside.core.errors import StoreError
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


def missing_ends(rows: Iterable[Row], stored: set[str]) -> StoreError | None:
    """The error for edges whose nodes are not stored: an edge is never dropped in silence."""
    bad = [(row[0], end) for row in rows for end in row[2:4] if end not in stored]
    if not bad:
        return None
    edge, node = bad[0]
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    return StoreError(f"edge {edge} names node {node}, which is not stored{more}", hint="put the nodes before their edges")


def _json(props: dict[str, Any], id: str) -> str:
    try:
        return _PROPS.encode(props)
    except (TypeError, ValueError) as error:
        raise StoreError(f"the props of {id} can't be stored: {error}") from error
