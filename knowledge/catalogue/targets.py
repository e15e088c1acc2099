"""Catalogue: the network of drugs, genes and diseases that targets and repurposing are worked out from."""

from __future__ import annotations

from bedside.core.host.registered import KnowledgeSource, RemoteFile

from .networks import HETIONET


def _table(mirror: str, origin: str, sha256: str, size: int) -> RemoteFile:
    """A table of the mirror. origin: the repository and commit that it was made from; its page is where it comes from."""
    name = mirror.rpartition("/")[2]
    return RemoteFile(name, f"https://github.com/{origin}", sha256=sha256, size=size, mirror=mirror)


_TABLES = (
    _table(
        "kg/node_names.tsv",
        "dhimmel/integrate/tree/93feba1765fbcd76fd79e22f25121f5399629148",
        "e0a3514ec7cc05ad3ab07d0f6f57847a20de050946b9596f4d26b23bbd751dbd",
        573_210,
    ),
    _table(
        "kg/compound_binds_gene.tsv",
        "dhimmel/integrate/tree/93feba1765fbcd76fd79e22f25121f5399629148",
        "a8d78d7c69dffe68990b2a9b729687f10b1f47749bdbc225cabc2e2b70ef0a16",
        572_341,
    ),
    _table(
        "kg/drug_targets_drugcentral.tsv.gz",
        "kenmcgarry/ComplexNetworks/tree/5ca9a5a",
        "2118dab78a39f111a7e385226ab6efa1afc6ef0696055d43bdcd82bd3c8980ba",
        100_062,
    ),
    _table(
        "kg/drug_class.tsv.gz",
        "dhimmel/drugcentral/tree/0e085dd",
        "30fd05e8168a5d5f2fc44d4a17db0389c6a8812c8bc1840b7bb3644b1f310f4c",
        27_088,
    ),
    _table(
        "kg/drug_structures.tsv.gz",
        "unmtransinfo/DrugCentral-2023/tree/37a81bf",
        "513b0d6b1daf1c6c066b58554a8feadd8d363654d7300b9c5c481cd080cb2adf",
        62_022,
    ),
    _table(
        "kg/disease_associates_gene.tsv",
        "dhimmel/integrate/tree/93feba1765fbcd76fd79e22f25121f5399629148",
        "40853795f738598d7cd15dff6e29fea4d3c3b4b5747125699b236a8cb5852665",
        261_336,
    ),
    _table(
        "kg/disease_gene_knowledge.tsv.gz",
        "dhimmel/diseases/tree/60f9551",
        "35af69c2feb704ec1a226e31e5d9775e12c08d3cdf2180bb7271ec3eda052c3f",
        125_230,
    ),
    _table(
        "kg/disease_gene_gwas.tsv.gz",
        "dhimmel/gwas-catalog/tree/b6ebe8d",
        "8daddf566c8d182f6712466dc6fe9d87d266f313434818174675103f8e24a05d",
        54_601,
    ),
    _table(
        "kg/disease_symptom.tsv.gz",
        "dhimmel/medline/tree/0c9e290",
        "67170c8e094cbefa9ee7dca8b721ff6844b6c9d6d00a3f3fcfcfe70ff7bcb8d6",
        18_800,
    ),
    _table(
        "kg/disease_anatomy.tsv.gz",
        "dhimmel/medline/tree/0c9e290",
        "c414a33dd582a7a72137ac76dcaa6d314441024e96886942de84fc50d650b91f",
        19_015,
    ),
    _table(
        "kg/disease_disease_cooccurrence.tsv.gz",
        "dhimmel/medline/tree/0c9e290",
        "3897bb6014b2c230839cb992b0aebe322b753eda4a6737d9c5bf63f9bc52a1df",
        45_425,
    ),
    _table(
        "kg/disease_ontology/is_a.tsv.gz",
        "DiseaseOntology/HumanDiseaseOntology/tree/9fbefd6",
        "6d55923af062747025780b3b95dfd11d9eae772550747dd9f64eaa9a0a2614cf",
        171_833,
    ),
    _table(
        "kg/anatomy_gene.tsv.gz",
        "dhimmel/tissues/tree/b232102",
        "62407755f6092d1fd1fa85a5a022c8abb18d146ad727ca5f442526ceb815e1ea",
        95_989,
    ),
    _table(
        "kg/pathways.tsv.gz",
        "dhimmel/pathways/tree/1bd2c68",
        "fa1d452f59cdf218cd7349de2d34e55b44f338ea294e88492d9463e6d56b9f59",
        181_841,
    ),
    _table(
        "kg/go_direct_experimental.tsv.gz",
        "dhimmel/gene-ontology/tree/d57fd93",
        "af8bbaa47096adfea73fa897b4d72032bc11949709d0921f030a15de62c71809",
        391_416,
    ),
    _table(
        "kg/gene_family.tsv.gz",
        "dhimmel/hgnc/tree/fd79a33",
        "59f88bfb67c637d2fd7fe3cf8fd7cef8798b42f6369201a20b9a5c6c254b5ad9",
        89_040,
    ),
    _table(
        "kg/gene_symbols.tsv.gz",
        "dhimmel/entrez-gene/tree/a736274",
        "baaed24bb6cb0a69f17643271e7bec9217636c6018ade137c6032b80b6bec2fb",
        368_070,
    ),
)

DRUG_NETWORK = KnowledgeSource(
    id="drug-network",
    title="Drugs, genes and diseases: targets, classes, associations, pathways, ontology",
    licence="each edge keeps its own: CC0 1.0, public domain, CC BY 3.0/4.0, CC BY-SA 3.0/4.0, EBI terms",
    licence_url="https://github.com/hetio/hetionet#license",
    version=lambda: "2026-11",
    homepage="https://het.io",
    files=HETIONET.files,
    mirror_files=_TABLES,
    note="Only pulled: the files are kept for the specialist in drug targets. It needs the tables of a mirror, which were "
    "made from the publishers' files named there; from the publishers only Hetionet's three tables are fetched so far, "
    "fixed by their commit: nobody publishes hashes, they are recorded at the first pull. The tables hold no treatment.",
)
SOURCES = (DRUG_NETWORK,)
