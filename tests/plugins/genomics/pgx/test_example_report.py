"""PharmCAT's example patient: what its report of 2025-11 says of a drug is what `genomics pgx` says, and nothing beside."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.knowledge.guidance.html_text import plain_text
from bedside.plugins.genomics.pgx.pipeline import Assessor
from bedside.plugins.genomics.pgx.recommend import DrugRecommendation

SOURCES = {
    "CPIC Guideline Annotation": "CPIC",
    "DPWG Guideline Annotation": "DPWG",
    "FDA Label Annotation": "FDA label",
    "FDA PGx Association": "FDA table of associations",
}
pytestmark = pytest.mark.timeout(300)


class Said(NamedTuple):
    """A line without its key."""

    drug: str
    publisher: str
    text: str
    strength: str
    population: str


@pytest.fixture(scope="module")
def reported(mirror: Path) -> list[Said]:
    """What stands in PharmCAT's report; CPIC's warfarin, a flow chart there, has no text."""
    data = json.loads((mirror / "pharmcat/example/pharmcat.example.report.json").read_text(encoding="utf-8"))
    return [
        Said(
            drug,
            SOURCES[source],
            plain_text(one["drugRecommendation"]),
            _given(one["classification"]),
            _given(one["population"]),
        )
        for source, drugs in data["drugs"].items()
        for drug, entry in drugs.items()
        for guideline in entry["guidelines"]
        for one in guideline["annotations"]
        if one["drugRecommendation"]
    ]


def _given(value: str | None) -> str:
    return "" if value in (None, "general", "n/a", "N/A", "Unspecified") else value


@pytest.fixture(scope="module")
def ours(mirror: Path, pulled_home: Path) -> dict[str, DrugRecommendation]:
    example = mirror / "pharmcat/example/pharmcat.example"
    config = load_config(pulled_home, env={"BEDSIDE_MIRROR": str(mirror)}, overrides={"llm": {"enabled": False}})
    with open_app(config) as app:
        assessor = Assessor(app.services)
        (calls,) = assessor.calls(
            example.with_suffix(".example.vcf"), outside=example.with_suffix(".example.outsideCall.tsv")
        )
        return {one.drug: one for one in assessor.assess(calls).recommendations}


def _said(one: DrugRecommendation) -> list[Said]:
    return [Said(one.drug, line.publisher_words, line.text, line.strength, line.population) for line in one.lines]


def test_every_line_of_the_report_is_ours(reported, ours):
    """But what DPWG recommends nothing for beside a line of CPIC's, which is not shown."""
    missing = [said for said in reported if said not in _said(ours[said.drug])]
    for said in missing:
        assert (said.publisher, said.strength) == ("DPWG", "No recommendation"), said
        assert any(line.publisher == "CPIC" and line.recommends for line in ours[said.drug].lines), said
    found = Counter(said.publisher for said in reported if said not in missing)
    assert found == {"CPIC": 82, "DPWG": 38, "FDA label": 16, "FDA table of associations": 19}


def test_no_line_is_shown_for_a_result_that_the_patient_does_not_have(reported, ours):
    """But by MT-RNR1: `1555A>G` of the outside call is m.1555A>G here, which the report did not read so."""
    beside = [(one, said) for one in ours.values() for said in _said(one) if said not in reported]
    hearing = [said for one, said in beside if "MT-RNR1" in one.genes]
    assert len(hearing) == 7 and all("hearing loss" in said.text for said in hearing)
    # of interferons and ribavirin the packaged table alone has lines
    others = {one.drug: one.lines for one, _ in beside if "MT-RNR1" not in one.genes}
    assert set(others) == {"peginterferon alfa-2a", "peginterferon alfa-2b", "ribavirin"}
    assert all(line.packaged and line.genes == {"IFNL3"} for lines in others.values() for line in lines)


def test_the_pressing_ones_come_first(ours):
    """HLA-B *57:01 and *15:02, MT-RNR1 1555A>G: what is contraindicated is on top and says so."""
    first = list(ours)[: sum(one.against for one in ours.values())]
    assert {"abacavir", "carbamazepine", "gentamicin", "oxcarbazepine", "phenytoin"} <= set(first)
    assert all(ours[drug].urgency == "change" for drug in first)
