"""The tables and queries of the embedded graph. All values are parameters.

LadybugDB indexes primary keys of node tables only, and its full-text index is an extension that it would download. So an
edge stands twice: as a row of `Edge`, found by its id in under a millisecond, and as a `Link` between its nodes, which
neighbourhood and path queries walk; and each word of a node's name is a `Word`, a step away from the nodes it `Names`.
`UNWIND … MATCH {id: x}` uses the index; `WHERE id IN list` would scan the table.
"""

from __future__ import annotations

from typing import Literal

from bedside.core.queries import Direction

Table = Literal["Node", "Edge", "Link", "Word", "Names"]

SCHEMA = "2"

TABLES = (
    "CREATE NODE TABLE Node(id STRING PRIMARY KEY, kind STRING, name STRING, source_id STRING, props STRING)",
    "CREATE NODE TABLE Edge(id STRING PRIMARY KEY, kind STRING, start_id STRING, end_id STRING, text STRING, "
    "source_id STRING, url STRING, refs STRING, props STRING)",
    "CREATE REL TABLE Link(FROM Node TO Node, edge_id STRING, kind STRING, source_id STRING)",
    "CREATE NODE TABLE Word(id STRING PRIMARY KEY)",
    "CREATE REL TABLE Names(FROM Word TO Node)",
    "CREATE NODE TABLE Meta(key STRING PRIMARY KEY, value STRING)",
    f"CREATE (:Meta {{key: 'schema', value: '{SCHEMA}'}})",
)

HAS_TABLES = "CALL show_tables() WHERE name = 'Meta' RETURN name"
GET_SCHEMA = "MATCH (m:Meta {key: 'schema'}) RETURN m.value"

NODES = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id, n.kind, n.name, n.source_id, n.props"
NODE_KINDS = "UNWIND $ids AS x MATCH (n:Node {id: x}) RETURN n.id, n.kind"
EDGES = (
    "UNWIND $ids AS x MATCH (e:Edge {id: x}) "
    "RETURN e.id, e.kind, e.start_id, e.end_id, e.text, e.source_id, e.url, e.refs, e.props"
)

SET_NODE = (
    "UNWIND $rows AS r MATCH (n:Node {id: r.id}) "
    "SET n.kind = r.kind, n.name = r.name, n.source_id = r.source_id, n.props = r.props"
)
SET_EDGE = (
    "UNWIND $rows AS r MATCH (e:Edge {id: r.id}) SET e.kind = r.kind, e.start_id = r.start_id, e.end_id = r.end_id, "
    "e.text = r.text, e.source_id = r.source_id, e.url = r.url, e.refs = r.refs, e.props = r.props"
)
WORDS = "UNWIND $ids AS x MATCH (w:Word {id: x}) RETURN w.id"
FORGET_NAMES = "UNWIND $ids AS x MATCH (n:Node {id: x})<-[t:Names]-(:Word) DELETE t"
DELETE_LINK = "UNWIND $rows AS r MATCH (:Node {id: r.start_id})-[l:Link]->(:Node) WHERE l.edge_id = r.id DELETE l"

# Quoted texts hold line breaks, which Ladybug reads only on one thread.
_CSV = "(HEADER=false, PARALLEL=false, AUTO_DETECT=false, DELIM=',', QUOTE='\"', ESCAPE='\"')"


def copy(table: Table) -> str:
    """Append the rows of the CSV file `$file` to a table. (A file name can't be a parameter; ours has no quote in it.)"""
    return f"COPY {table} FROM '{{file}}' {_CSV}"


COUNT = {
    "nodes": "MATCH (n:Node) RETURN count(*)",
    "edges": "MATCH (e:Edge) RETURN count(*)",
}
COUNT_OF = {
    "nodes": "MATCH (n:Node) WHERE n.source_id = $source RETURN count(*)",
    "edges": "MATCH (e:Edge) WHERE e.source_id = $source RETURN count(*)",
}

REMOVE_LINKS = "MATCH (:Node)-[l:Link]->(:Node) WHERE l.source_id = $source DELETE l"
REMOVE_EDGES = "MATCH (e:Edge) WHERE e.source_id = $source DELETE e"
ADOPT_NODES = (
    "MATCH (n:Node)-[l:Link]-(:Node) WHERE n.source_id = $source WITH n, min(l.source_id) AS heir SET n.source_id = heir"
)
"""Nodes that another source's edges touch now belong to that source, so that removing it later leaves no orphan."""
REMOVE_NAMES = "MATCH (:Word)-[t:Names]->(n:Node) WHERE n.source_id = $source DELETE t"
REMOVE_NODES = "MATCH (n:Node) WHERE n.source_id = $source DELETE n"
REMOVE_WORDS = "MATCH (w:Word) WHERE NOT EXISTS { MATCH (w)-[:Names]->(:Node) } DELETE w"

_ARROWS = {"out": "-[l:Link]->", "in": "<-[l:Link]-", "both": "-[l:Link]-"}


def _where(*conditions: str, kinds: bool, sources: bool) -> str:
    every = (*conditions, *["l.kind IN $kinds"] * kinds, *["l.source_id IN $sources"] * sources)
    return f" WHERE {' AND '.join(every)}" if every else ""


def edge_ids_of_one(direction: Direction, *, kinds: bool, sources: bool) -> str:
    """The ids of the edges at node `$id`, a loop's twice. (Ordering and limiting here costs more than it saves.)"""
    return f"MATCH (:Node {{id: $id}}){_ARROWS[direction]}(){_where(kinds=kinds, sources=sources)} RETURN l.edge_id"


def edge_ids_of_many(direction: Direction, *, kinds: bool, sources: bool) -> str:
    """The same for the nodes `$ids`. It scans the links (50 ms at 330,000), so it is for hundreds of nodes."""
    only = _where(kinds=kinds, sources=sources)
    return f"UNWIND $ids AS x MATCH (n:Node {{id: x}}){_ARROWS[direction]}(){only} RETURN l.edge_id"


def links(*, kinds: bool, sources: bool) -> str:
    """(other node, kind, edge id) of the first `$most` links at node `$id`: 0.1 ms for most nodes."""
    only = _where("m.id <> $id", kinds=kinds, sources=sources)
    return f"MATCH (:Node {{id: $id}})-[l:Link]-(m:Node){only} RETURN m.id, l.kind, l.edge_id LIMIT $most"


def steps(*, kinds: bool, sources: bool) -> str:
    """(other node, kind, lowest edge id, how many) of all links at node `$id`: for busy ones, whose links are mostly
    parallel (a gene's 18,000 diplotypes lead to six phenotypes)."""
    only = _where("m.id <> $id", kinds=kinds, sources=sources)
    return f"MATCH (:Node {{id: $id}})-[l:Link]-(m:Node){only} RETURN m.id, l.kind, min(l.edge_id), count(*)"


def joining(*, kinds: bool, sources: bool) -> str:
    only = _where(kinds=kinds, sources=sources)
    return f"MATCH (:Node {{id: $a}})-[l:Link]-(:Node {{id: $b}}){only} RETURN l.edge_id AS id ORDER BY id LIMIT $most"


NAMED_COUNT = "MATCH (w:Word {id: $word})-[:Names]->(:Node) RETURN count(*)"


def named(*, kinds: bool, sources: bool) -> str:
    """The nodes whose names hold `$word`."""
    conditions = [*["n.kind IN $kinds"] * kinds, *["n.source_id IN $sources"] * sources]
    only = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"MATCH (:Word {{id: $word}})-[:Names]->(n:Node){only} RETURN n.id, n.kind, n.name, n.source_id, n.props"
