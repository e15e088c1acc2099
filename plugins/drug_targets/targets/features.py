"""What speaks for a gene as a target in a disease, as numbers: one row a gene, one column a feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..repurposing.weighting import damped
from .similarity import disease_genes, references, similarities

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from ..network import Network

FEATURES: Mapping[str, str] = {
    "similar_diseases_drugs": "known_drug",
    "ontology_neighbours_drugs": "known_drug",
    "similar_diseases_genes": "phenotype_overlap",
    "anatomy": "phenotype_overlap",
    "associated": "literature_co_mention",
    "curated": "genetic",
    "gwas": "genetic",
    "pathway": "pathway",
    "shared_drug": "pathway",
    "carries_action": "tractability",
    "drugs_acting": "tractability",
    "gene_degree": "degree",
}
"""Feature → the kind of evidence it belongs to."""
LARGEST_COMPLEX = 5
"""A drug that names more genes at once than this acts on a complex, and says little of each of its genes."""

GWAS_CATALOG = "GWAS Catalog"
"""How the table of associations names the source that is no text mining."""


class Evidence:
    """The matrices of a network that features are made of. No treatment is among them.

    acting: 1 where a gene carries the action of a drug (complexes of at most `LARGEST_COMPLEX`), shape (n_drugs, n_genes).
    kept: rows of the reference diseases. alike, ontology: shape (n_diseases, n_kept). genes: shape (n_diseases, n_genes).
    drugs_acting: how many drugs act through each gene, complexes of any size, shape (n_genes,).
    """

    def __init__(self, network: Network) -> None:
        import numpy as np
        from scipy import sparse

        targets = network.edges["targets"].numbers
        moa = targets["moa"] == 1
        self.network = network
        self.acting = network.matrix("targets", moa & (targets["complex_size"] <= LARGEST_COMPLEX))
        self.drugs_acting = _sums(network.matrix("targets", moa))
        bound = sparse.csr_array(network.matrix("binds") + network.matrix("targets"))
        bound.data[:] = 1.0
        self.candidates = np.flatnonzero(_sums(bound))
        """Genes that some drug binds: what the model is fitted on. All genes are ranked."""
        self.bound = bound
        self.kept = references(network)
        self.alike, self.ontology = similarities(network, self.kept)
        self.column = {int(row): column for column, row in enumerate(self.kept)}
        self.genes = disease_genes(network)
        mined = mentioned(network)
        self.associated, self.curated = network.matrix("associates", mined), network.matrix("knowledge")
        primary = network.matrix("gwas", network.edges["gwas"].numbers["primary"] == 1)
        self.gwas = sparse.csr_array(primary.maximum(network.matrix("associates", ~mined)))
        self.localises = network.matrix("localises")
        self._reference_genes = sparse.csr_array(self.genes[self.kept])
        self._degree = np.log1p(_sums(self._reference_genes))
        self._pathway, self._drug = damped(network.matrix("pathway")), damped(bound)
        self._expresses = damped(network.matrix("expresses"))

    def described(self, disease: int) -> bool:
        """Whether the network has an edge of the disease, besides its place in the ontology."""
        own = (self.genes, self.localises, self.network.matrix("has_symptom"))
        co = self.network.edges["co_occurs"]
        return any(matrix[[disease]].nnz for matrix in own) or bool(((co.rows == disease) | (co.columns == disease)).any())

    def features(self, disease: int, aimed_at: Mapping[int, np.ndarray]) -> np.ndarray:
        """Shape (n_genes, n_features), columns as in `FEATURES`.

        aimed_at: training disease → 1 where its drugs act through the gene, shape (n_genes,). What it holds of `disease`
        itself is not looked at.
        """
        import numpy as np

        others = [row for row in aimed_at if row != disease and row in self.column]
        columns = [self.column[row] for row in others]
        known = np.array([aimed_at[row] for row in others]).reshape(len(others), self.genes.shape[1])
        alike, own = self.alike[disease].copy(), _row(self.genes, disease)
        own = own / np.sqrt(max(own.sum(), 1.0))
        neighbours = alike / max(alike.sum(), 1e-9)
        made = {
            "similar_diseases_drugs": alike[columns] @ known,
            "ontology_neighbours_drugs": self.ontology[disease, columns] @ known,
            "similar_diseases_genes": np.sqrt(self._reference_genes.T @ neighbours),
            "anatomy": np.sqrt(self._expresses.T @ _row(self.localises, disease)),
            "associated": _row(self.associated, disease),
            "curated": _row(self.curated, disease),
            "gwas": _row(self.gwas, disease),
            "pathway": _reached(self._pathway, own),
            "shared_drug": _reached(self._drug, own),
            "carries_action": (self.drugs_acting > 0).astype(float),
            "drugs_acting": np.log1p(self.drugs_acting),
            "gene_degree": self._degree,
        }
        return np.column_stack([made[name] for name in FEATURES])

    def aimed_at(self, drugs: Sequence[int]) -> np.ndarray:
        """1 where one of the drugs acts through the gene, shape (n_genes,)."""
        return (_sums(self.acting[list(drugs)]) > 0).astype(float)


def mentioned(network: Network) -> np.ndarray:
    """Which associations rest on text mining, not on GWAS alone; bool, shape (n_edges,)."""
    import numpy as np

    sources = network.edges["associates"].texts["sources"]
    mined = np.array([bool(set(text.split("|")) - {GWAS_CATALOG}) for text in sources.categories], dtype=bool)
    return mined[sources.codes]


def _reached(groups: sparse.csr_array, start: np.ndarray) -> np.ndarray:
    """Root of the weighted paths gene – group – gene from `start`, not back to the gene itself."""
    import numpy as np

    back = _sums(groups * groups) * start
    return np.sqrt(np.maximum(groups.T @ (groups @ start) - back, 0.0))


def _sums(matrix: sparse.csr_array) -> np.ndarray:
    import numpy as np

    return np.asarray(matrix.sum(axis=0)).ravel()


def _row(matrix: sparse.csr_array, row: int) -> np.ndarray:
    return matrix[[row]].toarray().ravel()
