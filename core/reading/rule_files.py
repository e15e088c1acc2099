"""The words of reading as data: the files below `rules/`, each read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rule_file(path: str) -> dict[str, Any]:
    """The file `path` below `rules/` (`en/negation.toml`)."""
    return tomllib.loads(files("bedside.core.reading").joinpath("rules", path).read_text(encoding="utf-8"))
