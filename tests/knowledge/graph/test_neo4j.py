"""What only the graph on a server must do: fail soon when the server is gone, and work again when it is back."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from bedside.core.errors import StoreError
from bedside.core.types import GraphEdge, GraphNode
from bedside.knowledge.graph import Neo4jGraph

ROOT = Path(__file__).resolve().parents[3]
NODES = [GraphNode(id=f"k{i}", kind="Gene", name=f"k{i}", source_id="kill") for i in range(100)]
EDGES = [
    GraphEdge.of(kind="interacts", start=f"k{i}", end=f"k{(i * 7) % 100}", text=f"edge {i}", source_id="kill")
    for i in range(100)
]


def test_nobody_answers():
    began = time.monotonic()
    with pytest.raises(StoreError, match="does not answer") as caught:
        Neo4jGraph("bolt://127.0.0.1:9", user="neo4j", password="secret-word")
    assert time.monotonic() - began < 10
    assert "make neo4j" in caught.value.hint
    assert "secret-word" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("uri", ["nonsense", "http://127.0.0.1:7687", "bolt://127.0.0.1:x"])
def test_no_address_of_a_server(uri):
    with pytest.raises(StoreError) as caught:
        Neo4jGraph(uri, user="neo4j", password="x")
    assert caught.value.hint


def test_the_driver_is_not_imported_with_the_package():
    code = "import sys, bedside.knowledge.graph; print([m for m in ('neo4j', 'ladybug', 'pandas') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.neo4j
def test_a_wrong_password_and_an_unknown_database(neo4j_server):
    with pytest.raises(StoreError, match="refuses") as caught:
        Neo4jGraph(neo4j_server.uri, user="neo4j", password="wrong-password")
    assert "PASSWORD" in caught.value.hint
    graph = Neo4jGraph(neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password, database="nowhere")
    with pytest.raises(StoreError):
        graph.counts()
    graph.close()


@pytest.mark.neo4j
def test_constraints_and_indexes_are_there_after_a_put(neo4j_server):
    graph = Neo4jGraph(neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password)
    graph.put([], [])
    rows = graph._server.read("SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'bedside' RETURN name, state")
    assert {name for name, _ in rows} == {
        "bedside_node_id", "bedside_edge_id", "bedside_node_source", "bedside_edge_source",
        "bedside_node_words",
    }  # fmt: skip
    assert {state for _, state in rows} == {"ONLINE"}
    graph.close()


@pytest.mark.neo4j
@pytest.mark.slow
def test_a_killed_server_is_an_error_within_ten_seconds_and_works_again(private_neo4j, capfd):
    graph = Neo4jGraph(private_neo4j.uri, user=private_neo4j.user, password=private_neo4j.password)
    graph.put(NODES, EDGES)
    outcome: list[object] = []

    def ask_until_it_fails() -> None:
        try:
            while True:
                graph.edges_of([n.id for n in NODES])
        except BaseException as error:
            outcome.append(error)

    asking = threading.Thread(target=ask_until_it_fails)
    asking.start()
    time.sleep(0.5)
    capfd.readouterr()
    killed = time.monotonic()
    private_neo4j.kill()
    asking.join(timeout=15)
    assert not asking.is_alive()
    assert time.monotonic() - killed < 10
    assert isinstance(outcome[0], StoreError)
    for use in (lambda: graph.nodes(["k1"]), lambda: graph.put(NODES, EDGES)):
        began = time.monotonic()
        with pytest.raises(StoreError):
            use()
        assert time.monotonic() - began < 10
    private_neo4j.start()
    assert graph.nodes(["k1"]) == [NODES[1]]
    assert graph.counts("kill") == {"nodes": 100, "edges": 100}
    assert graph.put(NODES, EDGES) == (100, 100)
    assert graph.counts("kill") == {"nodes": 100, "edges": 100}
    graph.close()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.neo4j
@pytest.mark.slow
def test_a_frozen_server_is_an_error_within_ten_seconds(private_neo4j):
    graph = Neo4jGraph(private_neo4j.uri, user=private_neo4j.user, password=private_neo4j.password)
    graph.put(NODES, [])
    os.kill(private_neo4j.process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(StoreError, match="within"):
            graph.nodes(["k1"])
        assert time.monotonic() - began < 11
    finally:
        os.kill(private_neo4j.process, signal.SIGCONT)
    assert graph.nodes(["k1"]) == [NODES[1]]
    graph.close()


@pytest.mark.neo4j
@pytest.mark.slow
def test_the_server_script_starts_once_keeps_its_password_and_stops(private_neo4j):
    home = private_neo4j.home
    assert stat.S_IMODE((home / "env.json").stat().st_mode) == 0o600
    before = json.loads((home / "env.json").read_text(encoding="utf-8"))
    private_neo4j.start()
    assert json.loads((home / "env.json").read_text(encoding="utf-8")) == before
    tool = [sys.executable, str(ROOT / "tools" / "neo4j.py")]
    assert subprocess.run([*tool, "stop", "--home", str(home)], check=False).returncode == 0
    assert subprocess.run([*tool, "status", "--home", str(home)], check=False).returncode == 1
    private_neo4j.start()
    assert (private_neo4j.uri, private_neo4j.password) == (before["uri"], before["password"])


@pytest.mark.parametrize(
    ("java", "told"), [(None, "no `java` was found"), ("1.8.0", "is Java 1;"), ("17.0.1", "no `mvn` was found")]
)
def test_the_server_script_says_what_is_missing(tmp_path, java, told):
    """With nothing on the path but, perhaps, a `java` that tells this version."""
    if java:
        (tmp_path / "java").write_text(f"#!/bin/sh\necho 'openjdk version \"{java}\"' >&2\n")
        (tmp_path / "java").chmod(0o755)
    env = {"PATH": str(tmp_path), "JAVA_HOME": ""}
    code = (
        "import sys, importlib.util, pathlib\n"
        "spec = importlib.util.spec_from_file_location('server', sys.argv[1]); m = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(m); m.LIB = pathlib.Path(sys.argv[2]) / 'lib'\n"
        "sys.exit(m.main(['start', '--home', sys.argv[2]]))"
    )
    arguments = [sys.executable, "-c", code, str(ROOT / "tools" / "neo4j.py"), str(tmp_path / "home")]
    ran = subprocess.run(arguments, capture_output=True, text=True, env=env, check=False)
    assert ran.returncode == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
