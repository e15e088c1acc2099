"""Whatever a task does, the engine gets a TaskResult in time."""

import sys
import threading
import time

import pytest
from bedside.core import CancelToken, Question, Task, TaskResult
from bedside.core.engine.consult import CANCEL_S, Outcome, Progress, consult, consult_all
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
    return [o.result for o in consult_all(tasks, Question(text="q"), Facts(), None)]


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
    consult_all([Task(name="t.a", description="d", run=boom)], Question(text="Jane Roe, 34"), Facts(), None)
    assert caplog.records
    assert "Jane" not in caplog.text
    assert "John" not in caplog.text


def test_a_task_reports_its_progress_between_begin_and_outcome():
    def work(request, services):
        request.report("reading slices", 3, 12)
        return TaskResult.none("slices")

    begun, reported, outcome = consult([Task(name="t.a", description="d", run=work)], Question(text="q"), Facts(), None)
    assert (begun.stage, reported.stage, reported.done, reported.total) == ("", "reading slices", 3, 12)
    assert outcome.result.status == "none"


def test_a_cancelled_question_waits_for_nobody_and_the_task_sees_it():
    cancel, seen = CancelToken(), threading.Event()

    def stubborn(request, services):
        cancel.cancel()
        while not request.cancelled:
            time.sleep(0.001)
        seen.set()
        time.sleep(2)
        return TaskResult.none("too late")

    started = time.monotonic()
    tasks = [Task(name="t.a", description="d", run=stubborn)]
    steps = list(consult(tasks, Question(text="q"), Facts(), None, cancel=cancel))
    assert time.monotonic() - started < 1 + CANCEL_S
    assert seen.wait(1)
    [outcome] = [step for step in steps if isinstance(step, Outcome)]
    assert outcome.result.status == "failed"
    assert "cancelled" in outcome.result.message
    assert isinstance(steps[0], Progress)
