"""What only Chroma must do: share a folder, outlive a broken one, and fail soon when the server is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid

import numpy as np
import pytest
from bedside.core.errors import StoreError
from bedside.core.types import Passage
from bedside.knowledge.vectors import ChromaVectors
from bedside.knowledge.vectors.clients import close_client, open_server

DIM = 8
SAME = {"fingerprint": "model-a:1", "dimensions": DIM}


def unit(*values: float) -> np.ndarray:
    vector = np.zeros(DIM, dtype=np.float32)
    vector[: len(values)] = values
    return vector / np.linalg.norm(vector)


def passage(id: str) -> Passage:
    return Passage(id=id, text=f"text of {id}: ünï 心\n", source_id="s1")


def _forget_collections(url: str) -> None:
    client = open_server(url, None)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    close_client(client)


# --- in a folder ----------------------------------------------------------------------------------------------------


def test_readers_share_a_folder_over_processes_and_a_writer_needs_it_alone(tmp_path):
    folder = tmp_path / "chroma"
    with_one = ChromaVectors.embedded(folder, **SAME)
    with_one.put([passage("p")], unit(1)[None])
    with pytest.raises(StoreError, match="being written"):
        ChromaVectors.embedded(folder, **SAME, read_only=True)
    with_one.close()
    reader = ChromaVectors.embedded(folder, **SAME, read_only=True)
    code = (
        "import sys; from bedside.core.errors import StoreError; from bedside.knowledge.vectors import ChromaVectors\n"
        "read_only = sys.argv[2] == 'r'\n"
        "try:\n"
        f"    s = ChromaVectors.embedded(sys.argv[1], fingerprint='model-a:1', dimensions={DIM}, read_only=read_only)\n"
        "    print(s.count())\n"
        "except StoreError as e:\n    print('StoreError', e)\n"
    )

    def other_process(mode: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, str(folder), mode], capture_output=True, text=True, check=True
        ).stdout

    assert other_process("r").strip() == "1"
    assert other_process("w").startswith("StoreError") and "alone" in other_process("w")
    reader.close()
    assert other_process("w").strip() == "1"


@pytest.mark.parametrize("what", ["garbage", "cut off", "index gone"])
def test_a_broken_folder_is_an_error_and_soon(tmp_path, what):
    folder = tmp_path / "chroma"
    store = ChromaVectors.embedded(folder, **SAME)
    store.put([passage(f"p{i}") for i in range(2000)], np.stack([unit(1, i) for i in range(2000)]))
    store.close()
    database = folder / "chroma.sqlite3"
    if what == "garbage":
        database.write_bytes(os.urandom(200_000))
    elif what == "cut off":
        os.truncate(database, 60_000)
    else:
        parts = [path for path in folder.rglob("*.bin")]
        assert parts, "Chroma keeps its index in .bin files"
        for path in parts:
            path.write_bytes(b"\x00" * 10)
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        broken = ChromaVectors.embedded(folder, **SAME, read_only=True)
        try:
            broken.query(unit(1), 5)
        finally:
            broken.close()
    assert time.monotonic() - began < 10
    assert caught.value.hint


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        ChromaVectors.embedded(tmp_path / "file" / "chroma", **SAME)


def test_nothing_heavy_is_imported_with_the_package():
    code = "import sys, bedside.knowledge.vectors; print([m for m in ('chromadb', 'numpy') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_neither_model_runtime_nor_telemetry_is_loaded_to_ask(tmp_path):
    ChromaVectors.embedded(tmp_path / "chroma", **SAME).close()
    code = (
        "import sys; from bedside.knowledge.vectors import ChromaVectors\n"
        f"s = ChromaVectors.embedded(sys.argv[1], fingerprint='model-a:1', dimensions={DIM}, read_only=True)\n"
        f"s.query([1.0] * {DIM})\n"
        "print([m for m in ('onnxruntime', 'posthog', 'kubernetes', 'torch', 'pandas') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path / "chroma")], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# --- a server -------------------------------------------------------------------------------------------------------


def test_a_killed_server_is_an_error_within_seconds_and_works_again_after_a_restart(private_chroma):
    store = ChromaVectors.http(private_chroma.url, **SAME)
    store.put([passage("p")], unit(1)[None])
    private_chroma.kill()
    for use in (lambda: store.query(unit(1)), lambda: store.get(["p"]), lambda: store.put([passage("q")], unit(1)[None])):
        began = time.monotonic()
        with pytest.raises(StoreError) as caught:
            use()
        assert time.monotonic() - began < 10
        assert "chroma run" in caught.value.hint
    private_chroma.start()
    assert store.query(unit(1), 1)[0].passage.text == passage("p").text
    store.close()


@pytest.mark.slow
def test_a_frozen_server_is_an_error_within_ten_seconds(private_chroma):
    store = ChromaVectors.http(private_chroma.url, **SAME)
    store.put([passage("p")], unit(1)[None])
    private_chroma.send(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(StoreError, match="within"):
        store.query(unit(1))
    assert time.monotonic() - began < 10
    private_chroma.send(signal.SIGCONT)
    assert len(store.query(unit(1))) == 1
    store.close()


def test_passages_lost_on_the_server_are_an_error_not_an_empty_answer(private_chroma):
    store = ChromaVectors.http(private_chroma.url, **SAME)
    store.put([passage("p")], unit(1)[None])
    _forget_collections(private_chroma.url)
    with pytest.raises(StoreError) as caught:
        store.query(unit(1))
    assert caught.value.hint == "bedside knowledge load"
    # Asked again it has connected anew and knows that there is nothing; the live view makes an error of that.
    assert not store.holds("s1")
    store.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x"])
def test_no_server_there(url):
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        ChromaVectors.http(url, **SAME, token=uuid.uuid4().hex)
    assert time.monotonic() - began < 10
    assert caught.value.hint
