"""Setting up: what reaches pip and uv from the user's settings, and what is said when it cannot be done."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """tools/setup_env.py, whose `.venv` is an empty folder and whose Python is this one."""
    spec = importlib.util.spec_from_file_location("setup_env", ROOT / "tools/setup_env.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "LOG", tmp_path / ".venv/setup.log")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(module, "WHEELS", tmp_path / "wheels")
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    return module


def test_the_folder_is_offered_beside_the_users_own(setup_env, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/mine")
    assert setup_env.base_env()["PIP_FIND_LINKS"] == "/mine"
    (tmp_path / "wheels").mkdir()
    assert setup_env.base_env()["PIP_FIND_LINKS"] == f"{tmp_path}/wheels /mine"


def test_nothing_is_sent_elsewhere_than_into_the_venv(setup_env, monkeypatch) -> None:
    for name in ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    env = setup_env.base_env()
    assert env["PIP_USER"] == "0"
    assert "/elsewhere" not in env.values()


def test_pips_index_reaches_uv_unless_uv_has_its_own(setup_env, monkeypatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.invalid/simple")
    assert setup_env.uv_env()["UV_DEFAULT_INDEX"] == "https://index.invalid/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.invalid/simple")
    assert setup_env.uv_env()["UV_DEFAULT_INDEX"] == "https://other.invalid/simple"


def test_without_an_index_uv_gets_the_folders_that_exist(setup_env, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", f"{tmp_path} /does/not/exist")
    assert "UV_FIND_LINKS" not in setup_env.uv_env()
    assert "--no-index" not in setup_env.uv_install("torch")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert setup_env.uv_env()["UV_FIND_LINKS"] == str(tmp_path)
    assert "--no-index" in setup_env.uv_install("torch")


def test_a_command_that_fails_says_so_with_the_end_of_its_log(setup_env) -> None:
    with pytest.raises(setup_env.Failed) as failed:
        setup_env.run(
            [sys.executable, "-c", "print('no space left'); raise SystemExit(3)"], setup_env.base_env(), "Type: df"
        )
    told = str(failed.value)
    assert "no space left" in told and "exit code 3" in told and told.endswith("Type: df")


def test_no_compiler_is_said_before_building(setup_env, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=on")
    with pytest.raises(setup_env.Failed, match=r"C\+\+ compiler.*\n?.*apt install g\+\+"):
        setup_env.install_llama()


def test_too_old_a_python_is_told_which_is_needed(setup_env, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(setup_env, "OLDEST", (9, 0))
    with pytest.raises(setup_env.Failed, match=r"needs Python 9\.0 or newer.*make \.venv PYTHON="):
        setup_env.find_python()


def test_wrong_use_is_exit_code_2() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/setup_env.py"), "--what"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--only llama" in done.stderr


def test_every_dependency_is_pinned_exactly_and_torchvision_is_not_there() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {line.partition("==")[0]: line for line in lines if line and not line.startswith("#")}
    assert all("==" in line for line in pins.values())
    assert pins["torch"] == "torch==2.13.0"
    assert pins["llama-cpp-python"] == "llama-cpp-python==0.3.36"
    assert "torchvision" not in pins
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(w for extra in project["optional-dependencies"].values() for w in extra)]
    names = {w.partition(">=")[0].partition("[")[0] for w in wanted} - {"bedside"}
    assert names <= set(pins)
