"""The wrapper around an external program: progress, cancelling, time limits, faults, and a quote that has a receipt."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from bedside.core import CancelToken, Engine, Question
from bedside.core.engine import EngineSettings
from bedside.core.testing import TestServices, check_plugin
from bedside.integrations.case_files import read_case

QUESTION = "Is the QT interval prolonged?"


def beats(number: int, rr: int = 1000, qt: int = 400) -> str:
    return "\n".join(["# ecg: intervals", "rr (ms),qt (ms)", *(f"{rr},{qt + n % 3}" for n in range(number)), ""])


@pytest.fixture
def asked(host_of, tmp_path):
    """Ask with a program of one's own (its code), or with that of the example; the pid goes to a file."""
    services = TestServices()

    def make(code: str = "", seconds: float | None = None, number: int = 1000):
        host = host_of("ecg")
        if code:
            program, pid = tmp_path / "program.py", str(tmp_path / "pid")
            first = f"import os, pathlib, sys, time\npathlib.Path({pid!r}).write_text(str(os.getpid()))\n"
            program.write_text(first + code)
            settings = sys.modules["bedside_ecg"].Settings(program=[sys.executable, str(program)])
            host.settings = lambda name: settings
        path = tmp_path / "beats.csv"
        path.write_text(beats(number))
        case = read_case([path], host.case_kinds)
        return Engine(host, services, EngineSettings(task_timeout_s=seconds)), Question(text=QUESTION, case=case)

    return make


def pid_of(tmp_path: Path) -> int:
    until = time.monotonic() + 10
    while not (file := tmp_path / "pid").exists() or not file.read_text():
        assert time.monotonic() < until
        time.sleep(0.01)
    return int(file.read_text())


def is_gone(pid: int, seconds: float = 4.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_what_the_program_measures_is_shown_with_its_table(asked):
    engine, question = asked()
    answer = engine.ask(question)
    assert answer.status == "answered", answer.warnings
    assert [s.text for s in answer.sentences] == ["QTc by Fridericia: median 401 ms, longest 402 ms, of 1000 beats."]
    [table] = answer.blocks
    assert [row.cells for row in table.rows] == [("median", 401), ("longest", 402)]


def test_its_progress_is_passed_on(asked):
    engine, question = asked()
    steps = [(e.stage, e.done, e.total) for e in engine.run(question) if e.type == "consulting" and e.stage]
    assert steps == [("beats", n, 1000) for n in range(100, 1001, 100)]


def test_a_quote_opens_only_for_the_file_that_was_measured(asked, tmp_path):
    engine, question = asked()
    answer = engine.ask(question)
    [evidence] = answer.evidence
    path = tmp_path / "beats.csv"
    path.write_text(beats(10, qt=500))
    module = sys.modules["bedside_ecg"]
    context = type("Context", (), {"question": question, "services": engine.services})()
    [found] = module.resolve([evidence.locator], context)
    assert "another one" in found.reason


HANGS = "time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('progress 1 9', flush=True)\ntime.sleep(600)"
PARENT = """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("progress 1 9", flush=True)
pathlib.Path("{}").write_text(str(child.pid))
time.sleep(600)
"""


@pytest.mark.parametrize("code", [HANGS, DEAF])
def test_cancelling_ends_the_program(asked, tmp_path, code):
    engine, question = asked(code)
    token = CancelToken()
    threading.Thread(target=lambda: (pid_of(tmp_path), time.sleep(0.1), token.cancel()), daemon=True).start()
    answer = engine.ask(question, cancel=token)
    assert answer.status == "abstained"
    assert is_gone(pid_of(tmp_path))


def test_its_children_end_with_it(asked, tmp_path):
    engine, question = asked(PARENT.format(tmp_path / "child"))
    token = CancelToken()

    def cancel():
        while not (tmp_path / "child").exists():
            time.sleep(0.01)
        time.sleep(0.1)
        token.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    engine.ask(question, cancel=token)
    assert is_gone(pid_of(tmp_path))
    child = int((tmp_path / "child").read_text())
    # an orphan that was ended is a zombie until init takes it; it does nothing any more
    until = time.monotonic() + 4
    while not is_gone(child, 0.05) and "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1][:3]:
        assert time.monotonic() < until


def test_closing_the_iterator_ends_the_program(asked, tmp_path):
    engine, question = asked(HANGS)
    steps = engine.run(question)
    while next(steps).type != "consulting":
        pass
    pid = pid_of(tmp_path)
    steps.close()
    assert is_gone(pid)


def test_a_time_limit_ends_it_too(asked, tmp_path):
    engine, question = asked(HANGS, seconds=1.0)
    before = threading.active_count()
    answer = engine.ask(question)
    assert "gave no result within 0.5 s and was ended" in answer.consulted[0].message
    assert is_gone(pid_of(tmp_path))
    assert threading.active_count() <= before + 1, "a thread was left behind"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit(3)", "ended with exit code 3"),
        ("os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("print('what?')", "printed no result that can be read"),
        ("", "printed no result that can be read"),
        ('print(\'{"beats": 0, "median": 400, "longest": 400}\')', "printed no result that can be read"),
        ("while True: print('x' * 1000)", "printed more than 1,000,000 bytes"),
        ("print('x' * 3_000_000)", "printed more than 1,000,000 bytes"),
        ("sys.stderr.write('Mrs Smith ' * 100_000); sys.exit(1)", "ended with exit code 1"),
    ],
)
def test_a_program_at_fault_is_a_failed_result_in_words(asked, code, said):
    engine, question = asked(code or "pass")
    answer = engine.ask(question)
    [consulted] = answer.consulted
    assert consulted.status == "failed" and said in consulted.message
    assert "Smith" not in answer.model_dump_json()


def test_one_that_is_not_there_is_named(asked):
    engine, question = asked()
    engine.host.settings = lambda name: sys.modules["bedside_ecg"].Settings(program=["/nowhere/qt"])
    [consulted] = engine.ask(question).consulted
    assert "the program qt can't be started: No such file" in consulted.message


def test_an_address_outside_of_the_workspace_opens_nothing(asked):
    engine, question = asked()
    [evidence] = engine.ask(question).evidence
    module = sys.modules["bedside_ecg"]
    context = type("Context", (), {"question": question, "services": engine.services})()
    lie = evidence.locator.model_copy(update={"where": {**evidence.locator.where, "program": "../../etc/passwd"}})
    [found] = module.resolve([lie], context)
    assert found.reason == "it names no program"


def test_it_keeps_the_contract(host_of):
    report = check_plugin("ecg", host_of("ecg"))
    assert report.ok, report.problems
