"""The pool of threads that run tasks: bounded, whatever tasks do, and one broken task does not take all of it."""

from __future__ import annotations

import threading
import time

import pytest
from bedside.core import CancelToken, Engine, TaskResult
from bedside.core.engine import EngineSettings
from bedside.core.engine.consult import workers
from bedside.core.engine.workers import MOST_STUCK, Workers

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"


def wait_for(true, seconds=10.0):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def release():
    """What stuck tasks of a test wait for, so that none outlives it."""
    event = threading.Event()
    yield event
    event.set()
    wait_for(lambda: not workers().stuck)


def test_never_more_threads_than_the_pool_holds():
    pool, hold, ran = Workers("test", most=3), threading.Event(), []
    jobs = [pool.start(f"t{i}", lambda i=i: (hold.wait(10), ran.append(i))) for i in range(10)]
    wait_for(lambda: sum(job.started_at is not None for job in jobs) == 3)
    time.sleep(0.05)
    assert pool.threads == 3 and sum(job.started_at is not None for job in jobs) == 3
    hold.set()
    wait_for(lambda: len(ran) == 10)
    assert pool.threads == 3


def test_what_is_given_up_before_it_began_is_never_begun():
    pool, hold, ran = Workers("test", most=1), threading.Event(), []
    pool.start("slow", lambda: hold.wait(10))
    waiting = pool.start("unwanted", lambda: ran.append(1))
    pool.give_up(waiting)
    last = pool.start("wanted", lambda: ran.append(2))
    hold.set()
    wait_for(lambda: last.started_at)
    wait_for(lambda: ran == [2])
    assert pool.stuck == {}


def test_one_that_returns_late_is_no_longer_counted():
    pool, hold = Workers("test", most=2), threading.Event()
    job = pool.start("slow", lambda: hold.wait(10))
    wait_for(lambda: job.started_at)
    pool.give_up(job)
    pool.give_up(job)
    assert pool.stuck == {"slow": 1}
    hold.set()
    wait_for(lambda: pool.stuck == {})


def test_twelve_stuck_and_twelve_cancelled_questions_leave_no_more_threads_than_the_pool(world, make_host, found, release):
    def stuck(request, services):
        release.wait(60)
        return TaskResult.none("nothing")

    def patient(request, services):
        request.cancel.wait(30)
        return TaskResult.none("nothing")

    line = world.cite_edge(world.line)
    broken = Engine(make_host(a=stuck, b=found(line)), world.services, EngineSettings(task_timeout_s=0.25))
    answers = [broken.ask(Q) for _ in range(12)]
    assert [a.status for a in answers] == ["partial"] * 12  # the other specialist is heard every time
    said = [a.consulted[0].message for a in answers]
    assert all("was given up" in one for one in said[:MOST_STUCK])
    assert all("have not returned" in one for one in said[MOST_STUCK:])
    assert workers().stuck == {"a.task": MOST_STUCK}

    waiting = Engine(make_host(c=patient), world.services)
    for _ in range(12):
        cancel = CancelToken()
        threading.Timer(0.02, cancel.cancel).start()
        assert "cancelled" in {w.code for w in waiting.ask(Q, cancel=cancel).warnings}
    wait_for(lambda: "c.task" not in workers().stuck)
    assert workers().threads <= workers().most
    running = [t for t in threading.enumerate() if t.name == "bedside-task"]
    assert len(running) <= workers().most


def test_a_question_waits_no_longer_than_its_deadline(world, make_host, release):
    def stuck(request, services):
        release.wait(60)
        return TaskResult.none("nothing")

    engine = Engine(make_host(a=stuck), world.services, EngineSettings(deadline_s=0.2))
    started = time.monotonic()
    answer = engine.ask(Q)
    assert time.monotonic() - started < 5
    assert (answer.status, answer.consulted[0].status) == ("abstained", "failed")


def test_no_setting_takes_the_ceiling_off_the_deadline():
    assert EngineSettings(deadline_s=1e9).deadline_s == EngineSettings().deadline_s
