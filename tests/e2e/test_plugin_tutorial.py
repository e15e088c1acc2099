"""The tutorial of docs/plugins.md, word for word: whoever types it has an answer, and a changed quote is dropped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "plugins.md"
QUESTION = "When are blood cultures taken?"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the tutorial's package was installed, from the two files that the page shows."""
    source, target = tmp_path_factory.mktemp("ward"), tmp_path_factory.mktemp("site")
    for name, text in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (source / name).write_text(text, encoding="utf-8")
    assert {p.name for p in source.iterdir()} == {"pyproject.toml", "bedside_ward.py"}
    uv = Path(sys.executable).with_name("uv")
    command = [
        uv,
        "pip",
        "install",
        "-q",
        "--python",
        sys.executable,
        "--no-deps",
        "--no-build-isolation",
        "--target",
        target,
    ]
    subprocess.run([*command, source], check=True, timeout=120)
    return target


@pytest.fixture(scope="module")
def ward(installed: Path, tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("ward-home") / "home"

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("BEDSIDE_")}
        env = {**clean, "PYTHONPATH": str(installed), "BEDSIDE_HOME": str(home)}
        command = [sys.executable, "-m", "bedside.integrations.cli.main", *args]
        return subprocess.run(command, capture_output=True, text=True, timeout=240, env=env)

    done = run("knowledge", "load", "ward-handbook")
    assert done.returncode == 0, done.stderr
    return run


def test_the_tutorial_s_plugin_keeps_the_contract(ward):
    done = ward("plugins", "check", "ward", "--json")
    report = json.loads(done.stdout)
    assert report["ok"], report["problems"]


def test_the_tutorial_s_question_is_answered_with_a_citation_that_opens(ward):
    done = ward("ask", QUESTION, "--no-llm", "--json")
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered", (answer["warnings"], done.stderr)
    assert "Blood cultures are taken before the first dose" in answer["sentences"][0]["text"]
    source = answer["evidence"][0]["source"]
    assert (source["title"], source["version"], source["licence"]) == ("Handbook of the ward", "2026-11", "ours")
    opened = ward("knowledge", "show", answer["evidence"][0]["locator"]["passage_id"])
    assert "Blood cultures" in opened.stdout


def test_a_changed_quote_is_dropped_and_reported(ward, installed):
    module = installed / "bedside_ward.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("quote=p.text", 'quote=p.text.replace("before", "after")'), encoding="utf-8")
    try:
        answer = json.loads(ward("ask", QUESTION, "--no-llm", "--json").stdout)
    finally:
        module.write_text(text, encoding="utf-8")
    assert not any("after the first dose" in s["text"] for s in answer["sentences"])
    assert any(w["code"] == "dropped" and "verbatim" in w["text"] for w in answer["warnings"])
