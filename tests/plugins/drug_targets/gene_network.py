"""A network small enough to work out by hand, for the ranking of genes."""

from __future__ import annotations

import numpy as np
from bedside.plugins.drug_targets.network import Edges, Network, Nodes
from bedside.plugins.drug_targets.network.structure import Column
from bedside.plugins.drug_targets.network.tables import TABLES

OPEN, CLOSED = "CC BY 4.0", "CC BY-NC 4.0"
SIZES = {
    "drug": 5,
    "gene": 6,
    "disease": 6,
    "pathway": 2,
    "symptom": 3,
    "anatomy": 1,
    "drug_class": 1,
    "go_term": 1,
    "family": 1,
}
PAIRS = {
    "targets": [(0, 0), (1, 0), (1, 1), (2, 2), (3, 3), (4, 5)],
    "binds": [(2, 4)],
    "has_symptom": [(0, 0), (1, 0), (2, 1), (3, 2), (4, 1)],
    "associates": [(0, 3), (1, 1), (2, 2), (3, 3)],
    "knowledge": [(0, 1)],
    "pathway": [(0, 1), (0, 2), (1, 4), (1, 5)],
    "is_a": [(5, 0)],
}
"""By kind of edge, (row, column). Disease 5 has nothing but its place in the ontology; nothing describes genes 4 and 5."""
NUMBERS = {"moa": [1, 1, 1, 1, 1, 1], "complex_size": [1, 1, 1, 1, 1, 9]}
SOURCES = {"associates": ["DISEASES", "DISEASES|GWAS Catalog", "GWAS Catalog", "DOAF"]}


def gene_network(commercial: bool = False, closed: tuple[str, ...] = ()) -> Network:
    """closed: kinds of edges whose licence forbids commercial use."""
    nodes = {k: Nodes(k, tuple(f"{k}:{i}" for i in range(n)), tuple(f"{k}{i}" for i in range(n))) for k, n in SIZES.items()}
    edges = {}
    for table in TABLES:
        ends = np.array(PAIRS.get(table.name, []), dtype=np.int32).reshape(-1, 2)
        n = len(ends)
        numbers = {name: np.array(NUMBERS.get(name, [1] * n)[:n], dtype=np.float32) for name in table.numbers}
        texts = {name: column(SOURCES.get(table.name, ["s"] * n)) for name in table.texts}
        licence = column([CLOSED if table.name in closed else OPEN] * n)
        edges[table.name] = Edges(table.name, table.source, table.target, ends[:, 0], ends[:, 1], licence, numbers, texts)
    return Network("key", nodes, edges, commercial=commercial)


def column(values: list[str]) -> Column:
    categories = tuple(dict.fromkeys(values))
    return Column(np.array([categories.index(value) for value in values], dtype=np.int32), categories)
