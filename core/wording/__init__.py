"""The one string table: what Bedside says to people, by code. `say("status.answered")`.

A code is `file.key` of `LANGUAGE/*.toml`. Nothing else in Bedside holds a notice, heading, reason or status in words:
another language is one more folder, and an integration can word a code in its own way. What a language lacks is said in
English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

from .said import Said

__all__ = ["DEFAULT", "Said", "codes", "knows", "parameters", "reword", "say"]

DEFAULT = "en"


def say(code: str, language: str = DEFAULT, /, **params: object) -> Said:
    """The words of `code`, which remember their code and parameters.

    Raises `KeyError` for a code or a parameter that the table does not have: a bug of ours,
    which tests/core/test_wording.py finds."""
    return reword(code, params, language)


def reword(code: str, params: Mapping[str, object], language: str) -> Said:
    """Say anew, in a language, what was said before: a code and parameters that an answer carries."""
    words = _table(language).get(code)
    return Said((words if words is not None else _table(DEFAULT)[code]).format_map(params), code, params)


def knows(code: str) -> bool:
    """Is there such a code?"""
    return code in _table(DEFAULT)


def codes(language: str = DEFAULT) -> Mapping[str, str]:
    """{code: its words, with `{parameter}` in the place of each parameter}."""
    return dict(_table(language))


def parameters(code: str) -> tuple[str, ...]:
    """The parameters of a code, each once, in the order of its English words."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(_table(DEFAULT)[code]) if name))


@cache
def _table(language: str) -> dict[str, str]:
    folder = files(__package__) / language
    out: dict[str, str] = {}
    if not folder.is_dir():
        return out
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            area = file.name.removesuffix(".toml")
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            out |= {f"{area}.{key}": words for key, words in entries.items()}
    return out
