"""Nodes that the starter knowledge owns, by id: a file that only names their ids must not store them anew under them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from bedside.core.types import GraphNode


def starter_node(ident: str) -> GraphNode | None:
    """The node of HPO, CPIC, OMIM/ORPHA (HPO's annotations), a gene or a drug, as its own source gives it."""
    prefix = ident.partition(":")[0]
    if prefix == "HP":
        return _phenotypes().get(ident)
    if prefix == "GENE":
        return gene(ident.removeprefix("GENE:"), "") if ident.removeprefix("GENE:") in _symbols() else None
    if prefix in ("OMIM", "ORPHA", "DECIPHER"):
        return _diseases().get(ident)
    if prefix in ("RXNORM", "DRUGBANK", "DRUG"):
        return _drugs().get(ident)
    return None


def gene(symbol: str, source_id: str) -> GraphNode:
    """The node of a gene: CPIC's or HPO's where they have it, else `source_id`'s."""
    from ..starter import cpic_genes, hpo_genes

    if symbol in _cpic():
        return cpic_genes.gene_node(symbol)
    owner = hpo_genes.ID if symbol in _symbols() else source_id
    return GraphNode(id=f"GENE:{symbol}", kind="Gene", name=symbol, source_id=owner)


def drug_by_bank(number: str) -> GraphNode | None:
    """The node of the drug with this DrugBank number (`DB00035`), whatever id the starter knowledge gives it."""
    return _banks().get(number)


@lru_cache(maxsize=1)
def _phenotypes() -> dict[str, GraphNode]:
    from ..starter import hpo

    return hpo.phenotype_nodes()


@lru_cache(maxsize=1)
def _cpic() -> set[str]:
    from ..starter.cpic_genes import cpic_genes

    return cpic_genes()


@lru_cache(maxsize=1)
def _symbols() -> set[str]:
    from ..starter import hpo_genes

    return _cpic() | {symbol for symbol, _ in hpo_genes.pairs(hpo_genes.genes_path(), Counter())}


@lru_cache(maxsize=1)
def _diseases() -> dict[str, GraphNode]:
    from ..starter.annotations import disease_node, hpoa_path, read_rows
    from ..starter.diseases import disease_names

    names = disease_names((row["database_id"], row["disease_name"]) for row in read_rows(hpoa_path(), Counter()))
    return {ident: disease_node(ident, name) for ident, name in names.items()}


@lru_cache(maxsize=1)
def _drugs() -> dict[str, GraphNode]:
    from ..starter import drug_names

    return {record.id: record for record in drug_names.records() if isinstance(record, GraphNode)}


@lru_cache(maxsize=1)
def _banks() -> dict[str, GraphNode]:
    found: dict[str, GraphNode] = {}
    for node in _drugs().values():
        for ident in (node.id, *node.props.get("related", ())):
            if ident.startswith("DRUGBANK:"):
                found.setdefault(ident.removeprefix("DRUGBANK:"), node)
    return found
