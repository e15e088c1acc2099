"""kill -9 at any moment of a load: afterwards either release is seen, and running it again gives what a clean run gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_twenty_kills_twenty_equal_results(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "20", "4"], capture_output=True, text=True, timeout=850, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == 20
    assert [one for one in rounds if not one["equal"]] == []
    assert [one for one in rounds if not one["either"]] == []
    # A kill before the first record or after the last would show nothing.
    assert sum(one["resumed"] for one in rounds) >= 10
