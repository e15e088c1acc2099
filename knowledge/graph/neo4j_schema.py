"""Constraints, indexes and queries of the graph on Neo4j. All values are parameters.

An edge is one relationship `Link`, found by its `edge_id` through a unique index. Rows come in `EDGE_COLUMNS` order. The
words of a node name stand once more in `words`, as `core.graph.name_match` cuts them, for the full-text index to take as is.
"""

from __future__ import annotations

from bedside.core.queries import Direction

SCHEMA = (
    "CREATE CONSTRAINT bedside_node_id IF NOT EXISTS FOR (n:Node) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT bedside_edge_id IF NOT EXISTS FOR ()-[l:Link]-() REQUIRE l.edge_id IS UNIQUE",
    "CREATE INDEX bedside_node_source IF NOT EXISTS FOR (n:Node) ON (n.source_id)",
    "CREATE INDEX bedside_edge_source IF NOT EXISTS FOR ()-[l:Link]-() ON (l.source_id)",
    "CREATE FULLTEXT INDEX bedside_node_words IF NOT EXISTS FOR (n:Node) ON EACH [n.words] "
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
    "CALL db.awaitIndexes(30)",
)

_EDGE = "l.edge_id, l.kind, startNode(l).id, endNode(l).id, l.text, l.source_id, l.url, l.refs, l.props"

NODES = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id, n.kind, n.name, n.source_id, n.props"
NODE_KINDS = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id, n.kind"
EDGES = f"UNWIND $ids AS x MATCH (:Node)-[l:Link {{edge_id: x}}]->(:Node) RETURN {_EDGE}"

PUT_NODES = (
    "UNWIND $rows AS r MERGE (n:Node {id: r[0]}) "
    "SET n.kind = r[1], n.name = r[2], n.source_id = r[3], n.props = r[4], n.words = r[5]"
)
PUT_EDGES = (
    "UNWIND $rows AS r MATCH (a:Node {id: r[2]}) MATCH (b:Node {id: r[3]}) "
    "CREATE (a)-[:Link {edge_id: r[0], kind: r[1], text: r[4], source_id: r[5], url: r[6], refs: r[7], props: r[8]}]->(b) "
    "RETURN min(r[0]), r[1], a.kind, b.kind, count(*)"
)
"""Returns one row for each kind of edge and kinds of ends, to be checked before the transaction is committed."""
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


def _where(*conditions: str, kinds: bool, sources: bool) -> str:
    every = (*conditions, *["l.kind IN $kinds"] * kinds, *["l.source_id IN $sources"] * sources)
    return f"WHERE {' AND '.join(every)} " if every else ""


def edges_of(direction: Direction, *, kinds: bool, sources: bool, limit: bool) -> str:
    """The edges at the nodes `$ids`, in order of edge id."""
    most = " LIMIT $limit" if limit else ""
    return (
        f"UNWIND $ids AS x MATCH (n:Node {{id: x}}) MATCH (n){_ARROWS[direction]}() {_where(kinds=kinds, sources=sources)}"
        f"WITH DISTINCT l ORDER BY l.edge_id{most} RETURN {_EDGE}"
    )


def steps(*, kinds: bool, sources: bool) -> str:
    """(node, other, kind, lowest edge id, how many): for each node of `$ids` and kind the first `$most`."""
    return (
        "UNWIND $ids AS x MATCH (n:Node {id: x}) CALL (n) { MATCH (n)-[l:Link]-(m:Node) "
        f"{_where('m <> n', kinds=kinds, sources=sources)}"
        "WITH m.id AS other, l.kind AS kind, min(l.edge_id) AS edge, count(*) AS number ORDER BY number DESC, other "
        "WITH kind, collect([other, edge, number])[..$most] AS rows UNWIND rows AS r RETURN kind, r } "
        "RETURN n.id, r[0], kind, r[1], r[2]"
    )


def between(*, kinds: bool, sources: bool) -> str:
    """The same for all steps from `$ids` to `$others`."""
    return (
        "UNWIND $ids AS x MATCH (n:Node {id: x})-[l:Link]-(m:Node) "
        f"{_where('m.id IN $others', 'm <> n', kinds=kinds, sources=sources)}"
        "RETURN n.id, m.id, l.kind, min(l.edge_id), count(*)"
    )


def joining(*, kinds: bool, sources: bool) -> str:
    only = _where(kinds=kinds, sources=sources)
    return f"MATCH (:Node {{id: $a}})-[l:Link]-(:Node {{id: $b}}) {only}RETURN l.edge_id AS id ORDER BY id LIMIT $most"


def named(*, kinds: bool, sources: bool) -> str:
    """The nodes that the full-text index finds for `$lucene`, best first."""
    conditions = [*["n.kind IN $kinds"] * kinds, *["n.source_id IN $sources"] * sources]
    only = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    return (
        "CALL db.index.fulltext.queryNodes('bedside_node_words', $lucene) YIELD node AS n, score "
        f"{only}WITH n, score ORDER BY score DESC, n.id LIMIT $most RETURN n.id, n.kind, n.name, n.source_id, n.props"
    )
