"""The gene side of the CPIC tables: alleles and their function, diplotypes and their phenotype, activity scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError
from bedside.core.types import GraphEdge, GraphNode, Term

from .cpic_corrections import ALLELES_DATE, corrected, corrected_rows, corrections, pair_rules, remarks, replaced
from .files import csv_rows, data_file

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "cpic"
GENE_TABLES = "https://www.pharmgkb.org/page/pgxGeneRef"
"""Where the gene-specific tables (allele function, diplotype to phenotype) are published, one link for each gene."""
_ALIASES = {"IFNL3": ("IL28B",), "DPYD": ("DPD",), "SLCO1B1": ("OATP1B1",)}
_CYP = re.compile(r"CYP(\d+[A-Z]\d+)")
_BETWEEN = re.compile(r"([\d.]+) (<=|<) score (<=|<) ([\d.]+)")
_FROM = re.compile(r"([\d.]+) (<=|<|==) score")


def cpic_genes() -> set[str]:
    """Every gene of the tables."""
    genes = {row[key] for row in _rows("recommendation-table") for key in ("Gene1", "Gene2")} - {"None"}
    return genes.union(row["Gene"] for name in ("cpic-table", "allele-table", "diplotype-table") for row in _rows(name))


def packaged_alleles() -> dict[str, dict[str, tuple[str, float | None]]]:
    """Gene → allele → (function, activity value) as pypgx's table has them, before any correction."""
    found: dict[str, dict[str, tuple[str, float | None]]] = {}
    for row in _rows("allele-table"):
        score = None if row["ActivityScore"] == "N/A" else float(row["ActivityScore"])
        found.setdefault(row["Gene"], {})[row["StarAllele"]] = row["Function"], score
    return found


def gene_node(gene: str) -> GraphNode:
    """The node of a gene of the tables, the same in every source that draws an edge to it."""
    return GraphNode(id=f"GENE:{gene}", kind="Gene", name=gene, source_id=ID)


def gene_nodes() -> Iterator[Record]:
    for gene in sorted(cpic_genes()):
        synonyms: tuple[str, ...] = _ALIASES.get(gene, ())
        if match := _CYP.fullmatch(gene):
            synonyms += (f"CYP {match[1]}", f"cytochrome P450 {match[1]}", f"P450 {match[1]}")
        yield gene_node(gene)
        yield Term(id=f"GENE:{gene}", kind="gene", name=gene, synonyms=synonyms, source_id=ID)


def phenotype_node(gene: str, phenotype: str) -> GraphNode:
    return GraphNode(
        id=f"PGX:{gene}:{phenotype}",
        kind="GenePhenotype",
        name=f"{gene} {phenotype}",
        source_id=ID,
        props={"gene": gene, "phenotype": phenotype},
    )


def gene_edges(given: set[str]) -> Iterator[Record]:
    """Nodes and edges of the three tables; `given` are the phenotype nodes that were already given."""
    seen = set(given)

    def node(gene: str, phenotype: str) -> Iterator[GraphNode]:
        one = phenotype_node(gene, phenotype)
        if one.id not in seen:
            seen.add(one.id)
            yield one

    now = {gene: corrected(gene, alleles) for gene, alleles in packaged_alleles().items()}
    for gene, before in packaged_alleles().items():
        for allele in now[gene]:
            yield from _allele(gene, allele, now[gene][allele], before.get(allele))
    kept: dict[str, set[str]] = {}
    for row in _rows("diplotype-table"):
        gene, diplotype, phenotype = row["Gene"], row["Diplotype"], row["Phenotype"]
        if pair_rules(gene) and replaced(gene, diplotype):
            continue
        kept.setdefault(gene, set()).add(diplotype)
        yield from node(gene, phenotype)
        text = f"{gene} {diplotype}: {phenotype}."
        yield _edge("diplotype_phenotype", gene, phenotype, text, {"diplotype": diplotype, "phenotype": phenotype})
    for gene in now:
        for new in corrected_rows(gene, now[gene], kept.get(gene, ())):
            yield from node(gene, new.phenotype)
            text = f"{gene} {new.diplotype}: {new.phenotype}{f' ({new.why})' if new.why else ''}."
            props = {"diplotype": new.diplotype, "phenotype": new.phenotype}
            yield _edge("diplotype_phenotype", gene, new.phenotype, text, props)
    for row in _rows("equation-table"):
        gene, phenotype = row["Gene"], row["Phenotype"]
        yield from node(gene, phenotype)
        text = f"{gene} {phenotype}: {row['Equation'].replace('score', 'activity score')}."
        yield _edge("activity_range", gene, phenotype, text, {"phenotype": phenotype, **score_range(row["Equation"])})


