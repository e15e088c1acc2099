"""The knowledge graph: embedded in LadybugDB, or on a Neo4j server."""

from .ladybug_store import LadybugGraph
from .neo4j_store import Neo4jGraph

__all__ = ["LadybugGraph", "Neo4jGraph"]
