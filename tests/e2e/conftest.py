"""A data folder with the whole starter knowledge, made once. BEDSIDE_TEST_HOME names a ready one, to save that time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.core.config import load_config
from bedside.integrations.app import App, catalogue, open_app

CLI = [sys.executable, "-m", "bedside.integrations.cli.main"]


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ready = os.environ.get("BEDSIDE_TEST_HOME")
    if ready:
        return Path(ready)
    home = tmp_path_factory.mktemp("starter") / "home"
    subprocess.run([*CLI, "knowledge", "load", "--home", str(home)], check=True, timeout=1200)
    return home


@pytest.fixture(scope="session")
def app(starter_home: Path) -> Iterator[App]:
    """Without the model: deterministic order."""
    with open_app(load_config(starter_home, env={}, overrides={"llm": {"enabled": False}})) as opened:
        yield opened


@pytest.fixture(scope="session")
def cpic_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only CPIC and the drug names: loads in seconds."""
    home = tmp_path_factory.mktemp("cpic") / "home"
    with open_app(load_config(home, env={}), "write") as opened:
        for id_ in ("cpic", "drug-names"):
            opened.load(catalogue()[id_])
    return home


Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def bedside(tmp_path: Path) -> Run:
    """Run the command line as a user does; stdout and stderr are kept apart."""

    def run(
        *args: str | Path, home: Path | None = None, stdin: str = "", timeout: float = 240, **env: str
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
