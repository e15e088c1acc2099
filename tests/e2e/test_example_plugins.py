"""The example plugins as a stranger installs them: each from its own pyproject, answering through the real command line."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(p.name for p in (ROOT / "examples").glob("plugin_*"))
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1940-01-01"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every example installed: from copies, without a network, by the build tool of this environment."""
    folder = tmp_path_factory.mktemp("examples")
    for name in EXAMPLES:
        shutil.copytree(ROOT / "examples" / name, folder / name, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    command = [Path(sys.executable).with_name("uv"), "pip", "install", "-q", "--python", sys.executable, "--offline"]
    command += ["--no-deps", "--no-build-isolation", "--target", folder / "site", *(folder / name for name in EXAMPLES)]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def home(cpic_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, into which the examples' own source may be loaded."""
    return Path(shutil.copytree(cpic_home, tmp_path_factory.mktemp("examples_home") / "home"))


@pytest.fixture
def ask(bedside, site, home, tmp_path):
    def answer(text: str, *files: tuple[str, str], code: int = 0) -> Any:
        cases: list[str] = []
        for name, content in files:
            (tmp_path / name).write_text(content, encoding="utf-8")
            cases += ["--case", str(tmp_path / name)]
        deny = "literature"  # it searches every passage for every question, which is not what is tested here
        run = bedside("ask", text, *cases, "--no-llm", "--json", home=home, PYTHONPATH=str(site), BEDSIDE_PLUGINS_DENY=deny)
        assert run.returncode == code, run.stderr[-2000:]
        return json.loads(run.stdout)

    return answer


def consulted(answer: Any, task: str) -> Any:
    return next(c for c in answer["consulted"] if c["task"] == task)


def test_each_is_loaded_from_its_own_distribution_and_keeps_the_contract(bedside, site, home):
    listed = bedside("plugins", "list", "--json", home=home, PYTHONPATH=str(site))
    assert listed.returncode == 0, listed.stdout
    loaded = {p["name"]: p["distribution"] for p in json.loads(listed.stdout) if p["status"] == "loaded"}
    names = [name.removeprefix("plugin_") for name in EXAMPLES]
    assert {"hello", "cha2ds2vasc", "interactions", "spirometry"} <= set(names)
    for name in names:
        assert loaded[name] == f"bedside-{name}"
        checked = bedside("plugins", "check", name, "--json", home=home, PYTHONPATH=str(site))
        assert checked.returncode == 0, checked.stdout


def test_a_score_is_a_range_where_something_is_not_known(ask):
    answer = ask("What is the CHA₂DS₂-VASc score?", ("patient.json", json.dumps(PATIENT)))
    assert answer["status"] == "answered", answer["warnings"]
    assert answer["sentences"][0]["text"].startswith("CHA₂DS₂-VASc score between 3 and 9 of 9 points (age: ")
    [item] = answer["evidence"]
    assert (item["locator"]["kind"], item["locator"]["function"]) == ("computation", "cha2ds2vasc.score")
    assert item["locator"]["inputs"][1]["address"] == {"kind": "fhir", "reference": "Patient/p", "path": "gender"}
    assert item["source"]["references"] == ["PMID:19762550"]
    assert answer["blocks"][0]["kind"] == "table"
    assert "cha2ds2vasc:missing" in {w["code"] for w in answer["warnings"]}


def test_interactions_are_loaded_grounded_and_cited(bedside, ask, site, home):
    question = "Can Coumadin and ibuprofen be taken together?"
    before = consulted(ask(question), "interactions.check")
    assert "bedside knowledge load interactions-sample" in before["message"]
    load = bedside("knowledge", "load", "interactions-sample", home=home, PYTHONPATH=str(site))
    assert load.returncode == 0, load.stderr
    answer = ask(question)
    assert answer["status"] == "answered", answer["warnings"]
    assert "higher risk of bleeding" in answer["sentences"][0]["text"]
    assert answer["evidence"][0]["source"]["id"] == "interactions-sample"
    assert answer["blocks"][0]["rows"][0]["cells"] == ["warfarin", "ibuprofen", "higher risk of bleeding"]
    none = consulted(ask("Can warfarin and codeine be taken together?"), "interactions.check")
    assert (none["status"], none["searched"]) == ("none", ["Sample of drug interactions 2025-01, 11 pairs"])
    unread = ask("Can warfarin and foozumab be taken together?")
    assert unread["status"] == "abstained"
    assert "only warfarin was read" in consulted(unread, "interactions.check")["message"]


def test_every_name_of_the_table_is_a_drug_that_mentions_are_grounded_to(site, home, monkeypatch):
    from bedside.core.config import load_config
    from bedside.integrations.app import open_app

    monkeypatch.syspath_prepend(str(site))
    from bedside_interactions_table import TABLE

    names = {name for line in TABLE for name in (line.a, line.b)}
    with open_app(load_config(home, env={}, overrides={"llm": {"enabled": False}})) as app:
        grounded = app.services.terms.ground("drug", sorted(names))
        assert set(grounded) == names
        for name, term in grounded.items():
            assert term.id in {m.id for m in app.services.terms.find(f"Is {name} safe?").of("drug")}


def recording(rows: int = 601) -> str:
    values = (f"{k / 100:.2f},{4 * (1 - math.exp(-k / 110)):.4f}" for k in range(rows))
    return "\n".join(["# spirometry: forced expiration", "# bronchodilator: post", "time (s),volume (L)", *values])


def test_a_recording_is_a_case_file_and_its_rows_are_evidence(ask):
    answer = ask("How is the lung function?", ("blow.csv", recording()))
    assert answer["status"] == "answered", answer["warnings"]
    assert "FEV1/FVC 0.6" in answer["sentences"][0]["text"]
    assert {e["locator"]["kind"] for e in answer["evidence"]} == {"computation", "spirometry:region"}
    assert [b["kind"] for b in answer["blocks"]] == ["table", "figure"]
    assert set(answer["sentences"][0]["citations"]) == {e["id"] for e in answer["evidence"]}


def test_a_broken_recording_is_wrong_use(ask):
    error = ask("How is the lung function?", ("blow.csv", recording().replace("volume (L)", "volume")), code=2)["error"]
    assert "blow.csv: its column 'volume' has another unit or none" in error["message"]
    assert "volume (L)" in error["hint"]


def test_other_questions_are_answered_as_before(ask):
    answer = ask("Can a CYP2D6 ultrarapid metabolizer take codeine?")
    assert answer["status"] == "answered", answer["warnings"]
    assert "Avoid codeine use" in answer["sentences"][0]["text"]
    assert {e["source"]["id"] for e in answer["evidence"]} == {"cpic"}
