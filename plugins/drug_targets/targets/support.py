"""What supports a gene as a target, kind by kind, with the edges that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .features import mentioned

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from ..network import Edges
    from ..network.structure import Nodes
    from .features import Evidence

    _Groups = tuple[str, sparse.csr_array, Mapping[int, tuple[int, list[int]]], Nodes]

_SHOWN = 3
"""Diseases, pathways, drugs named of each kind."""
Found = dict[str, dict[str, Any]]


class Support:
    """treated: training disease → drugs that treat it, without the diseases that are asked."""

    def __init__(self, evidence: Evidence, treated: Mapping[int, list[int]]) -> None:
        from scipy import sparse

        self._evidence, self._treated = evidence, treated
        network = evidence.network
        self._pathways = network.matrix("pathway")
        self._of_gene = sparse.csr_array(self._pathways.T)
        self._drugs_of_gene = sparse.csr_array(evidence.bound.T)
        self._acting_of_gene = sparse.csr_array(evidence.acting.T)
        self._diseases_of_gene = sparse.csr_array(evidence.genes[evidence.kept].T)

    def of(self, disease: int) -> Callable[[int], Found]:
        """For one disease: gene → its evidence. A kind without anything is left out."""
        own = sorted(self._evidence.genes[[disease]].indices.tolist())
        groups = (
            ("pathways", self._of_gene, _among(self._pathways, own), self._evidence.network.nodes["pathway"]),
            (
                "drugs_that_bind_both",
                self._drugs_of_gene,
                _among(self._evidence.bound, own),
                self._evidence.network.nodes["drug"],
            ),
        )
        mined = mentioned(self._evidence.network)
        tables = {name: self._of_disease(name, disease) for name in ("knowledge", "gwas")}
        tables |= {"mined": self._of_disease("associates", disease, mined)}
        tables |= {"associated": self._of_disease("associates", disease, ~mined)}
        alike = self._evidence.alike[disease]
        treating: dict[int, list[int]] = {}
        for row, drugs in self._treated.items():
            for drug in drugs:
                treating.setdefault(drug, []).append(row)

        def found(gene: int) -> Found:
            kinds = {
                "genetic": self._genetic(tables, gene),
                "phenotype_overlap": self._similar(alike, gene),
                "known_drug": self._drugs(disease, treating, gene),
                "pathway": self._shared(groups, gene),
                "literature_co_mention": self._texts("associates", tables["mined"].get(gene, []), ("sources",)),
                "tractability": self._tractable(gene),
            }
            return {kind: about for kind, about in kinds.items() if about}

        return found

    def _of_disease(self, name: str, disease: int, keep: np.ndarray | None = None) -> dict[int, list[int]]:
        edges = self._evidence.network.edges[name]
        used = edges.rows == disease
        if keep is not None:
            used = used & keep
        if self._evidence.network.commercial:
            used = used & edges.commercial
        found: dict[int, list[int]] = {}
        for edge in used.nonzero()[0].tolist():
            found.setdefault(int(edges.columns[edge]), []).append(edge)
        return found

    def _genetic(self, tables: Mapping[str, Mapping[int, list[int]]], gene: int) -> dict[str, Any]:
        curated = self._texts("knowledge", tables["knowledge"].get(gene, []), ("source", "evidence"), "stars")
        gwas = self._texts("gwas", tables["gwas"].get(gene, []), (), "locus", "primary", "high_confidence")
        associated = self._texts("associates", tables["associated"].get(gene, []), ("sources",))
        named = (("curated", curated), ("gwas", gwas), ("associated", associated))
        return {name: edges["edges"] for name, edges in named if edges}

    def _texts(self, name: str, numbers: list[int], texts: tuple[str, ...], *values: str) -> dict[str, Any]:
        edges: Edges = self._evidence.network.edges[name]
        lines = []
        for edge in numbers:
            line: dict[str, Any] = {text: edges.texts[text][edge] for text in texts if text in edges.texts}
            line |= {value: _whole(float(edges.numbers[value][edge])) for value in values}
            lines.append({**line, "licence": edges.licence[edge]})
        return {"edges": lines} if lines else {}

    def _similar(self, alike: np.ndarray, gene: int) -> dict[str, Any]:
        columns = _columns(self._diseases_of_gene, gene)
        best = sorted((column for column in columns if alike[column] > 0), key=lambda c: (-alike[c], c))[:_SHOWN]
        nodes = self._evidence.network.nodes["disease"]
        named = [
            {"disease_id": nodes.ids[row], "name": nodes.names[row], "similarity": round(float(alike[column]), 4)}
            for column in best
            for row in [int(self._evidence.kept[column])]
        ]
        return {"genes_of_similar_diseases": named} if named else {}

    def _drugs(self, disease: int, treating: Mapping[int, list[int]], gene: int) -> dict[str, Any]:
        evidence, pairs = self._evidence, []
        for drug in _columns(self._acting_of_gene, gene):
            for row in treating.get(drug, ()):
                column = evidence.column.get(row)
                pairs.append((0.0 if column is None else float(evidence.alike[disease, column]), row, drug))
        nodes, drugs = evidence.network.nodes["disease"], evidence.network.nodes["drug"]
        best = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[:_SHOWN]
        named = [
            {
                "drugbank_id": drugs.ids[drug],
                "name": drugs.names[drug],
                "treats": nodes.ids[row],
                "disease": nodes.names[row],
                "similarity": round(similarity, 4),
            }
            for similarity, row, drug in best
        ]
        return {"drugs_of_similar_diseases": named, "pairs": len(pairs)} if named else {}

    def _shared(self, groups: tuple[_Groups, ...], gene: int) -> dict[str, Any]:
        """Pathways of the gene with other genes of the disease, and drugs that bind it and one of them; small ones first."""
        genes = self._evidence.network.nodes["gene"].names
        found: dict[str, Any] = {}
        for name, groups_of, own_of, nodes in groups:
            shared = []
            for group in _columns(groups_of, gene):
                size, own = own_of.get(group, (0, []))
                if own and own != [gene]:
                    shared.append((size, group, own))
            lines = [
                {
                    "id": nodes.ids[group],
                    "name": nodes.names[group],
                    "genes": [genes[row] for row in [row for row in own if row != gene][:_SHOWN]],
                }
                for _, group, own in sorted(shared, key=lambda one: one[:2])[:_SHOWN]
            ]
            if lines:
                found[name] = lines
        return found

    def _tractable(self, gene: int) -> dict[str, Any]:
        binding = len(_columns(self._drugs_of_gene, gene))
        acting = int(self._evidence.drugs_acting[gene])
        return {"drugs_that_bind": binding, "drugs_that_act_through_it": acting} if binding else {}


def _columns(matrix: sparse.csr_array, row: int) -> list[int]:
    columns: list[int] = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].tolist()
    return columns


def _among(matrix: sparse.csr_array, own: list[int]) -> dict[int, tuple[int, list[int]]]:
    """Group → (its size, which of the genes `own` it has), for the groups that have any."""
    part = matrix[:, own]
    size = matrix.indptr[1:] - matrix.indptr[:-1]
    return {
        int(group): (int(size[group]), sorted(own[column] for column in _columns(part, group)))
        for group in (part.indptr[1:] - part.indptr[:-1]).nonzero()[0]
    }


def _whole(value: float) -> float | int | None:
    if value != value:
        return None
    return int(value) if value.is_integer() else value
