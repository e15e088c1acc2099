"""Typed arguments of a task: worked out from the facts, or given by the caller; wrong ones name the field."""

import pytest
from bedside.core import Engine, Task, TaskRequest, TaskResult
from bedside.core.errors import UsageError
from pydantic import BaseModel, Field

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"


class Age(BaseModel):
    """Whose risk."""

    years: int = Field(ge=0, le=130)
    note: str = ""


def task(seen, **rest):
    def run(request: TaskRequest, services):
        seen.append(request.args(Age))
        return TaskResult.none("tables")

    return Task(name="a.score", description="d", run=run, always=True, arguments=Age, **rest)


def test_arguments_follow_from_the_facts(world, make_host):
    seen = []
    host = make_host(a=task(seen, from_facts=lambda facts, question: {"years": len(facts.of("drug"))}))
    Engine(host, world.services).ask(Q)
    assert seen == [Age(years=1)]


def test_a_task_whose_arguments_are_not_there_is_not_run_and_says_so(world, make_host):
    seen = []
    answer = Engine(make_host(a=task(seen, from_facts=lambda facts, question: None)), world.services).ask(Q)
    assert not seen
    assert [(c.status, c.message) for c in answer.consulted] == [("none", "what it works on was not read: years")]


def test_wrong_arguments_name_the_field_and_never_the_value(world, make_host):
    with pytest.raises(UsageError, match=r"years: Input should be less than or equal to 130") as caught:
        task([]).parse({"years": 4711, "note": "Jane Roe"})
    assert "4711" not in str(caught.value)
    assert "Jane" not in str(caught.value)
    answer = Engine(make_host(a=task([], from_facts=lambda f, q: {"years": -1})), world.services).ask(Q)
    assert answer.consulted[0].status == "failed"
    assert "years" in answer.consulted[0].message


def test_the_schema_is_that_of_the_model_and_may_be_made_late():
    assert task([]).schema()["properties"]["years"]["maximum"] == 130
    late = Task(name="a.b", description="d", run=lambda r, s: TaskResult.none("x"), arguments=lambda: Age)
    assert late.schema() == task([]).schema()
    assert Task(name="a.b", description="d", run=lambda r, s: TaskResult.none("x")).schema() is None


def test_what_is_no_model_is_refused():
    run = lambda r, s: TaskResult.none("x")  # noqa: E731
    with pytest.raises(TypeError, match="no pydantic model"):
        Task(name="a.b", description="d", run=run, arguments=dict).arguments_model()
    with pytest.raises(TypeError, match="must be a pydantic model"):
        Task(name="a.b", description="d", run=run, arguments="Age")
    with pytest.raises(ValueError, match="needs `arguments`"):
        Task(name="a.b", description="d", run=run, from_facts=lambda f, q: None)
