"""The command line over the small world: real options, real case files, stores as doubles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bedside.core.testing.doubles import TestServices
from bedside.integrations.cli.command_context import CliDesk
from bedside.integrations.cli.main import run
from bedside.plugins.genomics.rare_disease.model import model_file as store

from .small import plain
from .test_store import services as small_services

Rank = Callable[..., int]


@pytest.fixture
def small() -> TestServices:
    return small_services()


@pytest.fixture
def rank(small: TestServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rank:
    """`bedside genomics rank …` in an empty folder; the exit code."""

    @contextmanager
    def services(self: CliDesk, home: str | None = None) -> Iterator[TestServices]:
        yield small

    monkeypatch.setattr(CliDesk, "services", services)
    monkeypatch.setattr(store, "Parameters", plain)  # these tests do not move with the shipped numbers
    monkeypatch.chdir(tmp_path)
    return lambda *args: run(["genomics", "rank", *map(str, args)])


@pytest.fixture
def ranked(rank: Rank, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What `--json` prints."""

    def call(*args: str | Path) -> Any:
        code = rank(*args, "--json")
        said = capsys.readouterr()
        assert code == 0, said
        return json.loads(said.out)

    return call
