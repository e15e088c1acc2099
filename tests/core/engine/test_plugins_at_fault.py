"""A task does the worst it can: the others answer as if it were not there, and it is named with its package."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from bedside.core import Engine, Evidence, Facts, PluginHost, Question, Task, TaskResult, hookimpl
from bedside.core.engine import EngineSettings
from bedside.core.engine import accept as limits
from bedside.core.engine.consult import MAX_REPORTS, Progress, consult, consult_all
from bedside.core.host import PluginCandidate
from bedside.core.task import MAX_TIMEOUT_S

CODEINE = "Can a CYP2D6 Ultrarapid Metabolizer take codeine?"


class Own(BaseException):
    """Of no kind that `except Exception` knows."""


def raises(error: BaseException) -> Callable[..., Any]:
    def run(request: Any, services: Any) -> Any:
        raise error

    return run


def forks(request: Any, services: Any) -> TaskResult:
    if os.fork() == 0:
        raise SystemExit(7)
    return TaskResult.none("both")


def forks_and_returns(request: Any, services: Any) -> TaskResult:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return TaskResult.none("both")


def forever(request: Any, services: Any) -> TaskResult:
    while not request.cancelled:
        time.sleep(0.01)
    return TaskResult.none("too late")


def made(**fields: Any) -> Callable[..., Any]:
    given = {"status": "none", "searched": ("x",), "evidence": (), "drafts": (), "ranks": (), "message": "", "notes": (),
             "problems": (), "blocks": ()}  # fmt: skip
    return lambda r, s: TaskResult.model_construct(**{**given, **fields})


class Lying(TaskResult):
    @property
    def evidence(self) -> Any:  # type: ignore[override]
        raise Own("read")


class Hostile:
    """Raises whatever is done with it."""

    def __getattribute__(self, name: str) -> Any:
        raise Own(name)

    def __len__(self) -> int:
        raise Own("len")

    def __str__(self) -> str:
        raise Own("str")

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        raise Own("eq")

    def __hash__(self) -> int:
        raise Own("hash")


class BadText(str):
    def __len__(self) -> int:
        raise Own("len")

    def __eq__(self, other: object) -> bool:
        raise Own("eq")

    __hash__ = str.__hash__

    def __str__(self) -> str:
        raise Own("str")

    def __getitem__(self, _: Any) -> str:
        raise Own("getitem")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise Own("str")


def long_evidence(number: int, quote: str) -> tuple[Evidence, ...]:
    from bedside.core import Source, TextSpan

    one = Evidence.of(
        kind="x", quote="q", source=Source(id="s", title="t", version="1", licence="l"),
        locator=TextSpan(passage_id="p", start=0, end=1), retrieved_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    return (one.model_copy(update={"quote": quote}),) * number


GIGABYTE = 2**30
FAULTS: dict[str, tuple[Callable[..., Any], str]] = {
    "KeyboardInterrupt": (raises(KeyboardInterrupt()), "raised KeyboardInterrupt"),
    "SystemExit": (raises(SystemExit(0)), "raised SystemExit"),
    "GeneratorExit": (raises(GeneratorExit()), "raised GeneratorExit"),
    "own": (raises(Own("patient John Doe")), "raised Own"),
    "unspeakable": (raises(Unspeakable()), "raised Unspeakable"),
    "recursion": (lambda r, s: FAULTS["recursion"][0](r, s), "raised RecursionError"),
    "forever": (forever, "gave no answer within 0.5 s"),
    "wrong type": (lambda r, s: ["x"], "returned list instead of TaskResult"),
    "nothing": (lambda r, s: None, "returned NoneType instead of TaskResult"),
    "hostile": (lambda r, s: Hostile(), "returned Hostile instead of TaskResult"),
    "subclass": (lambda r, s: Lying.model_construct(status="none", searched=("x",)), "returned Lying instead of TaskResult"),
    "unvalidated": (made(status="found"), "raised ValidationError"),
    "no such status": (made(status="certain"), "raised ValidationError"),
    "endless": (made(searched=itertools.count()), "returned count as searched"),
    "hostile inside": (made(notes=(Hostile(),)), "returned Hostile as notes"),
    "evidence no evidence": (made(status="found", evidence=(5,)), "raised ValidationError"),
    "mapping": (made(status="found", blocks=({1: 2},)), "whose key is int"),
    "big message": (made(message="x" * GIGABYTE), "returned 1,073,741,824 characters as message; at most 10,000"),
    "big note": (lambda r, s: TaskResult.none("x", notes=("n" * 20_000,)), "characters as notes; at most 10,000"),
    "big quote": (lambda r, s: TaskResult.found(long_evidence(1, "q" * 300_000)), "as quote; at most 200,000"),
    "many": (lambda r, s: TaskResult.found(long_evidence(2_001, "q")), "returned 2,001 pieces of evidence"),
    "big together": (lambda r, s: TaskResult.found(long_evidence(500, "q" * 100_000)), "more than 32,000,000 characters"),
    "many values": (made(searched=("x",) * 10**6), "returned more than 500,000 values"),
    "nested": (made(blocks=(nested := [], nested.append(nested))), "nested more than 60 deep"),  # type: ignore[has-type]
    "big number": (made(ranks=(10**10_000,)), "a number of more than 64 bits"),
    "half a pair": (made(searched=("\ud800",)), "half of a surrogate pair in searched"),
    "half a pair raised": (raises(ValueError("\ud800\x1b[2J")), "raised ValueError"),
    "writes": (lambda r, s: s.vectors.put([], []), "services.vectors has no 'put' for a plugin"),
    "takes apart": (lambda r, s: s._home, "the services have no '_home' for a plugin"),
}


class Stranger:
    __name__ = "stranger"

    def __init__(self, *tasks: Task) -> None:
        self._tasks = list(tasks)

    @hookimpl
    def bedside_tasks(self) -> list[Task]:
        return self._tasks


def engine_with(world: Any, found: Any, run: Callable[..., Any], **task: Any) -> Engine:
    """A good plugin and a stranger whose task is consulted first."""
    host = PluginHost()
    stranger = PluginCandidate(name="bad", module="bad", distribution="stranger-bad", version="3.1")
    bad = Task(name="bad.task", description="d", run=run, always=True, timeout_s=task.pop("timeout_s", 0.5), **task)
    host.register(Stranger(bad), "bad", candidate=stranger)
    good = Task(name="good.task", description="d", run=found(world.cite_edge(world.line)), always=True)
    host.register(Stranger(good), "good")
    return Engine(host, world.services, EngineSettings(ordering="off"))


def right(answer: Any) -> None:
    assert [s.text for s in answer.sentences] == [answer.evidence[0].quote]
    assert answer.evidence[0].quote.startswith("codeine, CYP2D6 Ultrarapid Metabolizer: Avoid")
    json.loads(answer.model_dump_json())


@pytest.mark.parametrize("fault", FAULTS)
def test_the_right_answer_is_given_and_the_culprit_named(world, found, fault):
    run, told = FAULTS[fault]
    answer = engine_with(world, found, run).ask(CODEINE)
    right(answer)
    assert answer.status == "partial"
    [failed] = [w for w in answer.warnings if w.code == "task-failed"]
    assert failed.who == "bad"
    assert told in failed.text, failed.text
    if "gave no answer" not in told:
        assert "this is a fault of the plugin bad, stranger-bad 3.1" in failed.text
    assert "John" not in failed.text


@pytest.mark.parametrize("run", [forks, forks_and_returns])
def test_a_forked_child_ends_with_the_task(world, found, run):
    parent = os.getpid()
    answer = engine_with(world, found, run, timeout_s=10).ask(CODEINE)
    assert os.getpid() == parent  # a child that came back would end up here, and report this test twice
    right(answer)
    assert answer.status == "answered"


def test_a_text_of_another_class_is_taken_as_text(world, found):
    said = TaskResult.model_construct(
        status="none", searched=(BadText("books"),), evidence=(), drafts=(), ranks=(), message="", notes=(BadText("n"),),
        problems=(), blocks=(),
    )  # fmt: skip
    answer = engine_with(world, found, lambda r, s: said).ask(CODEINE)
    right(answer)
    [note] = [w for w in answer.warnings if w.code == "note"]
    assert (note.text, type(note.text), note.who) == ("n", str, "bad")


def test_a_task_can_not_wait_for_ever(monkeypatch):
    tasks = [Task(name="t.a", description="d", run=lambda r, s: TaskResult.none(str(r.deadline_s)), timeout_s=9e9)]
    [outcome] = consult_all(tasks, Question(text="q"), Facts(), None)
    assert outcome.result.searched == (str(MAX_TIMEOUT_S),)
    [outcome] = consult_all(tasks, Question(text="q"), Facts(), None, timeout_s=3)
    assert outcome.result.searched == ("3",)
    [outcome] = consult_all(tasks, Question(text="q"), Facts(), None, timeout_s=9e9)
    assert outcome.result.searched == (str(MAX_TIMEOUT_S),)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "5", True])
def test_a_time_limit_is_a_number_of_seconds(seconds):
    with pytest.raises(ValueError, match="positive number of seconds"):
        Task(name="t.a", description="d", run=print, timeout_s=seconds)


def test_what_comes_late_is_ignored_and_its_task_is_told(world, found):
    seen = []

    def late(request, services):
        seen.append(request.cancel.wait(10))
        return TaskResult.found((world.cite_edge(world.other),))

    answer = engine_with(world, found, late).ask(CODEINE)
    until = time.monotonic() + 5
    while not seen and time.monotonic() < until:
        time.sleep(0.01)
    assert seen == [True]  # it could stop when it was given up
    right(answer)


def test_a_task_can_not_cancel_the_question(world, found):
    def cancels(request, services):
        request.cancel.cancel()
        return TaskResult.none("x")

    answer = engine_with(world, found, cancels).ask(CODEINE)
    right(answer)
    assert answer.status == "answered"


def test_a_flood_of_progress_is_cut(world):
    def chatter(request, services):
        for _ in range(MAX_REPORTS * 3):
            request.report("\x1b[2J" * 1_000, 10**40, -5)
        return TaskResult.none("x")

    steps = list(consult([Task(name="t.a", description="d", run=chatter)], Question(text="q"), Facts(), None))
    stages = [s for s in steps if isinstance(s, Progress) and s.stage]
    assert len(stages) == MAX_REPORTS
    assert "\x1b" not in stages[0].stage
    assert len(stages[0].stage) <= 200


def test_every_limit_is_documented():
    from pathlib import Path

    text = (Path(__file__).resolve().parents[3] / "docs" / "plugins.md").read_text(encoding="utf-8")
    for name in ("MAX_EVIDENCE", "MAX_QUOTE_CHARS", "MAX_TEXT_CHARS", "MAX_FIGURE_CHARS", "MAX_RESULT_CHARS"):
        assert f"{getattr(limits, name):,}" in text, name
    assert f"{MAX_TIMEOUT_S:g} s" in text
