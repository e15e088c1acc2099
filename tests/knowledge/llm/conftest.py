"""The real starter model: one shared process for what leaves it whole, a fresh one for what breaks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.starter import starter_model


@pytest.fixture(scope="session")
def model_path() -> Path:
    return starter_model()


@pytest.fixture(scope="session")
def shared(model_path: Path) -> Iterator[LlamaProcess]:
    model = LlamaProcess(model_path, n_ctx=2048, timeout=240)
    yield model
    model.close()


@pytest.fixture
def fresh(model_path: Path) -> Iterator[Callable[..., LlamaProcess]]:
    made: list[LlamaProcess] = []

    def make(path: Path = model_path, **options: object) -> LlamaProcess:
        model = LlamaProcess(path, **{"n_ctx": 1024, "timeout": 120, **options})  # type: ignore[arg-type]
        made.append(model)
        return model

    yield make
    for model in made:
        model.close()


@pytest.fixture(scope="session")
def wait_for() -> Callable[..., None]:
    def wait(condition: Callable[[], object], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "did not happen in time"
            time.sleep(0.02)

    return wait
