"""A disk that is full in the middle of a load: a clear error, the release in use untouched, and the next load completes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bedside.knowledge.ingest import load

from .conftest import Kit, source

# A limit on the size of each file stands in for the disk: writing beyond it fails as on a full one, for this process only.
SCRIPT = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import conftest as tests
from pathlib import Path
from bedside.core.errors import BedsideError
from bedside.knowledge.ingest import load
kit = tests.Kit(Path(sys.argv[2]))
largest = max(f.stat().st_size for f in Path(sys.argv[2]).rglob("*") if f.is_file())
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + int(sys.argv[3]),) * 2)
try:
    load(tests.source(passages=40_000, edges=40, version="2"), kit.stores)
except BedsideError as error:
    print(type(error).__name__, error, "|", error.hint)
"""


@pytest.mark.slow
@pytest.mark.parametrize("room", [20_000, 2_000_000])
def test_a_full_disk(make_kit: Callable[..., Kit], tmp_path: Path, room: int) -> None:
    first = make_kit()
    load(source(passages=30, version="1"), first.stores)
    before = first.seen()
    first.close()
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(tmp_path / "home"), str(room)],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert "Error" in told.stdout and "|" in told.stdout, told.stderr[-2000:]
    again = make_kit()
    after = again.seen()
    assert {k: v for k, v in after.items() if k not in ("nodes", "counts")} == {
        k: v for k, v in before.items() if k not in ("nodes", "counts")
    }
    load(source(passages=4000, edges=40, version="3"), again.stores)
    fresh = make_kit("fresh")
    load(source(passages=4000, edges=40, version="3"), fresh.stores)
    assert again.seen() == fresh.seen() and again.stored() == fresh.stored()
