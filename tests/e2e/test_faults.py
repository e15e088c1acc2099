"""A part that dies in mid-question: the answer comes back, partial or abstained, with the failure named."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from bedside.core.config import load_config
from bedside.integrations.app import catalogue, open_app

CLI = [sys.executable, "-m", "bedside.integrations.cli.main"]

CODEINE = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
TIED = "codeine and tramadol for a CYP2D6 poor metabolizer"


def workers(pid: int) -> list[psutil.Process]:
    try:
        children = psutil.Process(pid).children(recursive=True)
        return [c for c in children if "knowledge.llm.worker" in " ".join(c.cmdline())]
    except psutil.Error:
        return []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
@pytest.mark.parametrize("question", [CODEINE, TIED])
def test_the_models_process_dies_in_mid_question(small_home, number, question):
    env = {**os.environ, "BEDSIDE_HOME": str(small_home)}
    run = subprocess.Popen([*CLI, "ask", question, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    killed = set()
    until = time.monotonic() + 240
    while run.poll() is None and time.monotonic() < until:
        for worker in workers(run.pid):  # every one: a restarted process dies too
            if worker.pid not in killed:
                killed.add(worker.pid)
                worker.send_signal(number)
        time.sleep(0.02)
    out, err = run.communicate(timeout=60)
    assert killed
    answer = json.loads(out)
    assert (run.returncode, answer["status"]) == (0, "partial"), err
    assert any(number.name in w["text"] for w in answer["warnings"]), answer["warnings"]
    assert "Avoid codeine use" in answer["sentences"][0]["text"]
    assert b"Traceback" not in err


def ask_and_break(app, question: str, at: str, breaks) -> tuple:
    """Ask, and break something when the engine is about to consult the tasks, or to choose among what they found."""
    broken, waiting = [], set()

    def on_event(event) -> None:
        if event.type == "planned":
            waiting.update(planned.task for planned in event.tasks)
        elif event.type == "consulted":
            waiting.discard(event.consultation.task)
        if broken or event.type != {"consulting": "planned", "choosing": "consulted"}[at]:
            return
        if at == "consulting" or not waiting:
            broken.append(event.type)
            breaks()

    started = time.monotonic()
    answer = app.engine.ask(question, on_event)
    assert broken, f"the engine never came to {at!r}"
    return answer, time.monotonic() - started


def over_chroma(home, server):
    env = {"BEDSIDE_VECTORS_BACKEND": "http", "BEDSIDE_VECTORS_URL": server.url, "BEDSIDE_LLM_ENABLED": "0"}
    return load_config(home, env=env)


@pytest.fixture(scope="module")
def loaded_once(serve_chroma, tmp_path_factory):
    """A folder with the data folder `home` and, in `chroma`, what its server held."""
    folder = tmp_path_factory.mktemp("over_chroma")
    note = folder / "notes.jsonl"
    note.write_text(
        json.dumps({"id": "1", "title": "Codeine", "text": "Codeine is an opioid that CYP2D6 turns into morphine."})
    )
    server = serve_chroma(folder / "chroma")
    with open_app(over_chroma(folder / "home", server), "write") as app:
        from bedside.integrations.app import file_source

        app.load(catalogue()["cpic"])
        app.load(catalogue()["drug-names"])
        app.load(file_source(note, "notes"))
    server.kill()
    return folder


@pytest.fixture
def private_chroma(loaded_once, serve_chroma, tmp_path):
    """A server over a copy of what was loaded, which a test may kill and start again."""
    server = serve_chroma(Path(shutil.copytree(loaded_once / "chroma", tmp_path / "chroma")))
    yield server
    server.kill()


@pytest.fixture
def chroma_app(private_chroma, loaded_once, tmp_path):
    shutil.copytree(loaded_once / "home", tmp_path / "home")
    with open_app(over_chroma(tmp_path / "home", private_chroma)) as app:
        yield app


def test_chroma_dies_before_it_is_asked(chroma_app, private_chroma, patience):
    answer, seconds = ask_and_break(chroma_app, CODEINE, "consulting", private_chroma.kill)
    assert answer.status == "partial"
    assert any("literature.passages could not look" in w.text for w in answer.warnings)
    assert "Avoid codeine use" in answer.sentences[0].text
    assert seconds < patience(30)


def test_chroma_dies_between_finding_and_checking(chroma_app, private_chroma, patience):
    question = "Which enzyme turns codeine into morphine, CYP2D6?"
    assert any(e.source.id == "notes" for e in chroma_app.engine.ask(question).evidence)
    answer, seconds = ask_and_break(chroma_app, question, "choosing", private_chroma.kill)
    assert not any(e.source.id == "notes" for e in answer.evidence), "a quote that could not be checked was shown"
    assert any(w.code == "unverified" for w in answer.warnings)
    assert answer.status in ("partial", "abstained")
    assert seconds < patience(30)
    private_chroma.start()
    assert any(e.source.id == "notes" for e in chroma_app.engine.ask(question).evidence), "it did not recover"


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.parametrize("at", ["consulting", "choosing"])
def test_neo4j_dies_in_mid_question(private_neo4j, tmp_path, at, patience):
    env = {
        "BEDSIDE_GRAPH_BACKEND": "neo4j",
        "BEDSIDE_GRAPH_URI": private_neo4j.uri,
        "BEDSIDE_GRAPH_USER": private_neo4j.user,
        "BEDSIDE_GRAPH_PASSWORD": private_neo4j.password,
        "BEDSIDE_LLM_ENABLED": "0",
    }
    config = load_config(tmp_path / "home", env=env)
    with open_app(config, "write") as app:
        app.load(catalogue()["cpic"])
    with open_app(config) as app:
        assert "Avoid codeine use" in app.engine.ask(CODEINE).sentences[0].text
        answer, seconds = ask_and_break(app, CODEINE, at, private_neo4j.kill)
        assert answer.status == "abstained"
        assert any("graph" in w.text.lower() or "neo4j" in w.text.lower() for w in answer.warnings)
        assert seconds < patience(30)
        private_neo4j.start()  # on another port: a new client is needed


def test_the_graph_file_is_broken(cpic_home, tmp_path, bedside):
    home = tmp_path / "broken"
    shutil.copytree(cpic_home, home)
    (home / "stores" / "1" / "graph.lbug").write_bytes(b"\x00" * 4096)
    run = bedside("ask", CODEINE, "--json", "--no-llm", home=home)
    answer = json.loads(run.stdout)
    assert (run.returncode, answer["status"]) == (0, "abstained")
    assert any("genomics.pgx could not look" in w["text"] for w in answer["warnings"])


def test_the_terms_are_gone(cpic_home, tmp_path, bedside):
    home = tmp_path / "gone"
    shutil.copytree(cpic_home, home)
    (home / "stores" / "1" / "terms.sqlite").unlink()
    run = bedside("ask", CODEINE, "--json", "--no-llm", home=home)
    answer = json.loads(run.stdout)
    assert (run.returncode, answer["status"]) == (0, "abstained")
    assert any("names could not be looked up" in w["text"] for w in answer["warnings"])
