"""Nodes by kind and edges by kind, as arrays; a licence for each edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from .licences import permits_commercial_use

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

DRUG, GENE, DISEASE = "drug", "gene", "disease"


@dataclass(frozen=True)
class Nodes:
    """The nodes of one kind, in a fixed order: row or column `i` of a matrix is `ids[i]`. `names[i]` may be empty."""

    kind: str
    ids: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """id → row."""
        return {id_: row for row, id_ in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Column:
    """A text column: `categories[codes[i]]` is the value of edge `i`. codes: shape (n_edges,), int32."""

    codes: np.ndarray
    categories: tuple[str, ...]

    def __getitem__(self, edge: int) -> str:
        return self.categories[self.codes[edge]]


@dataclass(frozen=True)
class Edges:
    """The edges of one kind. `rows` and `columns`: shape (n_edges,), int32, into the nodes of `source` and `target`.

    `licence` is each edge's own. `numbers` are float32 of shape (n_edges,), NaN where the table says nothing.
    A pair can stand there more than once, as often as its table names it.
    """

    name: str
    source: str
    target: str
    rows: np.ndarray
    columns: np.ndarray
    licence: Column
    numbers: Mapping[str, np.ndarray] = field(default_factory=dict)
    texts: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def commercial(self) -> np.ndarray:
        """Which edges may be used commercially; bool, shape (n_edges,)."""
        import numpy as np

        allowed = np.array([permits_commercial_use(text) for text in self.licence.categories], dtype=bool)
        return allowed[self.licence.codes]


@dataclass(frozen=True)
class Network:
    """All nodes and edges. `key` is a hash of the files that they were read from; `commercial` leaves out the edges whose
    licence forbids commercial use, or is not known to permit it. `structures`: drug → SMILES, for those that have one."""

    key: str
    nodes: Mapping[str, Nodes]
    edges: Mapping[str, Edges]
    structures: Mapping[str, str] = field(default_factory=dict)
    commercial: bool = False

    def matrix(self, name: str, keep: np.ndarray | None = None) -> sparse.csr_array:
        """Ones where an edge of that kind is: float64, shape (nodes of its source, nodes of its target).

        keep: bool, shape (n_edges,): which edges count (a threshold on a column); all without it.
        """
        import numpy as np
        from scipy import sparse

        edges = self.edges[name]
        kept = np.ones(len(edges), dtype=bool) if keep is None else np.asarray(keep, dtype=bool)
        if self.commercial:
            kept = kept & edges.commercial
        rows, columns = edges.rows[kept], edges.columns[kept]
        shape = (len(self.nodes[edges.source]), len(self.nodes[edges.target]))
        matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        return matrix
