"""The guidance of the mirror, read once, and files made up for what real ones do not hold."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from bedside.core.types import GraphEdge
from bedside.knowledge.guidance.folder import _lines
from bedside.knowledge.guidance.line import Line
from bedside.knowledge.guidance.merge import merged
from bedside.knowledge.guidance.read import lines_of
from bedside.knowledge.guidance.records import records
from bedside.knowledge.readers.archive_members import Item
from bedside.knowledge.readers.read_session import Run


@pytest.fixture(scope="session")
def guidance_folder(mirror: Path) -> Path:
    folder = mirror / "pharmcat/guidance"
    if not folder.is_dir():
        pytest.skip(f"the mirror has no {folder}")
    return folder


@pytest.fixture(scope="session")
def every_line(guidance_folder: Path) -> list[Line]:
    """Those of all files, nothing merged; none of the real records is skipped."""
    run = Run("pharmcat-guidance")
    found = list(_lines(guidance_folder, run))
    assert run.skipped == []
    return found


@pytest.fixture(scope="session")
def lines(every_line: list[Line]) -> list[Line]:
    return list(merged(every_line))


@pytest.fixture(scope="session")
def edges(lines: list[Line]) -> list[GraphEdge]:
    """One of each line, in the order of `lines`."""
    found = [one for one in records(lines) if isinstance(one, GraphEdge)]
    assert len(found) == len(lines)
    return found


@pytest.fixture
def run() -> Run:
    return Run("pharmcat-guidance")


@pytest.fixture
def read(run: Run) -> Callable[..., list[Line]]:
    """`read(data, released="")`: the lines of a file with this content (JSON, or bytes as they are)."""

    def of(data: Any, released: str = "") -> list[Line]:
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        item = Item("a.json", "here/a.json", lambda: nullcontext(io.BufferedReader(io.BytesIO(raw))))
        return list(lines_of(item, io.BytesIO(raw), run, released=released))

    return of
