"""The wheel that a stranger installs holds the packages, their data and the entry points, and no more."""

from __future__ import annotations

import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("core", "knowledge", "plugins", "integrations")


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(wheel_file)


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    wanted = {
        f"bedside/{path.relative_to(ROOT).as_posix()}"
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and path.suffix != ".md" and "__pycache__" not in path.parts
    }
    assert "bedside/core/protocols/__init__.py" in wanted
    assert {n for n in wheel.namelist() if ".dist-info/" not in n} == wanted


@pytest.mark.slow
def test_the_wheel_says_its_entry_points_and_licence(wheel: zipfile.ZipFile) -> None:
    info = {n.rpartition("/")[2]: n for n in wheel.namelist() if ".dist-info/" in n}
    points = ConfigParser()
    points.read_string(wheel.read(info["entry_points.txt"]).decode())
    assert points["console_scripts"]["bedside"] == "bedside.integrations.cli.main:main"
    assert set(points["bedside"]) >= {"genomics", "literature", "drug_targets"}
    assert points["pytest11"]["bedside"] == "bedside.core.testing.pytest_plugin"
    for target in (*points["bedside"].values(), *points["pytest11"].values()):
        module = target.replace(".", "/")
        assert {f"{module}.py", f"{module}/__init__.py"} & set(wheel.namelist()), f"{target} is not in the wheel"
    metadata = wheel.read(info["METADATA"]).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "LICENSE" in info
