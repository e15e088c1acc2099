"""The string table is complete: every code that is used has words, every word is used, with the parameters it is given."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from bedside.core.types.notice import NOTICES
from bedside.core.wording import codes, knows, parameters, say

ROOT = Path(__file__).parents[2]
PARTS = ("core", "knowledge", "integrations", "plugins")


def _calls() -> list[tuple[str, ast.expr, set[str], bool]]:
    """(where, code, names of parameters, are more given by **) of every call of `say` in the project."""
    out = []
    for part in PARTS:
        for path in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                    named = {k.arg for k in node.keywords if k.arg}
                    more = any(k.arg is None for k in node.keywords)
                    out += [
                        (f"{path.relative_to(ROOT)}:{node.lineno}", code, named, more) for code in _branches(node.args[0])
                    ]
    return out


def _branches(code: ast.expr) -> list[ast.expr]:
    return [*_branches(code.body), *_branches(code.orelse)] if isinstance(code, ast.IfExp) else [code]


CALLS = _calls()


def _matches(code: ast.expr) -> list[str]:
    """The codes that an expression can stand for: itself, or for f"status.{x}" all of that area."""
    if isinstance(code, ast.Constant):
        return [code.value]
    assert isinstance(code, ast.JoinedStr), f"a code is written where it is used, not worked out: {ast.unparse(code)}"
    first = code.values[0]
    assert isinstance(first, ast.Constant) and "." in first.value, ast.unparse(code)
    return [known for known in codes() if known.startswith(first.value)]


@pytest.mark.parametrize(("where", "code", "named", "more"), CALLS, ids=[where for where, *_ in CALLS])
def test_every_code_that_is_used_has_words_with_its_parameters(where, code, named, more):
    found = _matches(code)
    assert found
    for one in found:
        assert knows(one), f"{where}: {one} has no words"
        if not more:
            assert named == set(parameters(one)), f"{where}: {one} takes {parameters(one)}"


def test_every_word_is_used():
    used = {code for _, expression, _, _ in CALLS for code in _matches(expression)}
    assert sorted(set(codes()) - used) == []


def test_every_notice_has_words_with_exactly_its_parameters():
    listed = {code.removeprefix("notice.") for code in codes() if code.startswith("notice.")}
    assert listed == set(NOTICES)
    for kind in NOTICES.values():
        assert set(parameters(f"notice.{kind.code}")) == set(kind.parameters), kind.code


def test_what_a_language_lacks_is_said_in_english():
    assert say("status.answered", "xx") == say("status.answered")


def test_a_code_without_words_is_an_error():
    with pytest.raises(KeyError):
        say("no.such-code")
