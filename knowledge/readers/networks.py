"""Published tables of drugs, genes and diseases: Hetionet's binding and association tables, PharmacotherapyDB and the
names of the Disease Ontology, as typed nodes and edges.

Columns: Himmelstein et al. 2017 (doi:10.7554/eLife.26726), https://github.com/dhimmel/integrate (compile/),
https://github.com/dhimmel/indications (catalog/), https://github.com/dhimmel/disease-ontology (data/).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.graph.vocabulary import LICENCE
from bedside.core.types import GraphEdge, GraphNode, Term

from .archive_members import items
from .read_session import Run
from .rows import table_rows
from .starter_nodes import drug_by_bank, gene

if TYPE_CHECKING:
    from bedside.core.types import Record

MOST_LINE = 2**20
_CATEGORIES = {
    "DM": ("treats", "{drug} is a disease-modifying treatment of {disease}"),
    "SYM": ("palliates", "{drug} is a symptomatic treatment of {disease}: it eases the symptoms"),
    "NOT": ("not_indicated", "{drug} is not indicated for {disease}"),
}
"""PharmacotherapyDB's categories (disease modifying, symptomatic, non-indication) as kinds of edges and in words."""


def hetionet(folder: Path, run: Run) -> Iterator[Record]:
    """Both tables of the folder: `compound_binds_gene` and `disease_associates_gene`, with Hetionet's node names."""
    names = node_names(_file(folder, "node_names.tsv", "hetionet-v1.0-nodes.tsv"), run)
    yield from compound_binds_gene(_file(folder, "compound_binds_gene.tsv", "CbG-binding.tsv"), names, run)
    yield from disease_associates_gene(_file(folder, "disease_associates_gene.tsv", "DaG-association.tsv"), run)


def pharmacotherapydb(folder: Path, run: Run) -> Iterator[Record]:
    """Which drug treats, eases or is not indicated for which disease."""
    yield from indications(_file(folder, "pharmacotherapydb_dev.tsv", "indications.tsv"), run)


def disease_ontology(folder: Path, run: Run) -> Iterator[Record]:
    """Names, synonyms and cross-references of the Disease Ontology: a node and a term per disease.

    Cross-references stay properties: many lead to a narrower or wider disease, so no edge says that they are the same.
    """
    xrefs: dict[str, list[str]] = {}
    for _, row in _rows(_file(folder, "xrefs-slim.tsv"), run, ("doid_code", "resource", "resource_id")):
        xrefs.setdefault(row["doid_code"], []).append(_XREF.get(row["resource"], row["resource"]) + ":" + row["resource_id"])
    names: dict[str, str] = {}
    synonyms: dict[str, list[str]] = {}
    for _, row in _rows(_file(folder, "term-names.tsv"), run, ("doid", "name", "type")):
        name = row["name"].strip(' \t"')
        if row["type"] == "name":
            names[row["doid"]] = name
        elif row["type"] == "exact-synonym":
            synonyms.setdefault(row["doid"], []).append(name)
    for ident, name in names.items():
        related = tuple(dict.fromkeys(xrefs.get(ident, ())))
        props = {"xrefs": list(related)} if related else {}
        yield GraphNode(id=ident, kind="Disease", name=name, source_id=run.source_id, props=props)
        yield Term(
            id=ident,
            kind="disease",
            name=name,
            synonyms=tuple(one for one in dict.fromkeys(synonyms.get(ident, ())) if one != name),
            source_id=run.source_id,
            related=related,
        )


_XREF = {"MSH": "MESH", "UMLS": "UMLS", "ICD10": "ICD10CM", "ICD9": "ICD9CM", "ORDO": "ORPHA"}
"""The ontology's names of resources, where the rest of Bedside has another."""


def node_names(path: Path, run: Run) -> dict[str, str]:
    """Name by Hetionet id (`Gene::9997` to `SCO2`)."""
    return {row["id"]: row["name"] for _, row in _rows(path, run, ("id", "name"))}


