"""The knowledge that comes with the installed packages: nothing is downloaded."""

from bedside.core.host.registered import KnowledgeSource

from . import annotations, cpic, drug_names, hpo, hpo_genes, icd10cm

__all__ = ["starter_sources"]


def starter_sources() -> list[KnowledgeSource]:
    """The starter sources, in the order in which they are best loaded: what answers questions first."""
    return [module.SOURCE for module in (cpic, drug_names, hpo, annotations, hpo_genes, icd10cm)]
