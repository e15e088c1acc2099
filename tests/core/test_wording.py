"""The string table is complete: every code that is used has words, every word is used, with the parameters it is given;
and where a reason is made, it is made of a code."""

from __future__ import annotations

import ast
import copy
import pickle
from pathlib import Path

import pytest
from bedside.core import wording
from bedside.core.types import Facts, Notice, TaskResult, reason_of, word
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


def test_words_remember_their_code_also_through_a_copy():
    said = say("plan.needs", needs="a drug")
    for one in (said, copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert (one, one.code, one.params) == ("the question has a drug", "plan.needs", {"needs": "a drug"})


def test_another_text_of_the_same_type_has_no_code():
    said = say("consult.cancelled")
    assert reason_of(type(said)("other")) is None and reason_of(said) is not None


@pytest.fixture
def pirates(monkeypatch):
    """A language that words the notice, the inner reason and nothing else."""
    words = {"notice.task-failed": "{task} be lost: {reason}", "consult.given-up": "no word in {seconds} s"}
    english = wording._table
    monkeypatch.setattr(wording, "_table", lambda language: words if language == "pirate" else english(language))
    return "pirate"


def test_a_notice_is_worded_whole_in_another_language_from_its_json(pirates):
    notice = Notice.of("task-failed", task="a.b", reason=say("consult.given-up", seconds="3"))
    assert notice.text == "a.b could not look: gave no answer within 3 s and was given up"
    again = Notice.model_validate_json(notice.model_dump_json())
    assert again == notice and again.reasons["reason"].code == "consult.given-up"
    assert word(again) == notice.text and word(again, pirates) == "a.b be lost: no word in 3 s"


def test_a_reason_in_a_reason_has_its_code():
    inner = say("consult.given-up", seconds="3")
    notice = Notice.of("task-failed", task="a.b", reason=say("consult.fault", what=inner, supplier="x"))
    assert notice.reasons["reason"].reasons["what"].code == "consult.given-up"
    assert word(notice) == notice.text


def test_the_code_of_a_reason_is_kept_where_it_waits_for_its_notice():
    said = say("consult.cancelled")
    assert reason_of(TaskResult.failed(said).message) == reason_of(Facts(unread=(said,)).unread[0]) == reason_of(said)
    assert reason_of(TaskResult.failed("a plugin's own words").message) is None
    assert Facts(unread=(said,)).model_dump(mode="json")["unread"] == [str(said)]


def _literals(path: Path, source: str) -> list[str]:
    """Where a sentence is written out in a place that makes a reason or a notice."""
    out = []
    for node in ast.walk(ast.parse(source)):
        made: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in ("TaskResult.failed", "Unresolved") or name.endswith("unread.append"):
                made = node.args[:1]
            elif name in ("ledger.report", "self.report", "Notice.of"):
                made = [k.value for k in node.keywords]
        elif isinstance(node, ast.AugAssign) and ast.unparse(node.target).endswith("unread"):
            made = [node.value]
        found = {line for one in made for line in _sentences(one)}
        out += [f"{path.relative_to(ROOT)}:{line}" for line in sorted(found)]
    return out


def _sentences(node: ast.AST) -> list[int]:
    """The lines of the texts with a letter and a space in an expression that are not within a `say`."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
        return []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.lineno] if " " in node.value.strip() else []
    if isinstance(node, ast.JoinedStr) and any(isinstance(v, ast.Constant) and v.value.strip(" ,:;.") for v in node.values):
        return [node.lineno]
    return [line for child in ast.iter_child_nodes(node) for line in _sentences(child)]


def test_no_reason_is_a_sentence_in_the_code():
    found: list[str] = []
    for part in ("core", "knowledge"):
        for path in sorted((ROOT / part).rglob("*.py")):
            found += _literals(path, path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'unread.append(f"{x} was not read")',
        'unread += [f"{x} was not read" for x in y]',
        'TaskResult.failed("could not look")',
        'Unresolved(f"{x} is gone")',
        'ledger.report("plan", reason="no model here")',
        'Notice.of("plan", reason="no model " + x)',
    ],
)
def test_a_sentence_in_the_code_is_found(line):
    assert _literals(ROOT / "x.py", line) == ["x.py:1"]


def test_words_of_the_table_and_of_a_plugin_are_no_sentence_in_the_code():
    assert not _literals(ROOT / "x.py", 'unread.append(say("a.b", x=" and ".join(y)))\nTaskResult.failed(text_of(error))')
