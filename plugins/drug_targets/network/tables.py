"""Which file gives which edges: the columns of the source `drug-network`."""

from __future__ import annotations

from dataclasses import dataclass

from .structure import DISEASE, DRUG, GENE

SOURCE = "drug-network"
NODES = "node_names.tsv"
SYMBOLS = "gene_symbols.tsv.gz"
STRUCTURES = "drug_structures.tsv.gz"
CC0, CC_BY, CC_BY_SA = "CC0 1.0", "CC BY 4.0", "CC BY-SA 4.0"


@dataclass(frozen=True)
class Table:
    """One file as edges `name` from kind `source` to kind `target`.

    `source_column` and `target_column` hold ids (several in one cell: `|` between them), `*_name` the column of their
    names. `licence` is that of every row, unless `licence_column` names it per row.
    """

    file: str
    name: str
    source: str
    source_column: str
    target: str
    target_column: str
    licence: str = ""
    licence_column: str = ""
    source_name: str = ""
    target_name: str = ""
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


_DOID, _DRUG, _GENE = "doid_id", "drugbank_id", "entrez_gene_id"
TABLES = (
    Table(
        "compound_binds_gene.tsv", "binds", DRUG, _DRUG, GENE, _GENE, licence_column="license",
        numbers=("affinity_nM",), texts=("sources", "pubmed_ids", "actions", "urls"),
    ),
    Table(
        "drug_targets_drugcentral.tsv.gz", "targets", DRUG, _DRUG, GENE, _GENE, licence_column="license",
        numbers=("moa", "complex_size", "best_neg_log10_M"),
        texts=("action", "target_class", "tdl", "sources", "url", "release"),
    ),
    Table(
        "drug_class.tsv.gz", "in_class", DRUG, _DRUG, "drug_class", "class_id", CC_BY, target_name="class_name",
        texts=("class_source", "kind"),
    ),
    Table(
        "disease_associates_gene.tsv", "associates", DISEASE, _DOID, GENE, _GENE, licence_column="license",
        texts=("sources",),
    ),
    Table(
        "disease_gene_knowledge.tsv.gz", "knowledge", DISEASE, _DOID, GENE, _GENE, CC_BY,
        numbers=("stars",), texts=("source", "evidence"),
    ),
    Table(
        "disease_gene_gwas.tsv.gz", "gwas", DISEASE, _DOID, GENE, _GENE, "CC BY 4.0 | EBI terms",
        numbers=("locus", "high_confidence", "primary"),
    ),
    Table("disease_symptom.tsv.gz", "has_symptom", DISEASE, _DOID, "symptom", "mesh_id", CC0, target_name="symptom"),
    Table("disease_anatomy.tsv.gz", "localises", DISEASE, _DOID, "anatomy", "uberon_id", CC0, target_name="anatomy"),
    Table(
        "disease_disease_cooccurrence.tsv.gz", "co_occurs", DISEASE, "doid_a", DISEASE, "doid_b", CC0,
        numbers=("n_articles", "enrichment", "p_fisher"),
    ),
    Table(
        "is_a.tsv.gz", "is_a", DISEASE, _DOID, DISEASE, "parent_id", CC0, source_name="name", target_name="parent_name"
    ),
    Table(
        "anatomy_gene.tsv.gz", "expresses", "anatomy", "uberon_id", GENE, _GENE, CC_BY, source_name="anatomy",
        numbers=("stars",), texts=("source",),
    ),
    Table(
        "pathways.tsv.gz", "pathway", "pathway", "identifier", GENE, "entrez_gene_ids", licence_column="license",
        source_name="name", texts=("source", "url"),
    ),
    Table(
        "go_direct_experimental.tsv.gz", "annotated", "go_term", "go_id", GENE, "entrez_gene_ids", CC_BY,
        source_name="go_name", texts=("go_domain",),
    ),
    Table("gene_family.tsv.gz", "in_family", "family", "family_id", GENE, _GENE, CC0, source_name="family_name"),
)  # fmt: skip
FILES = (NODES, SYMBOLS, STRUCTURES, *(table.file for table in TABLES))
CLOSED = (DRUG, GENE)
"""Kinds whose nodes are those of `node_names.tsv`, so that a ranking runs over the same drugs and genes whatever a table
names besides. Other kinds grow with the tables."""
