"""Whatever a task does, the engine gets a TaskResult in time."""

import sys
import threading
import time

import pytest
from bedside.core import Question, Task, TaskResult
from bedside.core.engine.consult import consult
from bedside.core.errors import StoreError
from bedside.core.types import Facts


def boom(request, services):
    raise ValueError("patient John Doe")


def known(request, services):
    raise StoreError("the graph is gone")


def leave(request, services):
    sys.exit(0)


def wrong(request, services):
    return ["evidence"]


def liar(request, services):
    return TaskResult(status="found")


def ask(*runs, timeout=5.0):
    tasks = [Task(name=f"t.n{i}", description="d", run=run, timeout_s=timeout) for i, run in enumerate(runs)]
    return [o.result for o in consult(tasks, Question(text="q"), Facts(), None)]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (boom, "raised ValueError"),
        (known, "the graph is gone"),
        (leave, "raised SystemExit"),
        (wrong, "returned list instead of TaskResult"),
        (liar, "raised ValidationError"),
    ],
)
def test_a_fault_is_a_failed_result(run, message):
    [result] = ask(run)
    assert result.status == "failed"
    assert message in result.message
    assert "John" not in result.message  # the text of a foreign error may quote the case


def test_a_task_that_sleeps_for_ever_is_given_up_and_the_rest_arrives():
    release = threading.Event()
    started = time.monotonic()
    slow, quick = ask(lambda r, s: release.wait(60), lambda r, s: TaskResult.none("books"), timeout=0.3)
    assert time.monotonic() - started < 3
    release.set()
    assert (slow.status, quick.status) == ("failed", "none")
    assert "no answer within 0.3 s" in slow.message


def test_tasks_run_side_by_side():
    barrier = threading.Barrier(4, timeout=5)

    def meet(request, services):
        barrier.wait()
        return TaskResult.none("all four were here at once")

    assert [r.status for r in ask(meet, meet, meet, meet)] == ["none"] * 4


def test_nothing_to_consult_is_no_error():
    assert ask() == []


def test_no_log_line_holds_text_of_the_case(caplog):
    caplog.set_level("DEBUG")
    consult([Task(name="t.a", description="d", run=boom)], Question(text="Jane Roe, 34"), Facts(), None)
    assert caplog.records
    assert "Jane" not in caplog.text
    assert "John" not in caplog.text
