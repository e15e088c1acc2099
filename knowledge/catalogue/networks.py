"""Catalogue: diseases, and edges between drugs, genes and diseases."""

from __future__ import annotations

from bedside.core.host.registered import KnowledgeSource, RemoteFile

from .reading import DocumentFiles, Folder, OneOf

_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
_INTEGRATE = "https://raw.githubusercontent.com/dhimmel/integrate/93feba1765fbcd76fd79e22f25121f5399629148"
_SLIM = "https://raw.githubusercontent.com/dhimmel/disease-ontology/052ffcc960f5897a0575f5feff904ca84b7d2c1d/data"
_INDICATIONS = (
    "https://raw.githubusercontent.com/dhimmel/indications/11d535ba0884ee56c3cd5756fdfb4985f313bd80/catalog/indications.tsv"
)

DISEASE_ONTOLOGY = KnowledgeSource(
    id="disease-ontology",
    title="Human Disease Ontology",
    licence="CC0 1.0 (the mirror's form of 2016: CC BY 3.0)",
    licence_url=_CC0,
    version=lambda: "main",
    homepage="https://disease-ontology.org",
    files=(
        RemoteFile(
            "doid.obo",
            "https://raw.githubusercontent.com/DiseaseOntology/HumanDiseaseOntology/main/src/ontology/doid.obo",
            mirror="disease-ontology/doid.obo",
        ),
    ),
    mirror_files=(
        RemoteFile(
            "slim-terms.tsv",
            f"{_SLIM}/slim-terms.tsv",
            sha256="dc5a36f6257bbf92d2bd27c8d18a6e380c6e38dfcb4425aa0932af1276edf309",
            size=6_691,
            mirror="kg/disease_ontology/slim-terms.tsv",
        ),
        RemoteFile(
            "term-names.tsv",
            f"{_SLIM}/term-names.tsv",
            sha256="575576639a92e629aa1cde903e4071d51dbc597e77b979979e22572b0c4cb705",
            size=991_787,
            mirror="kg/disease_ontology/term-names.tsv",
        ),
        RemoteFile(
            "xrefs-slim.tsv",
            f"{_SLIM}/xrefs-slim.tsv",
            sha256="b6561f3f644f5f3adbe55435148995b4e22b13944c57e95cf4d0bc1fb8fab907",
            size=78_624,
            mirror="kg/disease_ontology/xrefs-slim.tsv",
        ),
    ),
    read=OneOf(
        "doid.obo",
        DocumentFiles("disease-ontology", (r"\.obo$", "obo")),
        Folder("disease-ontology", "networks:disease_ontology"),
    ),
    note="The mirror holds tables made from the ontology of 2016 (names, cross-references and slim terms, without "
    "definitions and hierarchy) instead of doid.obo. doid.obo is the newest one and nobody publishes its hash: "
    "it is recorded at the first pull.",
    max_age_days=365,
)
HETIONET = KnowledgeSource(
    id="hetionet",
    title="Hetionet edges: drug binds gene, disease associates gene",
    licence="CC0 1.0; each edge keeps the licence of the resource it came from",
    licence_url="https://github.com/hetio/hetionet#license",
    version=lambda: "integrate 93feba1",
    homepage="https://het.io",
    files=(
        RemoteFile("CbG-binding.tsv", f"{_INTEGRATE}/compile/CbG-binding.tsv", mirror="hetionet/CbG-binding.tsv"),
        RemoteFile(
            "DaG-association.tsv", f"{_INTEGRATE}/compile/DaG-association.tsv", mirror="hetionet/DaG-association.tsv"
        ),
        RemoteFile(
            "hetionet-v1.0-nodes.tsv",
            "https://raw.githubusercontent.com/hetio/hetionet/main/hetnet/tsv/hetionet-v1.0-nodes.tsv",
            mirror="hetionet/hetionet-v1.0-nodes.tsv",
        ),
    ),
    mirror_files=(
        RemoteFile(
            "compound_binds_gene.tsv",
            f"{_INTEGRATE}/compile/CbG-binding.tsv",
            sha256="a8d78d7c69dffe68990b2a9b729687f10b1f47749bdbc225cabc2e2b70ef0a16",
            size=572_341,
            mirror="kg/compound_binds_gene.tsv",
        ),
        RemoteFile(
            "disease_associates_gene.tsv",
            f"{_INTEGRATE}/compile/DaG-association.tsv",
            sha256="40853795f738598d7cd15dff6e29fea4d3c3b4b5747125699b236a8cb5852665",
            size=261_336,
            mirror="kg/disease_associates_gene.tsv",
        ),
        RemoteFile(
            "node_names.tsv",
            "https://raw.githubusercontent.com/hetio/hetionet/main/hetnet/tsv/hetionet-v1.0-nodes.tsv",
            sha256="e0a3514ec7cc05ad3ab07d0f6f57847a20de050946b9596f4d26b23bbd751dbd",
            size=573_210,
            mirror="kg/node_names.tsv",
        ),
    ),
    read=Folder("hetionet", "networks:hetionet"),
    note="The mirror holds only the rows of permissive licence (CC BY, CC BY-SA); the publisher's tables also have rows "
    "of CC BY-NC and without one. A drug or disease without an edge here is no evidence of none. The files are fixed by "
    "their commit; nobody publishes hashes: they are recorded at the first pull.",
)
PHARMACOTHERAPYDB = KnowledgeSource(
    id="pharmacotherapydb",
    title="PharmacotherapyDB: which drug treats which disease",
    licence="CC0 1.0",
    licence_url=_CC0,
    version=lambda: "1.0 (11d535b)",
    homepage="https://thinklab.com/d/182",
    files=(RemoteFile("indications.tsv", _INDICATIONS, mirror="pharmacotherapydb/indications.tsv"),),
    mirror_files=(
        RemoteFile(
            "pharmacotherapydb_dev.tsv",
            _INDICATIONS,
            sha256="c72a622e812524558fc742073792055c568c6280e1f4399764170939d05b2aa5",
            size=33_423,
            mirror="kg/pharmacotherapydb_dev.tsv",
        ),
    ),
    read=Folder("pharmacotherapydb", "networks:pharmacotherapydb"),
    note="The mirror holds 606 of the indications, a part set aside for development. The file is fixed by its commit; "
    "nobody publishes its hash: it is recorded at the first pull.",
)
SOURCES = (DISEASE_ONTOLOGY, HETIONET, PHARMACOTHERAPYDB)
