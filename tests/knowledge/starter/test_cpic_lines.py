"""The packaged lines of CPIC: their date, population, what CPIC has changed since, checked against newer lines."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from bedside.core.types import GraphEdge
from bedside.knowledge.starter import cpic, cpic_lines

from tools import packaged_lines

MIRROR = os.environ.get("BEDSIDE_MIRROR", "")
needs_mirror = pytest.mark.skipif(not MIRROR, reason="BEDSIDE_MIRROR names no folder with the real data")
POPULATIONS = {
    "atomoxetine": "adults",
    "clopidogrel": "CVI ACS PCI",
    "efavirenz": "child >40kg_adult",
    "voriconazole": "adults",
}


@pytest.fixture(scope="module")
def lines() -> list[GraphEdge]:
    return [r for r in cpic.records() if isinstance(r, GraphEdge) and r.kind in ("recommendation", "no_recommendation")]


def line(lines: list[GraphEdge], drug: str, **needs: str) -> dict:
    conditions = {gene.replace("_", "-"): phenotype for gene, phenotype in needs.items()}
    [found] = [e for e in lines if e.props["drug"] == drug and e.props["conditions"] == conditions]
    return found.props


def test_every_line_and_pair_says_what_it_is(lines: list[GraphEdge]) -> None:
    for edge in lines:
        assert edge.props["date"] == cpic_lines.LINES_DATE and edge.props["publisher"] in ("CPIC", "DPWG")
        assert edge.props["population"] == POPULATIONS.get(edge.props["drug"], "")
        for key in ("logged", "withheld"):
            assert edge.props[key] == "" or edge.props[key] > cpic_lines.LINES_DATE
        assert bool(edge.props["withheld"]) == bool(edge.props.get("newer")) == bool(edge.props.get("differs"))
    assert {e.props["drug"] for e in lines if e.props["publisher"] == "DPWG"} == {"hormonal contraceptives for systemic use"}
    pairs = {
        (e.props["drug"], e.props["gene"]): e.props for e in cpic.records() if isinstance(e, GraphEdge) and e.kind == "pair"
    }
    assert {p["date"] for p in pairs.values()} == {cpic_lines.PAIRS_DATE} and {p["withheld"] for p in pairs.values()} == {""}
    assert pairs["metoprolol", "CYP2D6"]["logged"] == "2024-07-23"
    assert pairs["hydralazine", "NAT2"]["logged"] == "2025-09-02"
    assert pairs["methadone", "CYP2B6"]["logged"] == "2024-07-25"
    assert pairs["capecitabine", "DPYD"]["logged"] == "2023-10-24"
    assert pairs["codeine", "CYP2D6"]["logged"] == ""


@pytest.mark.parametrize(
    ("drug", "needs", "withheld", "logged"),
    [
        ("citalopram", {"CYP2C19": "Rapid Metabolizer"}, "2023-04-10", "2023-04-11"),
        ("escitalopram", {"CYP2C19": "Poor Metabolizer"}, "2023-04-10", "2023-04-11"),
        ("sertraline", {"CYP2C19": "Poor Metabolizer"}, "2023-04-10", "2023-04-11"),
        ("paroxetine", {"CYP2D6": "Poor Metabolizer"}, "2023-04-10", "2023-04-18"),
        ("paroxetine", {"CYP2D6": "Ultrarapid Metabolizer"}, "", "2023-04-18"),
        ("fluvoxamine", {"CYP2D6": "Poor Metabolizer"}, "", "2023-04-18"),
        ("clopidogrel", {"CYP2C19": "Poor Metabolizer"}, "", "2023-10-20"),
        ("codeine", {"CYP2D6": "Ultrarapid Metabolizer"}, "", "2023-05-10"),
        (
            "azathioprine",
            {"NUDT15": "Intermediate Metabolizer", "TPMT": "Intermediate Metabolizer"},
            "2024-03-20",
            "2026-02-04",
        ),
        (
            "thioguanine",
            {"NUDT15": "Possible Intermediate Metabolizer", "TPMT": "Intermediate Metabolizer"},
            "2024-03-20",
            "2026-02-04",
        ),
        ("mercaptopurine", {"NUDT15": "Normal Metabolizer", "TPMT": "Intermediate Metabolizer"}, "", "2026-02-04"),
        ("simvastatin", {"SLCO1B1": "Poor Function"}, "", ""),
        ("sevoflurane", {"CACNA1S": "None", "RYR1": "Malignant Hyperthermia Susceptibility"}, "2023-08-29", "2023-12-05"),
        ("tacrolimus", {"CYP3A5": "Possible Intermediate Metabolizer"}, "2024-03-25", ""),
        ("tacrolimus", {"CYP3A5": "Normal Metabolizer"}, "", ""),
    ],
)
def test_what_is_withheld_and_what_was_logged(lines, drug, needs, withheld, logged) -> None:
    props = line(lines, drug, **needs)
    assert (props["withheld"], props["logged"]) == (withheld, logged)


def test_a_line_of_some_scores_says_which(lines: list[GraphEdge]) -> None:
    nsaid = line(lines, "celecoxib", CYP2C9="Intermediate Metabolizer")
    assert (nsaid["scores_gene"], nsaid["scores"], nsaid["without_alleles"]) == ("CYP2C9", [1.5], [])
    adhd = line(lines, "atomoxetine", CYP2D6="Intermediate Metabolizer")
    assert (adhd["scores_gene"], adhd["scores"], adhd["without_alleles"]) == ("CYP2D6", [1.0], ["*10"])
    assert "scores" not in line(lines, "celecoxib", CYP2C9="Poor Metabolizer")
    [note] = line(lines, "fluorouracil", DPYD="Intermediate Metabolizer")["notes"]
    assert note["alleles"] == ["c.2846A>T", "c.2846A>T"] and "more than 50 %" in note["text"]


def test_every_entry_of_the_list_meets_a_line(lines: list[GraphEdge]) -> None:
    facts = cpic_lines._facts()
    keys = [(e.props["drug"], e.props["conditions"]) for e in lines]
    drugs = {drug for drug, _ in keys}
    assert facts["logged"]["lines"].keys() <= drugs and facts["populations"].keys() <= drugs
    for one in [*facts["withheld"], *facts["note"]]:
        of_drug = {drug for drug, conditions in keys if [*cpic_lines._of([one], drug, conditions)]}
        assert of_drug == set(one["drugs"]), one["key"]
    assert max(len([*cpic_lines._of(facts["withheld"], drug, conditions)]) for drug, conditions in keys) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Prescribe ≤40mg as a starting dose.", "prescribe <=40 mg as a starting dose", True),
        ("Avoid tramadol use (PMID 26211827).", "Avoid tramadol use.", True),
        ("Consider a 25-50% reduction.", "Consider a 25–50% reduction of it", True),
        ("Consider a 25% reduction.", "Consider a 50% reduction.", False),
        ("Initiate therapy with recommended starting dose.", "Select alternative drug.", False),
        ("None", "No recommendation", True),
        ("None", "Initiate therapy with recommended starting dose.", False),
        ("There is no need to avoid prescribing it.", "Avoid prescribing it.", False),
        ("Increase to 80 mg/day after 3 days.", "Increase to 80 mg/day after 2 weeks.", False),
    ],
)
def test_a_difference_in_wording_alone_is_none(one: str, other: str, same: bool) -> None:
    assert (packaged_lines.meaning(one) == packaged_lines.meaning(other)) == same


@needs_mirror
def test_no_line_that_differs_from_a_newer_one_is_kept_unread(tmp_path: Path) -> None:
    """Each is withheld, holds for some activity scores, or has a note that says what CPIC adds."""
    archive = Path(MIRROR, "pharmcat/guidance/guidance.tar.xz")
    if not archive.is_file():
        pytest.skip(f"the mirror has no {archive.name}")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    found, ranges = packaged_lines.packaged()
    new = packaged_lines.newer(next(tmp_path.rglob("guidelines_2024-03")), ranges)
    assert packaged_lines.populations(found, new) == POPULATIONS
    differences = list(packaged_lines.differences(found, new))
    assert len(differences) > 50
    for one in differences:
        facts = cpic_lines.about_line(one.drug, dict(one.key))
        handled = facts["withheld"] or facts.get("scores") == list(one.scores) or facts.get("notes")
        assert handled, (one.drug, one.key, one.now)


@needs_mirror
def test_the_logged_dates_are_those_of_the_log(lines: list[GraphEdge]) -> None:
    log = packaged_lines.read_log(Path(MIRROR, "cpic/change_log.tsv"))
    drugs = {e.props["drug"] for e in lines}
    of_lines = {d: day for d, day in packaged_lines.logged(log, cpic_lines.LINES_DATE, pairs=False).items() if d in drugs}
    assert of_lines == cpic_lines._facts()["logged"]["lines"]
    assert packaged_lines.logged(log, cpic_lines.PAIRS_DATE, pairs=True) == cpic_lines._facts()["logged"]["pairs"]
