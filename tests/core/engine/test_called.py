"""A task that is called by its name with JSON: the same answer as by a question, and errors that name the field."""

from __future__ import annotations

import pytest
from bedside.core import Case, Engine, Facts, Mention, PluginHost, Task, TaskResult
from bedside.core.engine import answer_of
from bedside.core.errors import TaskError, UsageError
from bedside.core.types import CaseText
from pydantic import BaseModel, ConfigDict, Field

CODEINE = Mention(
    kind="drug", id="RXNORM:2670", name="codeine", text="codeine", start=0, end=7, origin="arguments", how="given"
)
SECRET = "Mrs Smith of Elm Street"


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    drug: str = Field(min_length=2)
    dose: float = 1.0

    def to_facts(self, services) -> Facts:
        if self.drug == "raise":
            raise RuntimeError(SECRET)
        if self.drug != "codeine":
            raise UsageError("drug: no drug of this name is known")
        return Facts(mentions=(CODEINE,))


@pytest.fixture
def seen():
    return []


@pytest.fixture
def engine(world, make_host, seen, found):
    def run(request, services):
        seen.append(request)
        return found(world.cite_edge(world.line))(request, services)

    class Plugin:
        from bedside.core import hookimpl

        @hookimpl
        def bedside_tasks(self):
            yes = Task(name="a.dose", description="doses", run=run, arguments=Arguments, from_facts=lambda f, q: None)
            plain = Task(name="a.plain", description="plain", run=lambda r, s: TaskResult.none("nothing"))
            return [yes, plain]

    host = PluginHost()
    host.register(Plugin(), "a")
    return Engine(host, world.services)


def call(engine, arguments, task="a.dose", **more):
    return answer_of(engine.call(task, arguments, **more))


def test_it_gets_its_arguments_and_the_facts_they_give(engine, seen, world):
    answer = call(engine, {"drug": "codeine", "dose": 2})
    [request] = seen
    assert request.args(Arguments).dose == 2.0
    assert request.facts.mentions == (CODEINE,) == answer.facts.mentions
    assert [s.text for s in answer.sentences] == [world.line.text]
    assert answer.question == "a.dose: codeine, 2.0"
    assert [c.task for c in answer.consulted] == ["a.dose"]


def test_the_case_is_read_and_the_heading_is_not(engine, seen):
    case = Case(texts=(CaseText(origin="note.txt", text="Takes codeine."),))
    call(engine, {"drug": "codeine"}, case=case)
    assert {m.origin for m in seen[0].facts.mentions} == {"arguments", "note.txt"}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "drug: Field required"),
        ({"drug": "x"}, "drug: .*at least 2"),
        ({"drug": 3}, "drug: .*string"),
        ({"drug": "codeine", "dose": "much"}, "dose: .*number"),
        ({"drug": "codeine", "route": "oral"}, "route: there is no such field; expected one of: drug, dose"),
        ({"drug": SECRET}, "drug: no drug of this name"),
    ],
)
def test_wrong_arguments_get_the_field_and_what_was_expected(engine, seen, arguments, field):
    with pytest.raises(UsageError, match=field) as caught:
        engine.call("a.dose", arguments)  # at once, before the first event
    assert SECRET not in str(caught.value) and seen == []


def test_what_the_plugins_own_code_raises_is_its_fault_and_quotes_nothing(engine):
    with pytest.raises(TaskError, match=r"RuntimeError.*fault of the plugin a") as caught:
        engine.call("a.dose", {"drug": "raise"})
    assert SECRET not in str(caught.value)


def test_one_without_arguments_works_on_the_case(engine):
    assert call(engine, {}, task="a.plain").status == "abstained"
    with pytest.raises(UsageError, match="takes no arguments"):
        engine.call("a.plain", {"drug": "codeine"})


def test_one_that_is_not_there_is_named_with_those_that_are(engine):
    with pytest.raises(UsageError, match=r"no task 'a\.other'") as caught:
        engine.call("a.other", {})
    assert "a.dose, a.plain" in caught.value.hint
