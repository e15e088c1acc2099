"""How alike diseases are: shared symptoms, anatomy and genes, place in the ontology, articles that name both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..repurposing.weighting import profiles

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from ..network import Network

_DEPTH = 40
"""More steps to the root than any term of the Disease Ontology has; ends a circle of a damaged file."""
_DESCRIBED = ("has_symptom", "localises", "associates")
"""Kinds of edges that make a disease one of the references."""


def references(network: Network) -> np.ndarray:
    """Rows of the diseases that others are compared with: those with symptoms, anatomy or associated genes."""
    import numpy as np

    return np.flatnonzero(sum(np.asarray(network.matrix(name).sum(axis=1)).ravel() for name in _DESCRIBED))


def disease_genes(network: Network) -> sparse.csr_array:
    """1 where a table of genes of diseases names the pair, shape (n_diseases, n_genes)."""
    from scipy import sparse

    found = sparse.csr_array(network.matrix("associates") + network.matrix("knowledge") + network.matrix("gwas"))
    found.data[:] = 1.0
    return found


def similarities(network: Network, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean of five similarities, similarity in the ontology alone): float, shape (n_diseases, n_kept), 0 to 1.

    kept: rows of the references. Each of the five is divided by its greatest value among the references, so that none
    outweighs the others. Nothing is like itself: where row and reference are the same disease there is a zero.
    """
    import numpy as np

    ancestors = _to_all(profiles(_ancestors(network)), kept)
    tables = (network.matrix("has_symptom"), network.matrix("localises"), disease_genes(network))
    parts = [*(_to_all(_profiles(table, kept), kept) for table in tables), ancestors, _named_together(network, kept)]
    total = np.zeros_like(ancestors)
    for part in parts:
        part[kept, np.arange(len(kept))] = 0.0
        highest = part[kept].max(initial=0.0)
        if highest > 0:
            total += part / highest / len(parts)
    return total, ancestors


def _profiles(table: sparse.csr_array, kept: np.ndarray) -> sparse.csr_array:
    """Rows of length 1; how rare a column is, is counted among the references."""
    import numpy as np
    from scipy import sparse

    having = np.asarray(table[kept].sum(axis=0)).ravel()
    weighted = sparse.csr_array(table @ sparse.diags_array(np.log((len(kept) + 1) / (having + 1))))
    length = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    return sparse.csr_array(sparse.diags_array(1 / length) @ weighted)


def _to_all(unit: sparse.csr_array, kept: np.ndarray) -> np.ndarray:
    return (unit @ unit[kept].T).toarray()


def _ancestors(network: Network) -> sparse.csr_array:
    """1 where the column is the disease itself or above it, shape (n_diseases, n_diseases)."""
    from scipy import sparse

    parents = network.matrix("is_a")
    step = sparse.csr_array(sparse.eye_array(parents.shape[0]))
    found = step.copy()
    for _ in range(_DEPTH):
        step = sparse.csr_array(step @ parents)
        if step.nnz == 0:
            break
        step.data[:] = 1.0
        found = found + step
    found.data[:] = 1.0
    return sparse.csr_array(found)


def _named_together(network: Network, kept: np.ndarray) -> np.ndarray:
    """log(enrichment) · log(1 + articles) of pairs that articles name together more often than chance, both ways round."""
    import numpy as np
    from scipy import sparse

    edges, size = network.edges["co_occurs"], len(network.nodes["disease"])
    enrichment = np.nan_to_num(edges.numbers["enrichment"], nan=1.0).astype(float)
    articles = np.nan_to_num(edges.numbers["n_articles"], nan=0.0).astype(float)
    used = enrichment > 1
    if network.commercial:
        used = used & edges.commercial
    values = np.log(enrichment[used]) * np.log1p(articles[used])
    one_way = sparse.csr_array((values, (edges.rows[used], edges.columns[used])), shape=(size, size))
    return sparse.csr_array(one_way.maximum(one_way.T))[:, kept].toarray()
