"""The engine over the whole starter knowledge, and the command line as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.core.config import load_config
from bedside.integrations.app import App, open_app

CLI = [sys.executable, "-m", "bedside.integrations.cli.main"]


@pytest.fixture(scope="session")
def app(starter_home: Path) -> Iterator[App]:
    """Without the model: deterministic order."""
    with open_app(load_config(starter_home, env={}, overrides={"llm": {"enabled": False}})) as opened:
        yield opened


Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def bedside(tmp_path: Path) -> Run:
    """Run the command line as a user does; stdout and stderr are kept apart."""

    def run(
        *args: str | Path, home: Path | None = None, stdin: str = "", timeout: float = 500, **env: str
    ) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("BEDSIDE_")}
        return subprocess.run(
            [*CLI, *map(str, args)],
            capture_output=True,
            text=True,
            input=stdin,
            timeout=timeout,
            cwd=tmp_path,
            env={**clean, "BEDSIDE_HOME": str(home or tmp_path / "home"), **env},
        )

    return run