def compound_binds_gene(path: Path, names: dict[str, str], run: Run) -> Iterator[Record]:
    """`binds` edges from drug to gene. `props` keep sources, actions, the affinity in nM and the row's licence."""
    given: set[str] = set()
    left: Counter[str] = Counter()
    columns = ("drugbank_id", "entrez_gene_id", "sources", "pubmed_ids", "actions", "affinity_nm", "license", "urls")
    for _, row in _rows(path, run, columns):
        bank, number = row["drugbank_id"], row["entrez_gene_id"]
        symbol, name = names.get(f"Gene::{number}"), names.get(f"Compound::{bank}")
        drug = drug_by_bank(bank) or (_drug(bank, name, run) if name else None)
        if symbol is None or drug is None:
            left[f"have a {'drug' if drug is None else 'gene'} that Hetionet does not hold"] += 1
            continue
        target = gene(symbol, run.source_id)
        sources, actions = _parts(row["sources"]), _parts(row["actions"])
        about = [f"action: {', '.join(actions)}"] if actions else []
        props: dict[str, object] = {"sources": sources, "drugbank": bank, "entrez": number}
        if actions:
            props["actions"] = actions
        if re.fullmatch(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", row["affinity_nm"], re.IGNORECASE):
            props["affinity_nM"] = float(row["affinity_nm"])
            about.append(f"affinity {row['affinity_nm']} nM")
        yield from _new(given, drug, target)
        yield _edge(
            "binds",
            drug,
            target,
            f"{drug.name} ({bank}) binds {symbol} (NCBIGene:{number}){_bracket(about)}, according to {', '.join(sources)}.",
            run,
            url=next(
                (url for url in _parts(row["urls"]) if url.startswith("http")), f"https://go.drugbank.com/drugs/{bank}"
            ),
            references=tuple(f"PMID:{one}" for one in dict.fromkeys(_parts(row["pubmed_ids"])) if one.isdigit()),
            props=props | _licence(row["license"], left),
        )
    _tell(left, path, run)


def disease_associates_gene(path: Path, run: Run) -> Iterator[Record]:
    """`associated_gene` edges from disease to gene."""
    given: set[str] = set()
    left: Counter[str] = Counter()
    for _, row in _rows(path, run, ("doid_id", "doid_name", "entrez_gene_id", "gene_symbol", "sources", "license")):
        disease, target = _disease(row["doid_id"], row["doid_name"], run), gene(row["gene_symbol"], run.source_id)
        sources, number = _parts(row["sources"]), row["entrez_gene_id"]
        yield from _new(given, disease, target)
        yield _edge(
            "associated_gene",
            disease,
            target,
            f"{disease.name} ({disease.id}) is associated with the gene {target.name} (NCBIGene:{number}), "
            f"according to {', '.join(sources)}.",
            run,
            url=_page(disease.id),
            props={"sources": sources, "entrez": number} | _licence(row["license"], left),
        )
    _tell(left, path, run)


def indications(path: Path, run: Run) -> Iterator[Record]:
    """`treats`, `palliates` and `not_indicated` edges from drug to disease."""
    given: set[str] = set()
    left: Counter[str] = Counter()
    for _, row in _rows(path, run, ("doid_id", "drugbank_id", "disease", "drug", "category")):
        if row["category"] not in _CATEGORIES:
            left[f"have the unknown category {row['category'][:20]!r}"] += 1
            continue
        kind, words = _CATEGORIES[row["category"]]
        bank = row["drugbank_id"]
        drug = drug_by_bank(bank) or _drug(bank, row["drug"], run)
        disease = _disease(row["doid_id"], row["disease"], run)
        props: dict[str, object] = {"category": row["category"], "drugbank": bank, LICENCE: "CC0 1.0"}
        props |= {key: int(row[key]) for key in ("n_curators", "n_resources") if row.get(key, "").isdigit()}
        said = words.format(drug=f"{row['drug']} ({bank})", disease=f"{disease.name} ({disease.id})")
        yield from _new(given, drug, disease)
        yield _edge(kind, drug, disease, f"{said}, according to PharmacotherapyDB.", run, url=_page(disease.id), props=props)
    _tell(left, path, run)


def _rows(path: Path, run: Run, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    for item in items(path, run.skip):
        with item.open() as stream:
            yield from table_rows(stream, item.where, columns, MOST_LINE, quoted=True)


def _file(folder: Path, *names: str) -> Path:
    """The first of `names` that is there, also packed."""
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise SourceError(f"{folder} holds no {' or '.join(names)}", hint="pull the source again")


def _new(given: set[str], *nodes: GraphNode) -> Iterator[GraphNode]:
    for node in nodes:
        if node.id not in given:
            given.add(node.id)
            yield node


def _drug(bank: str, name: str, run: Run) -> GraphNode:
    return GraphNode(id=f"DRUGBANK:{bank}", kind="Drug", name=name, source_id=run.source_id)


def _disease(ident: str, name: str, run: Run) -> GraphNode:
    return GraphNode(id=ident, kind="Disease", name=name, source_id=run.source_id)


def _page(doid: str) -> str:
    return f"https://disease-ontology.org/?id={doid}"


def _edge(
    kind: str,
    start: GraphNode,
    end: GraphNode,
    text: str,
    run: Run,
    *,
    url: str,
    props: dict[str, object],
    references: tuple[str, ...] = (),
) -> GraphEdge:
    return GraphEdge.of(
        kind=kind,
        start=start.id,
        end=end.id,
        text=text,
        source_id=run.source_id,
        url=url,
        references=references,
        props=props,
    )


def _licence(written: str, left: Counter[str]) -> dict[str, object]:
    if not written.strip():
        left["name no licence; the edge is kept without one"] += 1
        return {}
    return {LICENCE: written.strip()}


def _parts(written: str) -> list[str]:
    return [one.strip() for one in re.split(r"\|", written) if one.strip()]


def _bracket(parts: list[str]) -> str:
    return f" ({'; '.join(parts)})" if parts else ""


def _tell(left: Counter[str], path: Path, run: Run) -> None:
    for why, count in left.items():
        run.skip("row", str(path), f"{count} {why}")
