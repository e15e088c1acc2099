"""Questions to a graph that follow its edges: neighbourhood, paths, what links two nodes, and names.

One algorithm for every store, so that all give the same answer; a store brings four bounded look-ups. No answer grows with
the busiest node (a gene with 18,000 diplotypes, a finding of 4,000 diseases): edges of one kind between two nodes count as
one step, and of each kind at most so many steps of a node are followed, those that most edges speak of first. Where such a
bound was met the answer says `truncated`. Loops are left out: they lead nowhere.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import StoreError, UsageError
from ..protocols import GraphStore
from ..queries import EdgeQuery, LinkQuery, NodeQuery, PathQuery, WalkQuery
from ..toolkit.references import pmid
from ..types.graph import CoEvidence, GraphPathResult, GraphPaths, SharedNode, SharedReference, Subgraph
from ..types.knowledge import GraphEdge, GraphNode
from .name_match import best_named, words

WALK_SECONDS = 10.0
MAX_DEPTH = 3
MAX_LENGTH = 4
MAX_LIMIT = 10_000
_FANOUT = 2_000
"""Steps of one kind that are followed from a node when paths are looked for."""
_FRONTIER = 1_000
"""Nodes that one round of a path search goes on from."""
_CITING = 2_000
"""Edges at a node whose publications are compared."""


class Step(NamedTuple):
    """From `node` to `other`: the lowest id of the `number` edges of this kind between them, in either direction."""

    node: str
    other: str
    kind: str
    edge_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Only:
    """Which edges a walk may use: of these kinds, stored under these source ids (nothing named: all)."""

    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: EdgeQuery | WalkQuery | PathQuery) -> Only:
        return cls(tuple(query.kinds), tuple(query.sources))


class GraphWalks(GraphStore):
    """The walking half of `core.protocols.GraphStore`."""

    # --- what a store brings --------------------------------------------------------------------------------------

    @abstractmethod
    def _steps(self, node_ids: Sequence[str], only: Only, most: int) -> list[Step]:
        """For each node and kind the first `most` steps in the order (most edges first, id of the other)."""

    @abstractmethod
    def _between(self, node_ids: Sequence[str], others: Sequence[str], only: Only) -> list[Step]:
        """All steps from `node_ids` to `others`, in any order."""

    @abstractmethod
    def _joining(self, a: str, b: str, only: Only, most: int) -> list[str]:
        """The first `most` ids of the edges between two nodes."""

    @abstractmethod
    def _named(self, asked: Sequence[str], kinds: Sequence[str], sources: Sequence[str], *, every: bool) -> list[GraphNode]:
        """Nodes whose names hold every word (or some word) of `asked`, found by an index."""

    # --- the questions --------------------------------------------------------------------------------------------

    def walk(self, query: WalkQuery) -> Subgraph:
        """What lies within `depth` steps (1 to 3) of the nodes: at most `limit` edges, nearer ones first.

        Where not all fit, each node and each kind of edge gets its share, so that a gene's thousand diplotypes do not hide
        its five drugs. Raises `UsageError` for a depth or limit out of range, `StoreError` after ten seconds.
        """
        limit = query.limit
        _within(query.depth, 1, MAX_DEPTH, "depth")
        _within(limit, 1, MAX_LIMIT, "limit")
        watch, only = _Watch(), Only.of(query)
        asked = [node.id for node in self.nodes(list(dict.fromkeys(query.node_ids)))]
        chosen: dict[tuple[str, str, str], Step] = {}
        reached = dict.fromkeys(asked)
        level, truncated = asked, False
        for _ in range(query.depth):
            if not level:
                break
            if len(chosen) == limit:
                truncated = True
                break
            fresh = self._fresh(level, only, chosen, limit, watch)
            level = []
            for step in fresh:
                if len(chosen) == limit:
                    truncated = truncated or _pair(step) not in chosen
                    continue
                chosen.setdefault(_pair(step), step)
                if step.other not in reached:
                    reached[step.other] = None
                    level.append(step.other)
        return Subgraph(
            nodes=tuple(self.nodes(list(reached))),
            edges=tuple(self.edges([step.edge_id for step in chosen.values()])),
            parallel={step.edge_id: step.number for step in chosen.values() if step.number > 1},
            truncated=truncated,
        )

    def find_paths(self, query: PathQuery) -> GraphPaths:
        """The ways from `start` to `end` over at most `max_length` edges (1 to 4), whatever their direction, no node twice.

        Shortest first, then by the ids of the nodes and the kinds of the edges along the way; of several edges of one kind
        between two nodes the one of lowest id stands for all. Searched from both ends, and no further than needed for
        `limit` paths. Raises `UsageError` for numbers out of range, `StoreError` after ten seconds.
        """
        start, end, limit = query.start, query.end, query.limit
        _within(query.max_length, 1, MAX_LENGTH, "max_length")
        _within(limit, 1, MAX_LIMIT, "limit")
        if start == end:
            return GraphPaths()
        search = _PathSearch(self, start, end, Only.of(query))
        found: list[list[Step]] = []
        for length in range(1, query.max_length + 1):
            search.widen(length)
            for path in search.of_length(length):
                if len(found) == limit:
                    search.truncated = True
                    break
                found.append(path)
            if len(found) == limit:
                search.truncated = search.truncated or length < query.max_length
                break
        edges = {e.id: e for e in self.edges(list(dict.fromkeys(s.edge_id for path in found for s in path)))}
        nodes = {n.id: n for n in self.nodes(list(dict.fromkeys([start, *(s.other for path in found for s in path)])))}
        return GraphPaths(
            paths=tuple(
                GraphPathResult(
                    nodes=(nodes[start], *(nodes[s.other] for s in path)), edges=tuple(edges[s.edge_id] for s in path)
                )
                for path in found
            ),
            truncated=search.truncated,
        )

    def find_links(self, query: LinkQuery) -> CoEvidence:
        """What links two nodes: edges between them, nodes beside both, publications (PMIDs) cited at both; `limit` of each.

        Shared nodes come in the order of how many edges lead to them, publications by PMID. Raises as the others do.
        """
        a, b, limit = query.a, query.b, query.limit
        _within(limit, 1, MAX_LIMIT, "limit")
        watch, only = _Watch(), Only(sources=tuple(query.sources))
        if a == b:
            return CoEvidence()
        joining = self._joining(a, b, only, limit + 1)
        watch.check()
        shared, truncated = self._shared(a, b, only)
        watch.check()
        at = [self.find_edges(EdgeQuery([node], limit=_CITING + 1, sources=only.sources)) for node in (a, b)]
        cited = [_cited(edges[:_CITING], {a, b}) for edges in at]
        common = sorted(cited[0].keys() & cited[1].keys(), key=lambda reference: int(reference[5:]))
        several = max(len(joining), len(shared), len(common)) > limit or max(map(len, at)) > _CITING
        nodes = {node.id: node for node in self.nodes([other for other, _, _ in shared[:limit]])}
        edges = {e.id: e for e in self.edges([i for _, to_a, to_b in shared[:limit] for i in (*to_a, *to_b)])}
        return CoEvidence(
            direct=tuple(self.edges(joining[:limit])),
            shared_nodes=tuple(
                SharedNode(node=nodes[other], to_a=tuple(edges[i] for i in to_a), to_b=tuple(edges[i] for i in to_b))
                for other, to_a, to_b in shared[:limit]
            ),
            shared_references=tuple(
                SharedReference(reference=one, at_a=tuple(cited[0][one]), at_b=tuple(cited[1][one]))
                for one in common[:limit]
            ),
            truncated=truncated or several,
        )

    def find_nodes(self, query: NodeQuery) -> list[GraphNode]:
        """The `k` nodes whose names (or id) fit `text` best, of these kinds and stored under these source ids.

        Names that hold all its words, or, where there is none, some. The whole name first, then most words in common, then
        the shortest. Words are compared without case and accents.
        """
        kinds, sources, k = query.kinds, query.sources, query.k
        asked = words(query.text)[:16]
        if not asked or k < 1:
            return []
        exact = [n for n in self.nodes([query.text.strip()]) if not kinds or n.kind in kinds]
        exact = [n for n in exact if not sources or n.source_id in sources]
        found = self._named(asked, kinds, sources, every=True)
        if not found and len(asked) > 1:
            found = self._named(asked, kinds, sources, every=False)
        return [*exact, *(n for n in best_named(asked, found, k) if n not in exact)][:k]

    def _fresh(
        self, level: list[str], only: Only, chosen: Mapping[tuple[str, str, str], Step], limit: int, watch: _Watch
    ) -> list[Step]:
        """The steps on from a level that are not taken yet, in fair order: at least one more than there is room for, if
        there are so many. Of many nodes the first few steps of each fill the room, so no more are asked for."""
        room = limit - len(chosen)
        most = min(limit + 1, 4 + 2 * room // len(level))
        while True:
            watch.check()
            steps = self._steps(level, only, most)
            fresh = [step for step in _fairly(steps) if _pair(step) not in chosen]
            if most > limit or len(set(map(_pair, fresh))) > room or not _busy(steps, most - 1):
                return fresh
            most = min(limit + 1, 8 * most)

    def _shared(self, a: str, b: str, only: Only) -> tuple[list[tuple[str, list[str], list[str]]], bool]:
        """(node beside both, edge ids to a, edge ids to b), most edges first; and whether both nodes were too busy to see
        all of them."""
        steps = [self._steps([node], only, _FANOUT + 1) for node in (a, b)]
        full = [_busy(some, _FANOUT) for some in steps]
        for busy, free in ((0, 1), (1, 0)):
            if full[busy] and not full[free]:  # what the other has beside it, this one is asked for
                steps[busy] = self._between([(a, b)[busy]], [step.other for step in steps[free]], only)
        beside: list[dict[str, list[Step]]] = [defaultdict(list), defaultdict(list)]
        for side, some in enumerate(steps):
            for step in sorted(some, key=lambda step: step.kind):
                beside[side][step.other].append(step)
        weight = {
            other: sum(step.number for side in beside for step in side[other])
            for other in (beside[0].keys() & beside[1].keys()) - {a, b}
        }
        ordered = sorted(weight, key=lambda other: (-weight[other], other))
        rows = [(other, [s.edge_id for s in beside[0][other]], [s.edge_id for s in beside[1][other]]) for other in ordered]
        return rows, all(full)


class _PathSearch:
    """The part of the graph that lies between two nodes, as far as it has been looked at."""

    def __init__(self, graph: GraphWalks, start: str, end: str, only: Only) -> None:
        self._graph, self._start, self._end, self._only = graph, start, end, only
        self._links: dict[str, dict[tuple[str, str], Step]] = defaultdict(dict)
        self._rims = [[start], [end]]
        self._reached = [{start}, {end}]
        self._watch = _Watch()
        self.truncated = False

    def widen(self, length: int) -> None:
        """Look at whatever a path of this length needs, after the same for every shorter length.

        Each longer length takes one round from the end that has fewer nodes to go on from. A path of it then runs over
        edges seen in those rounds and one between the two rims, which is looked up here.
        """
        self._watch.check()
        if length > 1:
            side = 0 if len(self._rims[0]) <= len(self._rims[1]) else 1
            rim = self._first(self._rims[side])
            steps = self._graph._steps(rim, self._only, _FANOUT + 1) if rim else []
            self.truncated = self.truncated or _busy(steps, _FANOUT)
            self._keep(steps)
            fresh = {step.other for step in steps} - self._reached[side]
            self._reached[side] |= fresh
            self._rims[side] = sorted(fresh)
            self._watch.check()
        few, many = sorted(self._rims, key=len)
        few = self._first(few)
        if few and many:
            self._keep(self._graph._between(few, many, self._only))

    def of_length(self, length: int) -> Iterator[list[Step]]:
        near = self._distances(length)
        order: dict[str, list[Step]] = {}

        def after(node: str) -> list[Step]:
            if node not in order:
                order[node] = [step for _, step in sorted(self._links.get(node, {}).items())]
            return order[node]

        def go(node: str, left: int, path: list[Step], seen: set[str]) -> Iterator[list[Step]]:
            self._watch.check()
            for step in after(node):
                if step.other in seen or near.get(step.other, length) > left - 1:
                    continue
                if step.other == self._end:
                    if left == 1:
                        yield [*path, step]
                elif left > 1:
                    yield from go(step.other, left - 1, [*path, step], {*seen, step.other})

        yield from go(self._start, length, [], {self._start})

    def _distances(self, most: int) -> dict[str, int]:
        """Steps to the end, up to `most`."""
        far = {self._end: 0}
        rim = [self._end]
        for distance in range(1, most):
            rim = list({step.other for node in rim for step in self._links.get(node, {}).values()} - far.keys())
            far.update(dict.fromkeys(rim, distance))
        return far

    def _first(self, rim: list[str]) -> list[str]:
        self.truncated = self.truncated or len(rim) > _FRONTIER
        return rim[:_FRONTIER]

    def _keep(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._links[step.node][step.other, step.kind] = step
            back = Step(step.other, step.node, step.kind, step.edge_id, step.number)
            self._links[step.other][step.node, step.kind] = back


class _Watch:
    def __init__(self) -> None:
        self._until = time.monotonic() + WALK_SECONDS

    def check(self) -> None:
        if time.monotonic() > self._until:
            raise StoreError(
                f"the graph was walked for {WALK_SECONDS:.0f} s without an end",
                hint="ask for fewer kinds of edges, a smaller depth or length, or a lower limit",
            )


def _within(value: int, least: int, most: int, what: str) -> None:
    if not least <= value <= most:
        raise UsageError(f"{what} is {value}; it must be from {least} to {most:,}")


def _pair(step: Step) -> tuple[str, str, str]:
    return (min(step.node, step.other), max(step.node, step.other), step.kind)


def _ranked(steps: Iterable[Step]) -> Iterator[tuple[int, Step]]:
    """Each step with its rank among those of its node and kind."""
    groups: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        groups[step.node, step.kind].append(step)
    for group in groups.values():
        yield from enumerate(sorted(group, key=lambda step: (-step.number, step.other)))


def _fairly(steps: Iterable[Step]) -> list[Step]:
    """The first of each node and kind, then the second of each, …"""
    return [step for _, step in sorted(_ranked(steps), key=lambda one: (one[0], one[1].kind, one[1].node))]


def _busy(steps: Iterable[Step], most: int) -> bool:
    """Whether a node has more steps of one kind than are followed."""
    return any(rank >= most for rank, _ in _ranked(steps))


def _cited(edges: Iterable[GraphEdge], ends: set[str]) -> dict[str, list[GraphEdge]]:
    """PMID → the edges that cite it, without those between the two nodes themselves."""
    cited: dict[str, list[Any]] = defaultdict(list)
    for edge in edges:
        if {edge.start, edge.end} != ends:
            for reference in dict.fromkeys(filter(None, map(pmid, edge.references))):
                cited[reference].append(edge)
    return cited
