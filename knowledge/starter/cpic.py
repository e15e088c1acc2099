"""CPIC's recommendations and gene-drug pairs, from the tables that the package pypgx carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphEdge, Passage, Term

from .cpic_corrections import CORRECTED
from .cpic_genes import ID, gene_edges, gene_nodes, phenotype_node
from .cpic_lines import LINES_DATE, about_line, about_pair
from .drug_ids import cpic_pairs, drug_id, drug_node, related_ids
from .files import csv_rows, data_file, version_of
from .warfarin_chart import chart_edges

if TYPE_CHECKING:
    from bedside.core.types import Record

HOME = "https://cpicpgx.org"
NOTHING = "None"
"""What an empty cell of the recommendation table holds."""
_COLUMNS = ("Drug", "Gene1", "Phenotype1", "Gene2", "Phenotype2", "Recommendation")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def table(name: str) -> Path:
    return data_file("pypgx", "pypgx", f"api/data/{name}.csv")


def pmids(cell: str) -> tuple[str, ...]:
    """`21716271;23698643` as ("PMID:21716271", "PMID:23698643")."""
    return tuple(f"PMID:{number}" for part in cell.split(";") if (number := part.strip()))


def records() -> Iterator[Record]:
    pairs = cpic_pairs()
    recommendations = list(csv_rows(table("recommendation-table"), _COLUMNS))
    for drug in dict.fromkeys([row["Drug"] for row in pairs] + [row["Drug"] for row in recommendations]):
        yield drug_node(drug, ID)
        yield Term(
            id=drug_id(drug), kind="drug", name=drug, synonyms=_shorter(drug), source_id=ID, related=related_ids(drug)
        )
    yield from gene_nodes()
    seen: set[str] = set()
    for row in recommendations:
        for gene, phenotype in conditions(row).items():
            node = phenotype_node(gene, phenotype)
            if phenotype != NOTHING and node.id not in seen:
                seen.add(node.id)
                yield node
    of_pair = {(row["Gene"], row["Drug"]): row for row in pairs}
    for row in pairs:
        yield from _pair(row)
    for row in recommendations:
        yield from _recommendation(row, of_pair)
    yield from gene_edges(seen)
    yield from chart_edges()


def conditions(row: dict[str, str]) -> dict[str, str]:
    """Gene to phenotype of a recommendation's row; "None" where the row is for a result that is not available."""
    return {row[f"Gene{n}"]: row[f"Phenotype{n}"] for n in "12" if row[f"Gene{n}"] != NOTHING}


def _shorter(drug: str) -> tuple[str, ...]:
    """The class of drugs that CPIC names in full ("hormonal contraceptives for systemic use")."""
    head, found, _ = drug.partition(" for systemic use")
    return (head, head.removesuffix("s")) if found else ()


def _pair(row: dict[str, str]) -> Iterator[Record]:
    drug, gene = row["Drug"], row["Gene"]
    parts = [f"CPIC level {row['CPICLevel']} ({row['CPICLevelStatus']})"]
    if row["PharmGKBLevel"]:
        parts.append(f"PharmGKB level {row['PharmGKBLevel']}")
    if row["FDALabel"]:
        parts.append(f"FDA label: {row['FDALabel']}")
    text = f"CPIC gene-drug pair: {drug} and {gene}, {', '.join(parts)}."
    url, references = row["Guideline"] or HOME, pmids(row["PMID"])
    yield GraphEdge.of(
        kind="pair",
        start=drug_id(drug),
        end=f"GENE:{gene}",
        text=text,
        source_id=ID,
        url=url,
        references=references,
        props={"drug": drug, "gene": gene, **_levels(row), "strength": _strength(row), **about_pair(drug, gene)},
    )
    yield Passage.of(
        source_id=ID,
        text=text,
        title=f"{drug} and {gene}",
        kind="pair",
        url=url,
        references=references,
        fields={"drug": drug, "gene": gene, "strength": _strength(row)},
    )


def _strength(row: dict[str, str]) -> str:
    """How far CPIC stands behind a pair and its lines, in CPIC's own words."""
    return f"CPIC level {row['CPICLevel']} ({row['CPICLevelStatus']})" if row["CPICLevel"] else ""


def _levels(row: dict[str, str]) -> dict[str, str]:
    return {
        "cpic_level": row["CPICLevel"],
        "cpic_status": row["CPICLevelStatus"],
        "pharmgkb_level": row["PharmGKBLevel"],
        "fda_label": row["FDALabel"],
    }


def _recommendation(row: dict[str, str], pairs: dict[tuple[str, str], dict[str, str]]) -> Iterator[Record]:
    drug, needs, said = row["Drug"], conditions(row), row["Recommendation"]
    of_genes = [pairs[gene, drug] for gene in needs if (gene, drug) in pairs]
    url = next((one["Guideline"] for one in of_genes if one["Guideline"]), HOME)
    references = tuple(dict.fromkeys(ref for one in of_genes for ref in pmids(one["PMID"])))
    when = " and ".join(
        f"{gene} result not available" if phenotype == NOTHING else f"{gene} {phenotype}"
        for gene, phenotype in needs.items()
    )
    given = said != NOTHING
    # The cell is kept as it is in props; control characters, which the table has in a few cells, are not for reading.
    words = _CONTROL.sub("", said) if given else "the CPIC table holds no recommendation for this combination."
    known = next(((gene, phenotype) for gene, phenotype in needs.items() if phenotype != NOTHING), None)
    props: dict[str, Any] = {
        "drug": drug,
        "conditions": needs,
        "recommendation": said,
        **(
            _levels(of_genes[0])
            if of_genes
            else dict.fromkeys(("cpic_level", "cpic_status", "pharmgkb_level", "fda_label"), "")
        ),
        "strength": _strength(of_genes[0]) if of_genes else "",
        **about_line(drug, needs),
    }
    text = f"{drug}, {when}: {words}"
    yield GraphEdge.of(
        kind="recommendation" if given else "no_recommendation",
        start=drug_id(drug),
        end=phenotype_node(*known).id if known else f"GENE:{row['Gene1']}",
        text=text,
        source_id=ID,
        url=url,
        references=references,
        props=props,
    )
    if given:
        fields = {"drug": drug, "strength": props["strength"]}
        for number, (gene, phenotype) in enumerate(needs.items(), start=1):
            suffix = "" if number == 1 else str(number)
            fields |= {f"gene{suffix}": gene, f"phenotype{suffix}": phenotype}
        yield Passage.of(
            source_id=ID,
            text=text,
            title=f"{drug}: {when}",
            kind="guideline",
            url=url,
            references=references,
            fields=fields,
        )


SOURCE = KnowledgeSource(
    id=ID,
    title="CPIC guidelines (tables of pypgx)",
    licence="CC0 1.0 (https://cpicpgx.org/license/)",
    version=lambda: f"pypgx {version_of('pypgx')} CPIC tables of {LINES_DATE}, corrected {CORRECTED}",
    records=records,
    homepage=HOME,
    package="pypgx",
    starter=True,
)
