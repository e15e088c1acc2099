"""An author's plugin type-checks strictly against the built wheel, in an environment that holds nothing else of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(p for p in (ROOT / "examples").glob("*/*.py"))
MISUSE = """
from bedside.core import Services, Task, TaskRequest, TaskResult

def run(request: TaskRequest, services: Services) -> TaskResult:
    reveal_type(request.facts.of("drug")[0].name)
    services.graph.edges_of("RXNORM:1", direction="sideways")
    return TaskResult.none(3)

Task(name="a.b", description="d", run=run, answers=("recipe",))
"""


@pytest.fixture(scope="module")
def python(wheel_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh venv with the wheel, its two small dependencies and mypy, by the versions this environment has."""
    from importlib.metadata import version

    folder = tmp_path_factory.mktemp("typed") / "venv"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder], check=True, timeout=60)
    pins = [f"{name}=={version(name)}" for name in ("pydantic", "pluggy", "mypy", "click")]
    install = [uv, "pip", "install", "-q", "--python", folder / "bin" / "python"]
    subprocess.run([*install, *pins], check=True, timeout=240)
    subprocess.run([*install, "--no-deps", wheel_file], check=True, timeout=120)
    return folder / "bin" / "python"


def strict(python: Path, *paths: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MYPY", "PYTHON"))}
    command = [python, "-m", "mypy", "--strict", "--no-error-summary", *paths]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=clean, timeout=240)


@pytest.mark.slow
def test_the_example_plugins_pass_mypy_strict(python: Path, tmp_path: Path) -> None:
    assert EXAMPLES
    done = strict(python, *EXAMPLES, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_misuse_is_found_so_that_the_types_are_more_than_any(python: Path, tmp_path: Path) -> None:
    (tmp_path / "misuse.py").write_text(MISUSE, encoding="utf-8")
    done = strict(python, tmp_path / "misuse.py", cwd=tmp_path)
    assert (
        'Revealed type is "str"' in done.stdout
        or "Revealed type is 'builtins.str'" in done.stdout
        or ('Revealed type is "builtins.str"' in done.stdout)
    ), done.stdout
    for wrong in ("sideways", "arg-type", "recipe"):
        assert wrong in done.stdout or "Literal" in done.stdout
    assert done.stdout.count("error:") >= 3, done.stdout
