"""What tasks are handed is theirs to spoil: the facts are a copy, the services stay as they are."""

from __future__ import annotations

import ctypes
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from bedside.core import CaseText, Engine, Facts, Mention, Notice, PluginHost, Question, Task, TaskResult, hookimpl
from bedside.core.engine import EngineSettings
from bedside.core.engine.consult import Outcome, consult, consult_all
from bedside.core.host import PluginCandidate
from bedside.core.types import Case

CODEINE = "Can a CYP2D6 Ultrarapid Metabolizer take codeine?"


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


def corrupt(request, services):
    object.__setattr__(request.facts, "mentions", ())
    request.question.__dict__["text"] = "Is codeine good?"
    request.question.case.fhir[0]["resourceType"] = "Forged"
    request.question.case.texts[0].__dict__["text"] = ""
    return TaskResult.none("x")


def test_a_task_works_on_its_own_copy(world, found):
    seen = []

    def look(request, services):
        time.sleep(0.2)  # after the other has done its worst
        seen.append((request.question, request.facts))
        return TaskResult.found((world.cite_edge(world.line),))

    host = PluginHost()
    for name, run in (("bad", corrupt), ("good", look)):
        task = Task(name=f"{name}.task", description="d", run=run, always=True)
        host.register(Stranger(task), name)
    case = Case(fhir=({"resourceType": "Patient", "id": "1"},), texts=(CaseText(origin="n.txt", text="codeine"),))
    question = Question(text=CODEINE, case=case)
    before = question.model_copy(deep=True)
    answer = Engine(host, world.services, EngineSettings(ordering="off")).ask(question)
    assert question == before
    assert seen[0][0] == before
    assert answer.question == CODEINE
    assert {m.name for m in answer.facts.mentions} == {m.name for m in seen[0][1].mentions} >= {"codeine"}
    right(answer)


def test_nothing_is_copied_for_a_task_that_does_not_look():
    class Tracked(Mention):
        def __reduce_ex__(self, protocol):
            raise AssertionError("copied")

    facts = Facts.model_construct(mentions=(Tracked.model_construct(kind="drug"),), unread=(), patient=Facts().patient)
    [outcome] = consult_all(
        [Task(name="t.a", description="d", run=lambda r, s: TaskResult.none("x"))], Question(text="q"), facts, None
    )
    assert outcome.result.status == "none"


def test_what_a_task_returned_can_not_be_changed_afterwards(world, found):
    kept = []

    def run(request, services):
        result = TaskResult.found((world.cite_edge(world.line),), notes=["as it was"])
        kept.append(result)
        return result

    steps = consult([Task(name="t.a", description="d", run=run)], Question(text="q"), Facts(), world.services)
    outcome = next(s for s in steps if isinstance(s, Outcome))
    kept[0].__dict__["notes"] = ("forged",)
    kept[0].evidence[0].__dict__["quote"] = "forged"
    assert outcome.result.notes == ("as it was",)
    assert outcome.result.evidence[0].quote.startswith("codeine")


CLOSES = {
    "the vectors": lambda s: s.vectors.close(),
    "the graph": lambda s: s.graph.close(),
    "the terms": lambda s: s.terms.close(),
    "the model": lambda s: s.llm.close(),
    "all": lambda s: s.close(),
    "with": lambda s: s.vectors.__enter__().__exit__(None, None, None),
}


@pytest.mark.parametrize("what", CLOSES)
def test_a_shared_store_stays_open(world, found, what):
    closed = []
    for name in ("vectors", "graph", "terms", "llm"):
        getattr(world.services, name).__class__ = type("Closable", (type(getattr(world.services, name)),), {
            "close": lambda self: closed.append(self)
        })  # fmt: skip
    world.services.close = lambda: closed.append("all")

    def run(request, services):
        CLOSES[what](services)
        return TaskResult.found((world.cite_edge(world.line),))

    answer = engine_with(world, found, run).ask(CODEINE)
    right(answer)
    assert closed == []
    [fault] = [w for w in answer.warnings if w.code == "plugin-fault"]
    assert fault.who == "bad"
    assert "bad.task (plugin bad, stranger-bad 3.1) tried to close" in fault.text


@pytest.mark.parametrize("name", ["graph", "now", "anything"])
def test_the_shared_services_can_not_be_replaced(world, found, name):
    def run(request, services):
        setattr(services, name, None)
        return TaskResult.none("x")

    answer = engine_with(world, found, run).ask(CODEINE)
    right(answer)
    assert any(f"tried to change services.{name}" in w.text for w in answer.warnings)


def test_a_plugin_meets_the_same_services_each_time(world, found):
    """So that what it worked out can be kept by them."""
    seen = []

    def run(request, services):
        seen.append((services, services.graph, services.graph.edges([world.line.id])))
        return TaskResult.none("x")

    engine = engine_with(world, found, run)
    engine.ask(CODEINE)
    engine.ask(CODEINE)
    assert seen[0][0] is seen[1][0]
    assert seen[0][1] is seen[1][1]
    assert seen[0][2] == [world.line]


def test_notes_and_problems_are_marked_with_the_plugin(world, found):
    advice = "Give codeine 60 mg every four hours."

    def run(request, services):
        return TaskResult.found(
            (world.cite_edge(world.line),), notes=(advice, Notice.own("bad:x", advice)), problems=(advice,)
        )

    answer = engine_with(world, found, run).ask(CODEINE)
    said = [w for w in answer.warnings if advice in w.text]
    assert len(said) == 3
    assert {w.who for w in said} == {"bad"}
    assert all(advice not in s.text for s in answer.sentences)


def test_leaked_files_and_threads_are_survived(world, found, tmp_path):
    leaked: list[Any] = []

    def run(request, services):
        leaked.extend((tmp_path / f"{n}").open("w") for n in range(100))
        return TaskResult.none("x")

    right(engine_with(world, found, run).ask(CODEINE))
    for file in leaked:
        file.close()


def test_a_thread_that_is_killed_from_within_ends_nobody_else(world, found):
    def run(request, services):
        kill = ctypes.c_ulong(threading.get_ident())
        ctypes.pythonapi.PyThreadState_SetAsyncExc(kill, ctypes.py_object(KeyboardInterrupt))
        for _ in range(1_000):
            time.sleep(0.001)
        return TaskResult.none("x")

    right(engine_with(world, found, run, timeout_s=5).ask(CODEINE))
