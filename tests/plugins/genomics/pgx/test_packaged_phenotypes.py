"""The packaged tables of CPIC, corrected, against PharmCAT's newer tables of the same: every diplotype of every gene.

What a question (`ask`), an outside call and a VCF are given for one diplotype is then the same.
"""

from __future__ import annotations

import json
import os
import tarfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from bedside.core import GraphEdge
from bedside.knowledge.starter import cpic
from bedside.plugins.genomics.pgx.cpic_phenotypes import Phenotyped, phenotype_of
from bedside.plugins.genomics.pgx.cpic_vocabulary import PHENOTYPES

MIRROR = os.environ.get("BEDSIDE_MIRROR", "")
FOLDER = Path(MIRROR, "pharmcat")
GENES = (
    *("ABCG2", "CACNA1S", "CFTR", "CYP2B6", "CYP2C19", "CYP2C9", "CYP3A4", "CYP3A5", "DPYD", "MT_RNR1", "NAT2", "NUDT15"),
    *("SLCO1B1", "TPMT", "UGT1A1", "VKORC1"),
)
SAMPLED = 7
"""Of CYP2D6's 15,051 diplotypes every seventh is compared."""
needs_mirror = pytest.mark.skipif(not MIRROR, reason="BEDSIDE_MIRROR names no folder with the real data")


class Packaged:
    """The gene tables that the starter ships, with a diplotype's own row at hand."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, GraphEdge]] = defaultdict(dict)
        self.others: dict[str, list[GraphEdge]] = defaultdict(list)
        for edge in cpic.records():
            if not isinstance(edge, GraphEdge):
                continue
            gene = edge.start.removeprefix("GENE:")
            if edge.kind == "diplotype_phenotype":
                assert edge.props["diplotype"] not in self.rows[gene], f"{edge.text} stands twice"
                self.rows[gene][edge.props["diplotype"]] = edge
            elif edge.kind in ("allele_function", "activity_range"):
                self.others[gene].append(edge)

    def __call__(self, gene: str, diplotype: str) -> Phenotyped:
        names = diplotype.split("/")
        own = [row for name in (diplotype, "/".join(names[::-1])) if (row := self.rows[gene].get(name))]
        return phenotype_of(gene, diplotype, [*own, *self.others[gene]])


@pytest.fixture(scope="module")
def packaged() -> Packaged:
    return Packaged()


def _same(gene: str, ours: Phenotyped, row: dict[str, str]) -> bool:
    wanted = PHENOTYPES.get((gene, row["generesult"]), row["generesult"])
    if ours.phenotype.casefold() != wanted.casefold():
        return False
    score = row["activityScore"]
    if score in (None, "n/a"):
        return True
    # what rests on the row of the diplotype has no score; CYP2C9, CYP2D6 and DPYD have no such rows
    at_least, number = ours.score.startswith("at least "), ours.score.removeprefix("at least ")
    return float(number) == float(score.lstrip("≥")) and at_least == (score.startswith("≥"))


def _compare(packaged: Packaged, table: dict, step: int = 1) -> None:
    gene, rows = table["gene"], table["diplotypes"][::step]
    wrong = {row["diplotype"]: row["generesult"] for row in rows if not _same(gene, packaged(gene, row["diplotype"]), row)}
    assert rows and not wrong, f"{len(wrong)} of {len(rows)}: {Counter(wrong.values())}, {list(wrong)[:5]}"


@needs_mirror
@pytest.mark.parametrize("gene", GENES)
def test_every_diplotype(packaged, gene):
    _compare(packaged, json.loads((FOLDER / "phenotype" / f"{gene}.json").read_text(encoding="utf-8")))


@needs_mirror
def test_cyp2d6(packaged):
    archive = FOLDER / "guidance" / "guidance.tar.xz"
    if not archive.is_file():
        pytest.skip(f"the mirror has no {archive.name}, which holds CPIC's table of CYP2D6")
    with tarfile.open(archive) as packed:
        name = next(n for n in packed.getnames() if n.endswith("CYP2D6.json") and "phenotype" in n)
        member = packed.extractfile(name)
        assert member is not None
        _compare(packaged, json.load(member), SAMPLED)


@pytest.mark.parametrize(
    ("gene", "diplotype", "phenotype", "score"),
    [
        ("CYP2D6", "*2x2/*41", "Normal Metabolizer", "2.25"),
        ("CYP2D6", "*1x2/*9", "Normal Metabolizer", "2.25"),
        ("CYP2D6", "*1x2/*10x2", "Ultrarapid Metabolizer", "2.5"),
        ("CYP2D6", "*1/*41", "Normal Metabolizer", "1.25"),
        ("CYP2D6", "*4/*41", "Intermediate Metabolizer", "0.25"),
        ("CYP2D6", "*1/*4", "Intermediate Metabolizer", "1"),
        ("CYP2D6", "*4/*5", "Poor Metabolizer", "0"),
        ("CYP2D6", "*1/*119", "Normal Metabolizer", "1.25"),
        ("CYP2D6", "*1/*22", "Indeterminate", ""),
        ("CYP2D6", "*36+*10/*41", "Intermediate Metabolizer", "0.5"),
        ("CYP2C9", "*1/*2", "Intermediate Metabolizer", "1.5"),
        ("CYP2C9", "*1/*3", "Intermediate Metabolizer", "1"),
        ("CYP2C9", "*2/*3", "Poor Metabolizer", "0.5"),
        ("CYP2C9", "*1/*62", "Indeterminate", ""),
        ("DPYD", "Reference/c.1905+1G>A (*2A)", "Intermediate Metabolizer", "1"),
        ("DPYD", "c.1905+1G>A (*2A)/c.2846A>T", "Poor Metabolizer", "0.5"),
        ("DPYD", "Reference/c.1129-5923C>G", "Intermediate Metabolizer", "1.5"),
        ("DPYD", "Reference/c.1129-5923C>G, c.1236G>A (HapB3)", "Intermediate Metabolizer", "1.5"),
        ("CYP2B6", "*6/*37", "Poor Metabolizer", ""),
        ("CYP2B6", "*1/*22", "Indeterminate", ""),
        ("NAT2", "*5/*6", "Poor Metabolizer", ""),
        ("VKORC1", "rs9923231 reference (C)/rs9923231 variant (T)", "-1639 AG", ""),
        ("IFNL3", "rs12979860 reference (C)/rs12979860 variant (T)", "Unfavorable Response", ""),
    ],
)
def test_values_of_today(packaged, gene, diplotype, phenotype, score):
    found = packaged(gene, diplotype)
    assert (found.phenotype, found.score) == (phenotype, score)
