"""What only the embedded graph must do: one file, several readers or one writer, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from bedside.core.errors import StoreError
from bedside.core.types import GraphEdge, GraphNode
from bedside.knowledge.graph import LadybugGraph

NODES = [GraphNode(id=f"n{i}", kind="Gene", name=f"n{i}", source_id="s1") for i in range(3)]
EDGE = GraphEdge.of(kind="interacts", start="n0", end="n1", text="n0 goes with n1.", source_id="s1")

OPEN = """
import sys
from bedside.core.errors import StoreError
from bedside.knowledge.graph import LadybugGraph
try:
    graph = LadybugGraph(sys.argv[1], read_only=sys.argv[2] == "r")
    print(graph.counts())
except StoreError as error:
    print("StoreError", error, "|", error.hint)
"""

LOAD = """
import sys
from bedside.core.types import GraphEdge, GraphNode
from bedside.knowledge.graph import LadybugGraph, ladybug_store
ladybug_store._CHUNK = 500
graph = LadybugGraph(sys.argv[1])
nodes = [GraphNode(id=f"n{i}", kind="Gene", name="x", source_id="s1") for i in range(1000)]
edges = (GraphEdge.of(kind="interacts", start=f"n{i % 1000}", end=f"n{i * 7 % 1000}", text=f"edge {i}", source_id="s1")
         for i in range(int(sys.argv[2])))
print("loading", flush=True)
graph.put(nodes, edges)
print(graph.counts())
graph.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "graph.lbug"
    graph = LadybugGraph(path)
    graph.put(NODES, [EDGE])
    graph.close()
    return path


def other_process(path: Path, mode: str) -> str:
    return subprocess.run([sys.executable, "-c", OPEN, str(path), mode], capture_output=True, text=True, check=True).stdout


def test_readers_share_the_file_and_a_writer_needs_it_alone(path):
    reader = LadybugGraph(path, read_only=True)
    assert other_process(path, "r").strip() == "{'nodes': 3, 'edges': 1}"
    told = other_process(path, "w")
    assert told.startswith("StoreError") and "alone" in told and "ended" in told
    with pytest.raises(StoreError, match="alone"):
        LadybugGraph(path)
    assert reader.edges([EDGE.id]) == [EDGE]
    reader.close()
    writer = LadybugGraph(path)
    assert "being written" in other_process(path, "r")
    writer.close()
    assert other_process(path, "w").strip() == "{'nodes': 3, 'edges': 1}"


def test_a_reader_does_not_write(path):
    with closing(LadybugGraph(path, read_only=True)) as reader:
        for use in (lambda: reader.put(NODES, []), lambda: reader.remove("s1")):
            with pytest.raises(StoreError, match="reading only"):
                use()
        assert reader.counts() == {"nodes": 3, "edges": 1}


def test_nothing_there_to_read(tmp_path):
    with pytest.raises(StoreError) as caught:
        LadybugGraph(tmp_path / "none" / "graph.lbug", read_only=True)
    assert caught.value.hint == "bedside knowledge load"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("broken", ["garbage", "cut off", "folder"])
def test_a_broken_file_is_an_error_and_soon(path, broken, read_only):
    if broken == "garbage":
        path.write_bytes(os.urandom(100_000))
    elif broken == "cut off":
        os.truncate(path, path.stat().st_size // 2)
    else:
        path.unlink()
        path.mkdir()
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        LadybugGraph(path, read_only=read_only)
    assert time.monotonic() - began < 10
    assert "bedside knowledge load" in caught.value.hint


def test_another_schema_is_refused(path):
    import ladybug

    with ladybug.Database(str(path)) as db, ladybug.Connection(db) as connection:
        connection.execute("MATCH (m:Meta {key: 'schema'}) SET m.value = '0'").close()
    with pytest.raises(StoreError, match="schema 0"):
        LadybugGraph(path)


def test_a_parent_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        LadybugGraph(tmp_path / "file" / "graph.lbug")


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.0, 0.6, 1.5])
def test_a_load_that_is_killed_is_completed_by_the_same_load(tmp_path, wait):
    path = tmp_path / "graph.lbug"
    loading = subprocess.Popen([sys.executable, "-c", LOAD, str(path), "200000"], stdout=subprocess.PIPE)
    assert loading.stdout is not None
    assert loading.stdout.readline() == b"loading\n"
    time.sleep(wait)
    loading.send_signal(signal.SIGKILL)
    loading.wait()
    loading.stdout.close()
    graph = LadybugGraph(path)
    half = graph.counts()
    assert half["edges"] < 200_000
    assert half["edges"] % 500 == 0, "a chunk is there whole or not at all"
    ends = graph.edges_of([f"n{i}" for i in range(1000)], direction="out")
    assert len(ends) == half["edges"], "each edge stands both in the table and between its nodes"
    graph.close()
    again = subprocess.run([sys.executable, "-c", LOAD, str(path), "3000"], capture_output=True, text=True, check=True)
    graph = LadybugGraph(path, read_only=True)
    assert graph.counts() == {"nodes": 1000, "edges": max(3000, half["edges"])}, again.stdout
    graph.close()
    assert not path.with_name("graph.lbug.staging").exists()
