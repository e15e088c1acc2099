"""What the network says of likeness between diseases, likeness between drugs, and paths from drug to disease.

No treatment is in it: it is the same whatever the training file holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..network.structure import DISEASE, DRUG
from .structures import piece_counts
from .weighting import damped, profiles

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from ..network import Network

_LARGEST_COMPLEX = 5
"""A target named together with more genes than this (complex I, GABA-A) says little of each of them."""
_MOST_ENRICHED = 100.0
"""Co-occurrence of two diseases, as a multiple of chance, from which on more is not more."""
_LEAST_STRUCTURE = 0.2
"""Likeness of structures below which two drugs have no more in common than any two."""
_DRUG_WEIGHTS = {"targets": 1.0, "mechanism": 2.0, "classes": 2.0, "structure": 1.0, "families": 1.0}


@dataclass(frozen=True)
class Evidence:
    """Built once from a network, then asked row by row.

    profiles: by kind of likeness, the diseases' profiles, shape (n_diseases, anything), rows of length 1 or 0.
    enrichment: co-occurrence of diseases from 0 to 1, shape (n_diseases, n_diseases).
    drugs: by kind of likeness, float32, shape (n_drugs, n_drugs), the diagonal 0; `mean` is the weighted mean of all.
    paths: by name, the two halves of a path (disease to middle, drug to middle) and the mean of what is not 0.
    degrees: log(1 + degree) of each drug, shape (3, n_drugs): its targets, mechanisms and classes.
    known: whether a disease has any edge but those of the ontology, bool, shape (n_diseases,).
    """

    profiles: dict[str, sparse.csr_array]
    enrichment: sparse.csr_array
    drugs: dict[str, np.ndarray]
    paths: dict[str, tuple[sparse.csr_array, sparse.csr_array]]
    degrees: np.ndarray
    known: np.ndarray

    def likeness(self, rows: np.ndarray, others: np.ndarray) -> dict[str, np.ndarray]:
        """By kind, how like the diseases `rows` are to `others`: shape (n_rows, n_others). A disease is not like itself:
        0 there, so that what treats it never speaks for itself."""
        same = rows[:, None] == others[None, :]
        found = {name: (of[rows] @ of[others].T).toarray() for name, of in self.profiles.items()}
        found["co_occurrence"] = self.enrichment[rows][:, others].toarray()
        found["mean"] = sum(found.values()) / len(found)
        for values in found.values():
            values[same] = 0.0
        return found

    def path_counts(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """By name, degree-weighted path counts from each disease to each drug: shape (n_rows, n_drugs)."""
        return {name: (disease[rows] @ drug.T).toarray() for name, (disease, drug) in self.paths.items()}


def build_evidence(network: Network) -> Evidence:
    import numpy as np
    from scipy import sparse

    numbers = network.edges["targets"].numbers
    complex_size = np.nan_to_num(numbers["complex_size"], nan=1.0)
    binds, aims = network.matrix("binds"), network.matrix("targets")
    mechanism = network.matrix("targets", (numbers["moa"] == 1) & (complex_size <= _LARGEST_COMPLEX))
    genes = {name: network.matrix(name) for name in ("associates", "knowledge")}
    genes["gwas"] = network.matrix("gwas", network.edges["gwas"].numbers["primary"] == 1)
    loci = network.matrix("gwas")
    pathway, family = network.matrix("pathway"), network.matrix("in_family")
    disease_genes = sparse.csr_array(sum(genes.values()))
    disease_genes.data = np.minimum(disease_genes.data, 2.0)
    enrichment = _enrichment(network)
    symptoms, anatomy = network.matrix("has_symptom"), network.matrix("localises")
    of_disease = {
        "genes": disease_genes,
        "symptoms": symptoms,
        "anatomy": anatomy,
        "ontology": _ancestors(network.matrix("is_a")),
        "pathways": sparse.csr_array(disease_genes @ damped(pathway).T),
        "neighbours": enrichment,
    }
    strength = sparse.csr_array(binds + aims + 2 * mechanism)
    strength.data = np.log1p(strength.data)
    classes = network.matrix("in_class")
    of_drug = {
        "targets": strength,
        "mechanism": mechanism,
        "classes": classes,
        "structure": piece_counts(network.structures, network.nodes[DRUG]),
        "families": sparse.csr_array(mechanism @ family.T),
    }
    halves = {name: damped(matrix) for name, matrix in {**genes, "gwas": loci}.items()}
    drug_halves = {"binds": damped(binds), "targets": damped(aims), "mechanism": damped(mechanism)}
    paths = {f"{d}-gene-{g}": (halves[g], drug_halves[d]) for d in drug_halves for g in halves}
    any_gene, any_drug = sparse.csr_array(sum(halves.values())), sparse.csr_array(sum(drug_halves.values()))
    for name, over in {"pathway": pathway, "go": network.matrix("annotated"), "family": family}.items():
        middle = damped(over).T
        paths[f"drug-gene-{name}-gene"] = (sparse.csr_array(any_gene @ middle), sparse.csr_array(any_drug @ middle))
    paths["drug-gene-anatomy"] = (sparse.csr_array(damped(anatomy) @ damped(network.matrix("expresses"))), any_drug)
    known = sum(np.diff(m.indptr) for m in (disease_genes, loci, symptoms, anatomy, enrichment)) > 0
    degrees = np.log1p(np.stack([np.diff(m.indptr) for m in (strength, mechanism, classes)]).astype(float))
    return Evidence(
        {name: profiles(matrix) for name, matrix in of_disease.items()}, enrichment, _drugs(of_drug), paths, degrees, known
    )


def _ancestors(is_a: sparse.csr_array) -> sparse.csr_array:
    """Ones from each disease to itself and to everything that it is a kind of."""
    from scipy import sparse

    step = sparse.csr_array(sparse.eye_array(is_a.shape[0]))
    found = step
    while True:
        step = sparse.csr_array(step @ is_a)
        grown = sparse.csr_array(found + step)
        grown.data[:] = 1.0
        if grown.nnz == found.nnz:
            return found
        step.data[:] = 1.0
        found = grown


def _enrichment(network: Network) -> sparse.csr_array:
    """log(enrichment) from 0 (no more than chance) to 1, both ways."""
    import numpy as np
    from scipy import sparse

    edges, size = network.edges["co_occurs"], len(network.nodes[DISEASE])
    enriched = np.asarray(edges.numbers["enrichment"], dtype=float)
    kept = enriched > 1
    if network.commercial:
        kept &= edges.commercial
    values = np.minimum(np.log(enriched[kept]) / np.log(_MOST_ENRICHED), 1.0)
    one_way = sparse.csr_array((values, (edges.rows[kept], edges.columns[kept])), shape=(size, size))
    return sparse.csr_array(one_way.maximum(one_way.T))


def _drugs(matrices: dict[str, sparse.csr_array]) -> dict[str, np.ndarray]:
    import numpy as np

    found = {}
    for name, matrix in matrices.items():
        of = profiles(matrix)
        like = (of @ of.T).toarray().astype(np.float32)
        np.fill_diagonal(like, 0)
        found[name] = np.maximum(like - _LEAST_STRUCTURE, 0) ** 2 if name == "structure" else like
    total = sum(_DRUG_WEIGHTS.values())
    found["mean"] = sum(_DRUG_WEIGHTS[name] * like for name, like in found.items()) / total
    return found