def score_range(equation: str) -> dict[str, Any]:
    """`0.25 <= score < 1.25` as bounds; None where there is no bound.

    The table writes three forms: low <= score < high, low <= score, value == score. Any other is a SourceError.
    """
    if match := _BETWEEN.fullmatch(equation):
        low, at_low, at_high, high = float(match[1]), match[2], match[3], float(match[4])
        bounds: tuple[float, float | None, bool, bool] = (low, high, at_low == "<=", at_high == "<=")
    elif match := _FROM.fullmatch(equation):
        low = float(match[1])
        bounds = (low, low, True, True) if match[2] == "==" else (low, None, match[2] == "<=", False)
    else:
        raise SourceError("equation-table.csv has an equation of an unknown form", supplier="pypgx")
    low_, high_, low_in, high_in = bounds
    return {"equation": equation, "low": low_, "high": high_, "low_inclusive": low_in, "high_inclusive": high_in}


def _allele(
    gene: str, allele: str, value: tuple[str, float | None], before: tuple[str, float | None] | None
) -> Iterator[Record]:
    """`value` and `before` are function and activity value today and in the packaged table (None: it has no such allele)."""
    function, score = value
    change = corrections().get(gene, {}).get(allele)
    marked, remark = remarks().get((gene, allele), ("", ""))
    said = f"{function}{'' if score is None else f', activity score {score:g}'}"
    if change and before and before[1] != score:
        remark = f"CPIC, {change.since()}; before: {'no score' if before[1] is None else f'{before[1]:g}'}"
    elif change:
        remark = f"CPIC, {change.since()}"
    ident = f"ALLELE:{gene}:{allele}"
    yield GraphNode(id=ident, kind="Allele", name=f"{gene} {allele}", source_id=ID, props={"gene": gene, "allele": allele})
    yield GraphEdge.of(
        kind="allele_function",
        start=f"GENE:{gene}",
        end=ident,
        text=f"{gene} {allele}: {said}{f' ({remark})' if remark else ''}.",
        source_id=ID,
        url=GENE_TABLES,
        props={
            "allele": allele,
            "function": function,
            "activity_score": score,
            "changed": (change.date or change.as_of) if change else marked,
            "date": ALLELES_DATE,
        },
    )


def _edge(kind: str, gene: str, phenotype: str, text: str, props: dict[str, Any]) -> GraphEdge:
    return GraphEdge.of(
        kind=kind,
        start=f"GENE:{gene}",
        end=f"PGX:{gene}:{phenotype}",
        text=text,
        source_id=ID,
        url=GENE_TABLES,
        props={**props, "date": ALLELES_DATE},
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    columns = {
        "cpic-table": ("Gene",),
        "recommendation-table": ("Gene1", "Gene2"),
        "allele-table": ("Gene", "StarAllele", "ActivityScore", "Function"),
        "diplotype-table": ("Gene", "Diplotype", "Phenotype"),
        "equation-table": ("Gene", "Phenotype", "Equation"),
    }[name]
    path: Path = data_file("pypgx", "pypgx", f"api/data/{name}.csv")
    return csv_rows(path, columns)
