"""CPIC's flow charts for warfarin: which boxes a person comes to, and what is said where something is not known."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from bedside.knowledge.starter.warfarin_chart import chart_edges
from bedside.plugins.genomics.cite import Citer
from bedside.plugins.genomics.pgx.fitting import Result
from bedside.plugins.genomics.pgx.person import Person
from bedside.plugins.genomics.pgx.warfarin import Patient, Step
from bedside.plugins.genomics.pgx.warfarin import steps_of as steps_by
from bedside.plugins.genomics.pgx.warfarin_place import chart_steps
from bedside.plugins.genomics.tasks.pgx_warfarin import chart_tables

EDGES = list(chart_edges())
MIRROR = os.environ.get("BEDSIDE_MIRROR", "")
WHITE = Patient(
    adult=True,
    cyp2c9="*1/*3",
    cyp2c9_phenotype="Intermediate Metabolizer",
    vkorc1="-1639 AG",
    cyp4f2="C/T",
    ancestry="european",
    other_cyp2c9_tested=True,
)
BLACK = Patient(
    adult=True,
    cyp2c9="*1/*8",
    cyp2c9_phenotype="Intermediate Metabolizer",
    vkorc1="G/G",
    rs12777823="A/G",
    ancestry="african_american",
)


def steps_of(patient: Patient) -> list[Step]:
    return steps_by(patient, EDGES)


def boxes(chart: str) -> list[dict]:
    return [e.props for e in EDGES if e.props["chart"] == chart]


def changed(patient: Patient, **values) -> Patient:
    return Patient(**{**{name: getattr(patient, name) for name in Patient.__dataclass_fields__}, **values})


def walk(patient: Patient) -> dict[str, Step]:
    steps = steps_of(patient)
    assert len({(s.chart, s.id) for s in steps}) == len(steps)
    return {s.id: s for s in steps}


def at(patient: Patient) -> set[str]:
    return {name for name, step in walk(patient).items() if step.here.state == "yes"}


def test_an_adult_of_non_african_ancestry():
    assert at(WHITE) == {"genotype", "ancestry", "calculate", "loading", "cyp4f2"}
    strengths = {s.id: s.strength for s in steps_of(WHITE) if s.here.state == "yes"}
    assert strengths == {"genotype": "", "ancestry": "", "calculate": "STRONG", "loading": "OPTIONAL", "cyp4f2": "OPTIONAL"}


def test_an_african_american_adult():
    assert at(BLACK) == {
        *("genotype", "ancestry", "tested", "calculate-african", "other-cyp2c9-african", "african-american"),
        *("rs12777823", "rs12777823-a", "loading-african"),
    }
    steps = walk(BLACK)
    assert steps["calculate-african"].strength == steps["rs12777823-a"].strength == "MODERATE"
    assert steps["rs12777823"].strength == ""
    assert "Decrease calculated dose by 15-30%" in steps["other-cyp2c9-african"].text
    assert steps["other-cyp2c9-african"].notes[0].startswith("(g) Larger dose reduction")


def test_african_ancestry_without_the_other_alleles_is_dosed_clinically():
    patient = changed(BLACK, cyp2c9="*1/*1", other_cyp2c9_tested=False)
    assert at(patient) == {"genotype", "ancestry", "tested", "clinically"}
    assert walk(patient)["calculate-african"].here.state == "no"
    # what was found was tested, whatever else is said
    assert "clinically" not in at(changed(BLACK, other_cyp2c9_tested=False))


def test_the_chart_has_no_arrow_for_rs12777823_not_tested():
    steps = walk(changed(BLACK, rs12777823=""))
    assert steps["rs12777823"].answer is not None and steps["rs12777823"].answer.state == "no"
    assert steps["rs12777823-a"].here.state == "not known"
    assert "no arrow from" in str(steps["loading-african"].here)
    none = walk(changed(BLACK, rs12777823="G/G"))
    assert (none["rs12777823-a"].here.state, none["loading-african"].here.state) == ("no", "yes")


def test_african_but_not_said_to_be_african_american():
    steps = walk(changed(BLACK, ancestry="african"))
    assert str(steps["african-american"].answer) == "not known: whether the ancestry is mainly of West Africa"
    assert steps["rs12777823-a"].here.state == "not known" and steps["calculate-african"].here.state == "yes"


@pytest.mark.parametrize(
    ("patient", "step", "says"),
    [
        (Patient(adult=True), "clinically", "not known: VKORC1 -1639G>A; the genotype of CYP2C9; the ancestry"),
        (changed(WHITE, ancestry=None), "calculate", "not known: the ancestry"),
        (changed(WHITE, ancestry=None), "clinically", "no"),
        (changed(BLACK, ancestry=None), "calculate-african", "not known: the ancestry"),
        (changed(WHITE, other_cyp2c9_tested=None), "other-cyp2c9", "whether CYP2C9*5, *6, *8 and *11 were tested"),
        (changed(WHITE, other_cyp2c9_tested=False), "other-cyp2c9", "CYP2C9*5, *6, *8 and *11 were not tested"),
        (changed(WHITE, cyp4f2=None), "cyp4f2", "not known: rs2108622 (CYP4F2)"),
        (changed(WHITE, cyp4f2=""), "cyp4f2", "was not tested"),
        (changed(WHITE, cyp4f2="heterozygous"), "cyp4f2", "can't be read"),
        (changed(WHITE, cyp2c9_phenotype=None), "alternative", "not known: the phenotype of CYP2C9"),
        (changed(WHITE, cyp2c9_phenotype="Indeterminate"), "alternative", "not known: the phenotype of CYP2C9"),
        (changed(WHITE, adult=None), "calculate", "not known: whether the patient is an adult"),
    ],
)
def test_what_is_not_known_is_said(patient, step, says):
    own = next(s for s in steps_of(patient) if s.id == step)
    assert says in str(own.here)


def test_a_genotype_that_is_known_to_be_missing_is_dosed_clinically():
    assert at(changed(WHITE, vkorc1="")) == {"genotype", "clinically"}


@pytest.mark.parametrize(
    ("genotype", "carrier"),
    [
        *((genotype, "yes") for genotype in ("C/T", "TT", "G/A", "*1/*3", "*1/*4")),
        ("rs2108622 reference (C)/rs2108622 variant (T)", "yes"),
        *((genotype, "no") for genotype in ("CC", "GG", "*1/*2")),
    ],
)
def test_cyp4f2(genotype, carrier):
    assert walk(changed(WHITE, cyp4f2=genotype))["cyp4f2"].here.state == carrier


@pytest.mark.parametrize(
    ("cyp2c9", "phenotype", "here"),
    [
        ("*2/*3", None, "yes"),
        ("*3/*3", None, "yes"),
        ("*2/*2", "Intermediate Metabolizer", "no"),
        ("*3/*5", "Poor Metabolizer", "yes"),
    ],
)
def test_another_drug_in_poor_metabolizers_whatever_the_ancestry(cyp2c9, phenotype, here):
    patient = changed(WHITE, cyp2c9=cyp2c9, cyp2c9_phenotype=phenotype, ancestry=None)
    step = walk(patient)["alternative"]
    assert step.here.state == here and step.text.startswith("Consider an alternative agent")


def test_children():
    child = changed(WHITE, adult=False)
    assert at(child) == {"genotype", "ancestry", "calculate"}
    assert {s.chart for s in steps_of(child)} == {"children"}
    assert at(changed(child, ancestry="other")) == {"genotype", "ancestry", "clinically"}
    assert at(changed(child, ancestry="african_american")) == {"genotype", "ancestry", "clinically"}
    unsure = {s.id: s.here.state for s in steps_of(changed(child, ancestry=None))}
    assert unsure == {"genotype": "yes", "ancestry": "yes", "calculate": "not known", "clinically": "not known"}


def test_both_charts_stand_side_by_side_where_the_age_is_not_known():
    steps = steps_of(changed(WHITE, adult=None))
    assert [s.chart for s in steps] == ["adults"] * 15 + ["children"] * 4
    assert {s.here.state for s in steps if s.strength} <= {"no", "not known"}


def test_the_tables(services):
    possible = {
        "CYP2C9": (Result("Intermediate Metabolizer", "1", ("*1", "*3")),),
        "VKORC1": (Result("-1639 AG"),),
    }
    steps = chart_steps(EDGES, possible, Person(age_years=60, is_child=False))
    tables, cited = chart_tables(steps, Citer(services))
    by_title = {table.title: table for table in tables}
    chart = "CPIC's flow chart for warfarin, adults (figure 2)"
    here = by_title[f"{chart}: this person is here"]
    [open_] = [table for title, table in by_title.items() if title.startswith(f"{chart}: open, not known: the ancestry")]
    assert "rs12777823" in open_.title and "CYP2C9*5, *6, *8 and *11" in open_.title
    assert [row.cells for row in here.rows] == [("box 1", "VKORC1 and CYP2C9*2 and *3 genotype available?", None)]
    calculate = [row for row in open_.rows if row.cells[1].startswith("Non-African ancestry. VKORC1")]
    assert [row.cells[2] for row in calculate] == ["strong"] and "(d) Most algorithms" in calculate[0].cells[1]
    assert not any("children" in title for title in by_title), "the age is known"
    quotes = {one.id: one.quote for one in cited}
    for row in (row for table in tables for row in table.rows):
        assert row.cells[1] in quotes[row.evidence[0]] and row.cells[0] in quotes[row.evidence[0]]
    assert "PMID:28198005" in cited[0].source.references and cited[0].source.licence == "CC0 1.0"


def test_without_a_result_of_its_genes_no_chart_is_shown():
    assert chart_steps(EDGES, {"CYP2D6": (Result("Poor Metabolizer"),)}, Person()) == []
    assert chart_steps([], {"CYP2C9": (Result("Poor Metabolizer"),)}, Person()) == []


def test_every_arrow_leads_from_a_box_above():
    for chart in ("adults", "children"):
        seen: dict[str, bool] = {}
        for box in boxes(chart):
            for arrow in box.get("after", ()):
                source, _, wanted = arrow.partition(": ")
                known = [b["id"] for b in boxes(chart)]
                assert source in known and wanted in ("", "yes", "no")
            seen[box["id"]] = "asks" in box
        asked = {name for name, question in seen.items() if question}
        for box in boxes(chart):
            for arrow in box.get("after", ()):
                source, _, wanted = arrow.partition(": ")
                assert bool(wanted) == (source in asked), f"{box['id']}: an arrow from a question has its answer"


@pytest.mark.skipif(not MIRROR, reason="BEDSIDE_MIRROR names no folder with the real data")
def test_the_words_are_the_charts():
    """Each sentence of a step stands in CPIC's own file, misprints and line breaks aside."""
    text = Path(MIRROR, "cpic/warfarin_nodes.txt").read_text(encoding="utf-8").replace("algorightms", "algorithms")
    whole = _plain(text)
    for chart in ("adults", "children"):
        for box in boxes(chart):
            said = re.sub(r"^(Non-African|African|European) ancestry\. |^African American\. ", "", box["text"])
            said = re.sub(r": (African|European)\?$", "", said)
            for part in re.split(r": |(?<=\?)", said.replace("1) ", "").replace("2) ", "")):
                assert _plain(part) in whole, box["id"]
            for note in box["notes"]:
                assert _plain(note.replace(" algorithm with", " algorithm (33) with")) in whole, note


def _plain(text: str) -> str:
    """Words only: without the letters of footnotes, marks and line breaks."""
    return " ".join(re.sub(r"\W+", " ", re.sub(r"\(\w(?:,\w)*\)", " ", text)).lower().split())
