"""Where nodes go. Rows and columns, so that no two labels overlap; the same graph gives the same picture.

One step around a node stands to both sides of it. Two steps make a tree that grows to the right, since the second step's
nodes are often joined to several of the first. Paths run from left to right, a column for each step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bedside.core.types import GraphEdge, GraphNode, GraphPaths, Subgraph

ROW = 20.0
_INNER, _OUTER = 330.0, 720.0
_STEP = 250.0
_BULGE = 70.0


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is where the name stands, seen from the dot."""

    x: float
    y: float
    label: Literal["left", "right", "below"]


@dataclass(frozen=True)
class Drawing:
    nodes: Mapping[str, GraphNode]
    edges: Sequence[GraphEdge]
    places: Mapping[str, Place]
    focus: frozenset[str]
    """The nodes that were asked for."""
    parallel: Mapping[str, int] = field(default_factory=dict)


def around(graph: Subgraph, asked: Sequence[str]) -> Drawing:
    """A neighbourhood of one or two steps. `asked` are the ids in the middle."""
    nodes = {node.id: node for node in graph.nodes}
    centre = [id for id in asked if id in nodes]
    beside = _beside(graph.edges)
    first = {id for one in centre for id in beside[one]} - set(centre)
    inner = sorted(first, key=lambda id: (_kinds(graph.edges, id), nodes[id].kind, nodes[id].name.casefold(), id))
    children: dict[str, list[str]] = {id: [] for id in inner}
    outer = sorted(set(nodes) - first - set(centre), key=lambda id: (nodes[id].kind, nodes[id].name.casefold(), id))
    for id in outer:
        parent = next((one for one in inner if one in beside[id]), None)
        if parent is not None:
            children[parent].append(id)
    places = {id: Place(0.0, 60.0 * (i - (len(centre) - 1) / 2), "below") for i, id in enumerate(centre)}
    sides = (inner, []) if outer else _halves(inner)
    for sign, side in zip((1.0, -1.0), sides, strict=True):
        rows = sum(max(1, len(children[id])) for id in side)
        row = -(rows - 1) / 2
        for id in side:
            block = children[id]
            height = max(1, len(block))
            y = (row + (height - 1) / 2) * ROW
            bend = 0.0 if outer else _bulge(y, rows)
            places[id] = Place(sign * (_INNER - bend), y, "right" if sign > 0 else "left")
            for i, child in enumerate(block):
                places[child] = Place(_OUTER, (row + i) * ROW, "right")
            row += height
    drawn = [edge for edge in graph.edges if edge.start in places and edge.end in places]
    return Drawing(nodes, drawn, places, frozenset(centre), graph.parallel)


def between(paths: GraphPaths) -> Drawing:
    """The ways between two nodes. There must be at least one."""
    nodes = {node.id: node for path in paths.paths for node in path.nodes}
    edges = {edge.id: edge for path in paths.paths for edge in path.edges}
    column: dict[str, float] = {}
    longest = max(path.length for path in paths.paths)
    for path in paths.paths:  # shortest first: each node stands where its shortest way puts it
        for i, node in enumerate(path.nodes):
            column.setdefault(node.id, i * longest / path.length)
    ends = (paths.paths[0].nodes[0].id, paths.paths[0].nodes[-1].id)
    stacks: dict[float, list[str]] = defaultdict(list)
    for id, x in column.items():
        stacks[x].append(id)
    places = {}
    for x, stack in stacks.items():
        shift = ROW * 0.7 if len(stack) % 2 and len(stack) > 1 and stack[0] not in ends else 0.0
        for i, id in enumerate(stack):
            places[id] = Place(x * _STEP, (i - (len(stack) - 1) / 2) * 2.6 * ROW + shift, "below")
    return Drawing(nodes, list(edges.values()), places, frozenset(ends))


def _beside(edges: Iterable[GraphEdge]) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        beside[edge.start].add(edge.end)
        beside[edge.end].add(edge.start)
    return beside


def _kinds(edges: Iterable[GraphEdge], id: str) -> str:
    """What keeps the ends of edges of one kind together."""
    return min(edge.kind for edge in edges if id in (edge.start, edge.end))


def _halves(inner: Sequence[str]) -> tuple[list[str], list[str]]:
    """Right and left."""
    middle = (len(inner) + 1) // 2
    return list(inner[:middle]), list(inner[middle:])


def _bulge(y: float, rows: int) -> float:
    """How much nearer to the middle the top and bottom of a column are: a slight arc."""
    half = max(rows / 2 * ROW, 1.0)
    return _BULGE * (y / half) ** 2
