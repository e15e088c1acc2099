"""What the questions to the knowledge graph answer with."""

from __future__ import annotations

from pydantic import Field

from .base import Frozen
from .knowledge import GraphEdge, GraphNode


class Subgraph(Frozen):
    """A part of the graph, of `nodes` and `edges`. `nodes` begin with those asked for, then by nearness; every edge joins
    two of them.

    Of the edges of one kind between two nodes only the one of lowest id is here; `parallel` says how many there are (edge
    id → number, where it is more than one). `truncated`: there is more that the limit left out.
    """

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    parallel: dict[str, int] = Field(default_factory=dict)
    truncated: bool = False


class GraphPathResult(Frozen):
    """One way between two nodes, no node twice. `edges[i]` joins `nodes[i]` and `nodes[i + 1]`, in either direction."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    @property
    def length(self) -> int:
        """How many edges it has."""
        return len(self.edges)


class GraphPaths(Frozen):
    """The ways between two nodes: `paths`, shortest first. `truncated`: there may be more than were looked for, so that
    finding none does not mean that there is none."""

    paths: tuple[GraphPathResult, ...] = ()
    truncated: bool = False


class SharedNode(Frozen):
    """A node beside both: one edge of each kind to either."""

    node: GraphNode
    to_a: tuple[GraphEdge, ...]
    to_b: tuple[GraphEdge, ...]


class SharedReference(Frozen):
    """A publication (`PMID:…`) that edges at both cite, none of which joins the two."""

    reference: str
    at_a: tuple[GraphEdge, ...]
    at_b: tuple[GraphEdge, ...]


class CoEvidence(Frozen):
    """What links two nodes: the edges between them (`direct`), the nodes beside both (`shared_nodes`), the publications
    cited at both (`shared_references`). `truncated`: there is more that the limit left out."""

    direct: tuple[GraphEdge, ...] = ()
    shared_nodes: tuple[SharedNode, ...] = ()
    shared_references: tuple[SharedReference, ...] = ()
    truncated: bool = False
