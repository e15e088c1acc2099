"""Model files that are none, the starter model, the catalogue, the probe, the loading rules."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bedside.core.errors import ModelError
from bedside.knowledge.llm import probe as probe_module
from bedside.knowledge.llm import supervisor as supervisor_module
from bedside.knowledge.llm.catalogue import CATALOGUE, STARTER, catalogue_model, model_statuses
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.cores import generation_threads, usable_cores
from bedside.knowledge.llm.probe import REINSTALL, probe_one_token
from bedside.knowledge.llm.process import describe_exit
from bedside.knowledge.llm.worker import load

SKY = [{"role": "user", "content": "Explain why the sky is blue."}]
DIES = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04" + bytes(100), "is not a GGUF file"),
        (b"GGUF\x03\x00\x00\x00", "is cut off after 8 bytes"),
        (b"GGUF" + (99).to_bytes(4, "little") + (1).to_bytes(8, "little") * 2, "GGUF version 99"),
        (b"GGUF" + (3).to_bytes(4, "little") + bytes(16), "holds no tensors"),
    ],
)
def test_file_that_is_no_model(fresh: Callable[..., LlamaProcess], tmp_path: Path, content: bytes, says: str) -> None:
    model = fresh(write(tmp_path / "m.gguf", content))
    model.start()
    with pytest.raises(ModelError, match=says) as caught:
        model.complete(SKY)
    assert caught.value.hint
    assert model.incidents == () and model.pid is None
    assert not probe_one_token(tmp_path / "m.gguf").ok


def test_missing_file_and_folder(fresh: Callable[..., LlamaProcess], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing: .*absent\.gguf"):
        fresh(tmp_path / "absent.gguf").complete(SKY)
    with pytest.raises(ModelError, match="is a folder"):
        fresh(tmp_path).complete(SKY)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.99])
def test_cut_off_file_is_named_and_given_up_then_read_once_it_is_whole(
    fresh: Callable[..., LlamaProcess], model_path: Path, tmp_path: Path, share: float
) -> None:
    whole = model_path.read_bytes()
    path = write(tmp_path / "cut.gguf", whole[: int(len(whole) * share)])
    model = fresh(path)
    for _ in range(3):
        with pytest.raises(ModelError, match=r"llama.cpp can't load cut\.gguf") as caught:
            model.complete(SKY)
        assert "could not be loaded" not in str(caught.value)
    with pytest.raises(ModelError, match="could not be loaded 3 times in a row") as caught:
        model.complete(SKY)
    assert caught.value.hint == "bedside doctor"
    assert model.incidents == ()
    path.write_bytes(whole)
    assert model.complete(SKY, max_tokens=2)


def test_process_that_always_dies_is_given_up(fresh: Callable[..., LlamaProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "worker_command", lambda options: DIES)
    model = fresh()
    for _ in range(3):
        with pytest.raises(ModelError, match="killed by SIGSEGV while loading"):
            model.complete(SKY)
    with pytest.raises(ModelError, match="3 times in a row"):
        model.complete(SKY)
    assert len(model.incidents) == 3


def test_load_that_never_ends(fresh: Callable[..., LlamaProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(supervisor_module, "worker_command", lambda options: sleeps)
    model = fresh(load_timeout=0.5)
    with pytest.raises(ModelError, match=r"had not loaded the model after 0\.5 s"):
        model.complete(SKY)


def test_pipe_with_something_else_in_it(fresh: Callable[..., LlamaProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    prints = [sys.executable, "-c", "import time; print('hello world', flush=True); time.sleep(600)"]
    monkeypatch.setattr(supervisor_module, "worker_command", lambda options: prints)
    with pytest.raises(ModelError, match="while loading"):
        fresh().complete(SKY)


def test_starter_model_and_its_hash(model_path: Path) -> None:
    assert model_path.stat().st_size == STARTER.size_bytes
    assert hashlib.sha256(model_path.read_bytes()).hexdigest() == STARTER.sha256


def test_starter_package_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedside.knowledge.llm.starter.PACKAGE", "no-such-package-for-bedside")
    from bedside.knowledge.llm.starter import starter_model

    with pytest.raises(ModelError, match="not installed") as caught:
        starter_model()
    assert "pip install" in caught.value.hint


def test_catalogue(tmp_path: Path, model_path: Path) -> None:
    assert len({model.id for model in CATALOGUE}) == len(CATALOGUE)
    assert catalogue_model("medgemma-4b").licence.startswith("Health AI")
    with pytest.raises(ModelError, match="smollm2-135m"):
        catalogue_model("gpt-9")
    write(tmp_path / catalogue_model("qwen3-4b").filename, b"GGUF")
    found = {status.model.id: status.path for status in model_statuses(tmp_path)}
    assert found["smollm2-135m"] == str(model_path)
    assert found["qwen3-4b"].startswith(str(tmp_path))
    assert found["medgemma-4b"] == ""


def test_probe_makes_a_token(model_path: Path) -> None:
    result = probe_one_token(model_path, timeout=200)
    assert result.ok and result.seconds > 0 and result.info is not None


def test_probe_names_the_signal_and_what_to_type(model_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_module, "worker_command", lambda options: DIES)
    result = probe_one_token(model_path)
    assert (result.ok, result.signal, result.hint) == (False, "SIGSEGV", REINSTALL)
    assert "GGML_NATIVE=OFF" in result.hint


def test_probe_time_limit(model_path: Path) -> None:
    result = probe_one_token(model_path, timeout=0.01)
    assert not result.ok and "within 0.01 s" in result.message


def test_probe_of_a_cut_off_file(model_path: Path, tmp_path: Path) -> None:
    result = probe_one_token(write(tmp_path / "cut.gguf", model_path.read_bytes()[:1_000_000]), timeout=200)
    assert not result.ok and "can't load cut.gguf" in result.message


def test_describe_exit() -> None:
    assert describe_exit(-signal.SIGKILL) == "was killed by SIGKILL"
    assert describe_exit(3) == "ended with exit code 3"
    assert describe_exit(0) == "ended by itself"


class Recorder:
    """Stands in for llama_cpp.Llama where the question is only with what it is called."""

    def __init__(self, **options: Any) -> None:
        if options["n_gpu_layers"] == -1 and options["model_path"].endswith("too big"):
            raise ValueError("Failed to create llama_context")
        self.options = options


@pytest.mark.parametrize(
    ("model", "asked", "gpu", "layers"),
    [("m", None, True, -1), ("m", None, False, 0), ("too big", None, True, 0), ("m", 7, True, 7), ("m", 0, True, 0)],
)
def test_layers_go_to_the_gpu_when_there_is_one_and_they_fit(
    tmp_path: Path, model: str, asked: int | None, gpu: bool, layers: int
) -> None:
    path = str(write(tmp_path / model, b"GGUF"))
    options = load(Recorder, path, n_ctx=64, gpu_layers=asked, gpu=gpu, threads=3).options
    assert (options["n_gpu_layers"], options["n_threads"], options["n_threads_batch"]) == (layers, 3, 3)


def test_threads_are_within_what_this_process_may_use() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
    assert [generation_threads(cores, 10**8) for cores in (1, 2, 8)] == [1, 1, 4]
    assert generation_threads(8, 4 * 10**9) == 8
