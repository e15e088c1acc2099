"""CPIC's tables as records: compared with the CSV files row by row."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.types import GraphEdge, GraphNode, Passage, Term
from bedside.knowledge.starter import cpic
from bedside.knowledge.starter.cpic_corrections import corrections
from bedside.knowledge.starter.cpic_genes import score_range
from bedside.knowledge.starter.drug_ids import drug_id


def table(name: str) -> list[dict[str, str]]:
    spec = find_spec("pypgx")
    assert spec and spec.origin
    with (Path(spec.origin).parent / f"api/data/{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def records() -> list[object]:
    return list(cpic.records())


@pytest.fixture(scope="module")
def edges(records: list[object]) -> list[GraphEdge]:
    return [one for one in records if isinstance(one, GraphEdge)]


def test_every_recommendation_is_the_cell(records: list[object], edges: list[GraphEdge]) -> None:
    stored = {(e.props["drug"], tuple(e.props["conditions"].items())): e for e in edges if e.kind.endswith("recommendation")}
    rows = table("recommendation-table")
    assert len(stored) == len(rows) == 724
    passages = {p.text: p for p in records if isinstance(p, Passage) and p.kind == "guideline"}
    for row in rows:
        needs = {row["Gene1"]: row["Phenotype1"]} | ({row["Gene2"]: row["Phenotype2"]} if row["Gene2"] != "None" else {})
        edge = stored[row["Drug"], tuple(needs.items())]
        assert edge.props["recommendation"] == row["Recommendation"]
        assert edge.text.startswith(f"{row['Drug']}, {row['Gene1']} ")
        for gene, phenotype in needs.items():
            assert (f"{gene} result not available" if phenotype == "None" else f"{gene} {phenotype}") in edge.text
        if row["Recommendation"] == "None":
            assert edge.kind == "no_recommendation" and "no recommendation" in edge.text
            assert edge.text not in passages
        else:
            assert edge.kind == "recommendation"
            assert edge.text.endswith(": " + row["Recommendation"].replace("\x01", ""))
            assert (passages[edge.text].url, passages[edge.text].references) == (edge.url, edge.references)
    assert len(passages) == 591


def test_codeine_for_an_ultrarapid_metabolizer(edges: list[GraphEdge]) -> None:
    [edge] = [
        e
        for e in edges
        if e.kind == "recommendation" and e.props["drug"] == "codeine" and e.end == "PGX:CYP2D6:Ultrarapid Metabolizer"
    ]
    assert edge.start == "RXNORM:2670"
    assert edge.text == (
        "codeine, CYP2D6 Ultrarapid Metabolizer: Avoid codeine use because of potential for serious toxicity. "
        "If opioid use is warranted, consider a non-tramadol opioid."
    )
    assert edge.url == "https://cpicpgx.org/guidelines/guideline-for-codeine-and-cyp2d6/"
    assert "PMID:33387367" in edge.references
    assert (edge.props["cpic_level"], edge.props["cpic_status"]) == ("A", "Final")


def test_two_genes(edges: list[GraphEdge]) -> None:
    texts = {e.text for e in edges if e.props.get("drug") == "amitriptyline" and e.kind == "recommendation"}
    assert any(t.startswith("amitriptyline, CYP2C19 Poor Metabolizer and CYP2D6 Normal Metabolizer: ") for t in texts)
    missing = [e for e in edges if e.props.get("drug") == "fluvastatin" and "CYP2C9 result not available" in e.text]
    assert missing and all(e.end.startswith(("PGX:SLCO1B1:", "GENE:CYP2C9")) for e in missing)


def test_pairs(edges: list[GraphEdge]) -> None:
    rows = table("cpic-table")
    pairs = {(e.props["gene"], e.props["drug"]): e for e in edges if e.kind == "pair"}
    assert len(pairs) == len(rows) == 518
    for row in rows:
        edge = pairs[row["Gene"], row["Drug"]]
        assert (edge.start, edge.end) == (drug_id(row["Drug"]), f"GENE:{row['Gene']}")
        if row["RxNorm"].isdigit():
            assert edge.start == f"RXNORM:{row['RxNorm']}"
        assert edge.references == tuple(f"PMID:{n}" for n in row["PMID"].split(";") if n)
        assert (edge.props["pharmgkb_level"], edge.props["fda_label"]) == (row["PharmGKBLevel"], row["FDALabel"])
    assert pairs["CYP2C19", "clopidogrel"].text == (
        "CPIC gene-drug pair: clopidogrel and CYP2C19, CPIC level A (Final), PharmGKB level 1A, FDA label: Actionable PGx."
    )


def test_diplotypes_and_alleles(edges: list[GraphEdge]) -> None:
    found = {(e.start, e.props["diplotype"]): e.props["phenotype"] for e in edges if e.kind == "diplotype_phenotype"}
    changed = corrections()
    kept = {}
    for r in table("diplotype-table"):
        if not (changed.get(r["Gene"], {}).keys() & set(r["Diplotype"].split("/"))):
            kept[f"GENE:{r['Gene']}", r["Diplotype"]] = r["Phenotype"]
    assert len(kept) > 20_000 and {key: found[key] for key in kept} == kept
    assert found["GENE:CYP2C19", "*2/*2"] == "Poor Metabolizer"
    alleles = {(e.start, e.props["allele"]): e for e in edges if e.kind == "allele_function"}
    for row in table("allele-table"):
        edge = alleles.pop((f"GENE:{row['Gene']}", row["StarAllele"]))
        assert edge.end == f"ALLELE:{row['Gene']}:{row['StarAllele']}"
        if row["StarAllele"] in changed.get(row["Gene"], {}):
            continue
        assert edge.props["function"] == row["Function"]
        assert edge.props["activity_score"] == (None if row["ActivityScore"] == "N/A" else float(row["ActivityScore"]))
    assert all(edge.props["allele"] in changed[edge.start.removeprefix("GENE:")] for edge in alleles.values())
    four = next(e for e in edges if e.end == "ALLELE:CYP2D6:*4" and e.kind == "allele_function")
    assert four.text == "CYP2D6 *4: No Function, activity score 0."


@pytest.mark.parametrize(
    ("allele", "text"),
    [
        ("CYP2D6:*41", "CYP2D6 *41: Decreased Function, activity score 0.25 (CPIC, changed 2022-11-08; before: 0.5)."),
        ("CYP2D6:*91", "CYP2D6 *91: Decreased Function, activity score 0.25 (CPIC, changed 2022-11-08; before: no score)."),
        ("CYP2D6:*156", "CYP2D6 *156: No Function, activity score 0 (CPIC, changed 2022-11-08)."),
        ("CYP2B6:*24", "CYP2B6 *24: Uncertain Function (CPIC, as of 2025-11-05)."),
        ("SLCO1B1:*45", "SLCO1B1 *45: No Function (CPIC, changed 2025-09-23)."),
        ("SLCO1B1:*46", "SLCO1B1 *46: No Function (removed by CPIC on 2025-10-14)."),
        (
            "TPMT:*8",
            "TPMT *8: Uncertain Function (CPIC gave it another function on 2026-02-03, which this table does not have).",
        ),
    ],
)
def test_an_allele_that_changed_says_when(edges: list[GraphEdge], allele: str, text: str) -> None:
    [edge] = [e for e in edges if e.kind == "allele_function" and e.end == f"ALLELE:{allele}"]
    assert edge.text == text and edge.props["changed"]


def test_diplotypes_of_corrected_alleles(edges: list[GraphEdge]) -> None:
    rows = {(e.start, e.props["diplotype"]): e for e in edges if e.kind == "diplotype_phenotype"}
    assert rows["GENE:CYP2B6", "*6/*24"].text == (
        "CYP2B6 *6/*24: Indeterminate (*24 Uncertain Function, CPIC, as of 2025-11-05)."
    )
    assert rows["GENE:SLCO1B1", "*5/*45"].props["phenotype"] == "Poor Function"
    assert rows["GENE:MT-RNR1", "m.1555A>G"].props["phenotype"].startswith("Increased Risk")
    assert rows["GENE:ABCG2", "rs2231142 variant (T)/rs2231142 reference (G)"].props["phenotype"] == "Decreased Function"


def test_ids_are_unique_and_nodes_come_first(records: list[object], edges: list[GraphEdge]) -> None:
    assert [i for i, n in Counter(e.id for e in edges).items() if n > 1] == []
    seen: set[str] = set()
    for one in records:
        if isinstance(one, GraphNode):
            seen.add(one.id)
        elif isinstance(one, GraphEdge):
            assert one.start in seen and one.end in seen
    drugs = {t.id for t in records if isinstance(t, Term) and t.kind == "drug"}
    assert len(drugs) == len({r["Drug"] for r in table("cpic-table")} | {r["Drug"] for r in table("recommendation-table")})


@pytest.mark.parametrize("row", table("equation-table"), ids=lambda r: f"{r['Gene']} {r['Phenotype']}")
def test_score_ranges_mean_what_the_equation_says(row: dict[str, str]) -> None:
    bounds = score_range(row["Equation"])
    for score in (n / 4 for n in range(17)):
        low = bounds["low"] is None or (score >= bounds["low"] if bounds["low_inclusive"] else score > bounds["low"])
        high = bounds["high"] is None or (score <= bounds["high"] if bounds["high_inclusive"] else score < bounds["high"])
        assert (low and high) == eval(row["Equation"], {"score": score})


def test_every_score_has_at_most_one_phenotype() -> None:
    for gene in ("CYP2C9", "CYP2D6", "DPYD"):
        equations = [r["Equation"] for r in table("equation-table") if r["Gene"] == gene]
        for score in (n / 4 for n in range(17)):
            assert sum(eval(e, {"score": score}) for e in equations) <= 1


@pytest.mark.parametrize("text", ["", "score", "score > 2", "0 < x < 1", "a <= score < b", "1 <= score <= 2 or 3"])
def test_other_equations_are_refused(text: str) -> None:
    with pytest.raises(SourceError):
        score_range(text)
