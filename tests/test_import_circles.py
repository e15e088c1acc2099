"""No module imports, by whatever way, one that imports it: not inside functions and not for types alone either."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("core", "knowledge", "plugins", "integrations")


def modules(root: Path) -> dict[str, Path]:
    """Dotted name → file of every module below the four parts."""
    files = [p for part in PARTS for p in (root / part).rglob("*.py") if "__pycache__" not in p.parts]
    return {".".join(("bedside", *p.relative_to(root).with_suffix("").parts)).removesuffix(".__init__"): p for p in files}


def imported(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules among `known` that this one imports anywhere."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = {f"{base}.{alias.name}" for alias in node.names}
            yield from (names & known.keys()) or ({base} & known.keys())


def circle(root: Path) -> list[str]:
    """The modules of one circle, or none."""
    known = modules(root)
    graph = {name: set(imported(name, path, known)) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_there_are_no_import_circles() -> None:
    assert circle(ROOT) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("from . import b", "from .a import f"),
        ("def f():\n    from .b import g", "from bedside.core import a"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import g", "import bedside.core.a"),
    ],
)
def test_a_circle_is_seen(tmp_path: Path, a: str, b: str) -> None:
    (tmp_path / "core").mkdir()
    for name, text in (("__init__", ""), ("a", a), ("b", b)):
        (tmp_path / "core" / f"{name}.py").write_text(text, encoding="utf-8")
    assert set(circle(tmp_path)) == {"bedside.core.a", "bedside.core.b"}
