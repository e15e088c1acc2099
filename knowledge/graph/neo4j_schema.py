"""Constraints, indexes and queries of the graph on Neo4j. All values are parameters.

An edge is one relationship `Link`, found by its `edge_id` through a unique index. Rows come in `EDGE_COLUMNS` order.
"""

from __future__ import annotations

from typing import Literal

SCHEMA = (
    "CREATE CONSTRAINT bedside_node_id IF NOT EXISTS FOR (n:Node) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT bedside_edge_id IF NOT EXISTS FOR ()-[l:Link]-() REQUIRE l.edge_id IS UNIQUE",
    "CREATE INDEX bedside_node_source IF NOT EXISTS FOR (n:Node) ON (n.source_id)",
    "CREATE INDEX bedside_edge_source IF NOT EXISTS FOR ()-[l:Link]-() ON (l.source_id)",
    "CALL db.awaitIndexes(30)",
)

_EDGE = "l.edge_id, l.kind, startNode(l).id, endNode(l).id, l.text, l.source_id, l.url, l.refs, l.props"

NODES = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id, n.kind, n.name, n.source_id, n.props"
NODE_IDS = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id"
EDGES = f"UNWIND $ids AS x MATCH (:Node)-[l:Link {{edge_id: x}}]->(:Node) RETURN {_EDGE}"

PUT_NODES = (
    "UNWIND $rows AS r MERGE (n:Node {id: r[0]}) SET n.kind = r[1], n.name = r[2], n.source_id = r[3], n.props = r[4]"
)
PUT_EDGES = (
    "UNWIND $rows AS r MATCH (a:Node {id: r[2]}) MATCH (b:Node {id: r[3]}) "
    "CREATE (a)-[:Link {edge_id: r[0], kind: r[1], text: r[4], source_id: r[5], url: r[6], refs: r[7], props: r[8]}]->(b) "
    "RETURN count(*)"
)
DELETE_EDGES = "UNWIND $ids AS x MATCH ()-[l:Link {edge_id: x}]->() DELETE l"

COUNT = {
    "nodes": "MATCH (n:Node) RETURN count(n)",
    "edges": "MATCH ()-[l:Link]->() RETURN count(l)",
}
COUNT_OF = {
    "nodes": "MATCH (n:Node {source_id: $source}) RETURN count(n)",
    "edges": "MATCH ()-[l:Link {source_id: $source}]->() RETURN count(l)",
}

# Each runs again until it has changed nothing: a transaction over a whole source could outgrow the server's memory.
REMOVE_EDGES = "MATCH ()-[l:Link {source_id: $source}]->() WITH l LIMIT $batch DELETE l RETURN count(*)"
ADOPT_NODES = (
    "MATCH (n:Node {source_id: $source}) WHERE EXISTS { (n)-[:Link]-() } WITH n LIMIT $batch "
    "MATCH (n)-[l:Link]-() WITH n, min(l.source_id) AS heir SET n.source_id = heir RETURN count(*)"
)
"""Nodes that another source's edges touch now belong to that source, so that removing it later leaves no orphan."""
REMOVE_NODES = "MATCH (n:Node {source_id: $source}) WITH n LIMIT $batch DELETE n RETURN count(*)"

_ARROWS = {"out": "-[l:Link]->", "in": "<-[l:Link]-", "both": "-[l:Link]-"}


def edges_of(direction: Literal["out", "in", "both"], *, kinds: bool, limit: bool) -> str:
    """The edges at the nodes `$ids`, in order of edge id."""
    only = "WHERE l.kind IN $kinds " if kinds else ""
    most = " LIMIT $limit" if limit else ""
    return (
        f"UNWIND $ids AS x MATCH (n:Node {{id: x}}) MATCH (n){_ARROWS[direction]}() {only}"
        f"WITH DISTINCT l ORDER BY l.edge_id{most} RETURN {_EDGE}"
    )
