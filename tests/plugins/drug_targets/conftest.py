"""A network small enough to work out by hand, written as the tables of the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.core.testing import TestServices
from bedside.core.types import SourceFiles
from bedside.plugins.drug_targets.network import Network
from bedside.plugins.drug_targets.network.read import read_network
from bedside.plugins.drug_targets.network.tables import FILES

BY, SA, NC = "CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0"
TABLES = {
    "node_names.tsv": [
        "id name kind",
        *(f"Compound::DB{n} drug{n} Compound" for n in range(1, 9)),
        *(f"Gene::{n} gene{n} Gene" for n in range(1, 9)),
        *(f"Disease::DOID:{n} disease{n} Disease" for n in range(1, 7)),
    ],
    "gene_symbols.tsv.gz": ["entrez_gene_id symbol type", "1 G1 symbol"],
    "drug_structures.tsv.gz": ["drugbank_id smiles", "DB1 CCCCN", "DB2 CCCCN", "DB3 OOOOOO"],
    "compound_binds_gene.tsv": [
        "drugbank_id entrez_gene_id sources pubmed_ids actions affinity_nM license urls",
        f"DB1 1 s 11|12 - 5 {BY} -",
        f"DB2 1 s 13 - - {NC} -",
        f"DB3 2 s - - - {BY} -",
        f"DB4 3 s - - - {BY} -",
        f"DB99 1 s - - - {BY} -",
    ],
    "drug_targets_drugcentral.tsv.gz": [
        "drugbank_id entrez_gene_id moa complex_size best_neg_log10_M action target_class tdl sources url release license",
        f"DB1 1 1 1 8 - - - - - - {SA}",
        f"DB5 4 1 43 8 - - - - - - {SA}",
        f"DB6 4 0 1 8 - - - - - - {SA}",
    ],
    "drug_class.tsv.gz": [
        "drugbank_id class_id class_name class_source kind",
        *(f"DB{n} C1 class1 FDA fda_class" for n in (1, 2)),
        "DB3 C2 class2 FDA fda_class",
    ],
    "disease_associates_gene.tsv": [
        "doid_id entrez_gene_id sources license",
        *(f"DOID:{d} {g} s {BY}" for d, g in ((1, 1), (1, 2), (2, 1), (3, 2), (4, 3), (5, 1))),
    ],
    "disease_gene_knowledge.tsv.gz": ["doid_id entrez_gene_id stars source evidence", "DOID:1 1 4 s CURATED"],
    "disease_gene_gwas.tsv.gz": ["doid_id locus high_confidence primary entrez_gene_id", "DOID:2 1 1 1 1", "DOID:2 1 1 0 2"],
    "disease_symptom.tsv.gz": ["doid_id mesh_id symptom", "DOID:1 D1 cough", "DOID:2 D1 cough", "DOID:3 D2 fever"],
    "disease_anatomy.tsv.gz": ["doid_id uberon_id anatomy", "DOID:1 U1 lung", "DOID:2 U1 lung"],
    "disease_disease_cooccurrence.tsv.gz": [
        "doid_a doid_b n_articles enrichment p_fisher",
        "DOID:1 DOID:2 9 10 0",
        "DOID:1 DOID:3 9 0.5 0",
    ],
    "is_a.tsv.gz": ["doid_id name parent_id parent_name", *(f"DOID:{n} child DOID:50 top" for n in (1, 2, 6))],
    "anatomy_gene.tsv.gz": ["uberon_id anatomy entrez_gene_id stars source", "U1 lung 1 4 s"],
    "pathways.tsv.gz": [
        "identifier name license source url entrez_gene_ids",
        f"P1 path1 {BY} s - 1|2",
        f"P2 path2 {BY} s - 3",
    ],
    "go_direct_experimental.tsv.gz": ["go_id go_name go_domain entrez_gene_ids", "GO:1 term bp 1|2"],
    "gene_family.tsv.gz": ["family_id family_name entrez_gene_id", "7 fam 1", "7 fam 2"],
}  # fmt: skip
LICENCES = (BY, SA, NC)
KNOWN = [
    ("DOID:1", "DB1", "DM"), ("DOID:2", "DB2", "DM"), ("DOID:2", "DB1", "DM"), ("DOID:3", "DB3", "DM"),
    ("DOID:4", "DB4", "DM"), ("DOID:4", "DB3", "SYM"), ("DOID:3", "DB5", "NOT"),
]  # fmt: skip


def table(line: str) -> str:
    """Cells are parted by blanks, `-` is an empty one; a licence keeps its blanks."""
    for licence in LICENCES:
        line = line.replace(licence, licence.replace(" ", "~"))
    return "\t".join("" if cell == "-" else cell.replace("~", " ") for cell in line.split(" "))


def write_training(path: Path, pairs: list[tuple[str, str, str]]) -> Path:
    path.write_text("\n".join(["doid_id\tdrugbank_id\tcategory", *("\t".join(pair) for pair in pairs)]) + "\n")
    return path


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tables")
    for name in FILES:
        (folder / name).write_text("\n".join(map(table, TABLES[name])) + "\n", encoding="utf-8")
    return {name: folder / name for name in FILES}


@pytest.fixture(scope="session")
def network(paths: dict[str, Path]) -> Network:
    return read_network(paths, "key")


@pytest.fixture
def services(paths: dict[str, Path]) -> TestServices:
    fake = TestServices()
    fake.pulled["drug-network"] = SourceFiles(id="drug-network", title="t", version="1", licence="l", paths=paths)
    return fake
