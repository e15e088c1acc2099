"""`bedside knowledge pull`, `list` and `status` as a person or a script runs them."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("bedside"))


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror" / "kg"
    folder.mkdir(parents=True)
    return folder.parent


def run(tmp_path, *args: str, mirror: Path | None = None, code: int = 0) -> str:
    env = {k: v for k, v in os.environ.items() if k != "BEDSIDE_MIRROR"}
    env |= {"BEDSIDE_HOME": str(tmp_path / "home"), "COLUMNS": "120"}
    if mirror:
        env["BEDSIDE_MIRROR"] = str(mirror)
    # a proxy that is not there: whatever tries to reach out fails at once
    env |= {name: "http://127.0.0.1:9" for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")}
    done = subprocess.run(
        [PROGRAM, "knowledge", *args],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr if code else done.stdout


def test_list_shows_every_source(tmp_path):
    shown = run(tmp_path, "list")
    for wanted in ("pubmed-baseline", "clinvar", "CC0 1.0", "not pulled, not loaded", "not pulled, kept as files"):
        assert wanted in shown
    rows = {row["id"]: row for row in json.loads(run(tmp_path, "list", "--json"))}
    assert rows["medquad"]["pull"] == "none" and rows["medquad"]["loaded"] is None
    assert rows["cpic"]["pull"] == "" and rows["cpic"]["version"].startswith("pypgx")
    assert rows["hpo"]["version"] == "2025-01-16"


def test_without_a_terminal_the_licence_must_be_agreed_to(tmp_path, mirror):
    told = run(tmp_path, "pull", "pharmacotherapydb", mirror=mirror, code=2)
    assert "licence: CC0 1.0" in told and "--yes" in told
    assert not (tmp_path / "home" / "downloads").exists()
    shown = run(tmp_path, "pull", "pharmacotherapydb", "--json", mirror=mirror, code=2)
    assert json.JSONDecoder().raw_decode(shown)[0]["error"]["type"] == "UsageError"


def test_nothing_in_the_mirror(tmp_path, mirror):
    told = run(tmp_path, "pull", "pharmacotherapydb", "--yes", mirror=mirror, code=1)
    assert "has no file kg/pharmacotherapydb_dev.tsv" in told


def test_unreachable_is_told_with_what_to_do(tmp_path):
    told = run(tmp_path, "pull", "clinvar", "--yes", code=1)
    assert "ftp.ncbi.nlm.nih.gov" in told and "error:" in told


def test_unknown_and_needless(tmp_path):
    assert "did you mean medquad?" in run(tmp_path, "pull", "medquat", code=2)
    assert "comes with the package pypgx" in run(tmp_path, "pull", "cpic", code=2)
    assert "one source at a time" in run(tmp_path, "pull", "medquad", "hetionet", "--files", "1", code=2)
    assert "too many files" in run(tmp_path, "pull", "pubmed-updates", "--yes", code=2)
    assert "is not a range" in run(tmp_path, "pull", "pubmed-baseline", "--files", "a", "--yes", code=2)


def test_a_pull_of_real_data(tmp_path):
    data = os.environ.get("BEDSIDE_MIRROR")
    if not data:
        pytest.skip("BEDSIDE_MIRROR names no folder with the real data")
    shown = run(tmp_path, "pull", "medquad", "--yes", mirror=Path(data))
    assert "1 file, 4.8 MiB" in shown and "verified: sha256" in shown
    assert "now type: bedside knowledge load medquad" in shown
    # the licence is remembered, the file is there
    [report] = json.loads(run(tmp_path, "pull", "medquad", "--json", mirror=Path(data)))
    assert report["files"][0]["state"] == "here" and report["next"] == "bedside knowledge load medquad"
    path = Path(report["folder"]) / "medquad.jsonl.gz"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == report["files"][0]["sha256"]
    shown = run(tmp_path, "status")
    assert "pulled, not loaded" in shown and "nothing is loaded yet" in shown
    state = json.loads(run(tmp_path, "status", "--json"))
    assert state["stores"]["downloads"] >= path.stat().st_size and state["sources"] == []
    assert [row["id"] for row in state["pulled"]] == ["medquad"]
    path.write_bytes(b"cut off")
    assert "its pull was not finished" in run(tmp_path, "status")


def test_at_a_terminal_a_person_is_asked_once(tmp_path):
    data = os.environ.get("BEDSIDE_MIRROR")
    if not data:
        pytest.skip("BEDSIDE_MIRROR names no folder with the real data")
    assert "interrupted" in _answer(tmp_path, data, "n")
    assert not (tmp_path / "home" / "licences.json").exists()
    shown = _answer(tmp_path, data, "y")
    assert "Do you accept it?" in shown and "now type" in shown
    assert re.search(r"\d+ B|\d+(\.\d+)?/\d+(\.\d+)? (Ki|Mi)B", shown), "the bar says how much has come"
    assert "Do you agree" not in _answer(tmp_path, data, "")


def _answer(tmp_path, data: str, answer: str) -> str:
    """What a pull shows on a terminal where `answer` is typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        env = {**os.environ, "BEDSIDE_HOME": str(tmp_path / "home"), "BEDSIDE_MIRROR": data, "TERM": "xterm"}
        os.execve(PROGRAM, [PROGRAM, "knowledge", "pull", "pharmacotherapydb"], env)
    if answer:
        os.write(terminal, answer.encode() + b"\n")
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # Linux says EIO at the end
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode("utf-8", "replace")
