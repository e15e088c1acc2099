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
    """In two processes, each with rounds and chances of its own: a load keeps one core busy."""
    script = Path(__file__).with_name("killing.py")
    running = []
    for seed in ("4", "7"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, str(script), str(folder), "10", seed]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    said = []
    try:
        for one in running:
            out, errors = one.communicate(timeout=850)
            assert one.returncode == 0, errors[-2000:]
            said += out.splitlines()
    finally:
        for one in running:
            one.kill()
            one.wait()
    rounds = [json.loads(line) for line in said]
    assert len(rounds) == 20
    assert [one for one in rounds if not one["equal"]] == []
    assert [one for one in rounds if not one["either"]] == []
    # A kill before the first record or after the last would show nothing.
    assert sum(one["resumed"] for one in rounds) >= 10
