"""Strangers' plugins at their worst beside the bundled ones: the program answers, in clean JSON, and names them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CODEINE = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
TASK = """
import io, os, sys, time, atexit
from bedside.core import CdsService, KnowledgeSource, Notice, Task, TaskResult, hookimpl
class Own(BaseException):
    pass
def run(request, services):
    {run}
    return TaskResult.none("nothing")
@hookimpl
def bedside_tasks():
    {hook}
    return [Task(name="{name}.look", description="{description}", run=run, always=True, timeout_s=3)]
{more}
"""


def task(name: str, run: str = "pass", hook: str = "pass", more: str = "", description: str = "looks") -> str:
    return TASK.format(name=name, run=run, hook=hook, more=more, description=description)


@pytest.fixture
def strangers(tmp_path: Path) -> Callable[..., str]:
    """Install plugins as strangers would: modules and the metadata of distributions, on the path."""

    def install(*, entry: dict[str, str] | None = None, **codes: str) -> str:
        site = tmp_path / "site"
        for name, code in codes.items():
            info = site / f"stranger_{name}-3.1.dist-info"
            info.mkdir(parents=True)
            (site / f"stranger_{name}.py").write_text(code)
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stranger-{name}\nVersion: 3.1\n")
            called = (entry or {}).get(name, name)
            (info / "entry_points.txt").write_text(f"[bedside]\n{called} = stranger_{name}\n")
        return str(site)

    return install


def answered(run: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON document of standard output, with the right answer in it."""
    answer = json.loads(run.stdout)
    assert run.returncode == 0, run.stderr[-2000:]
    assert "Avoid codeine use" in answer["sentences"][0]["text"]
    assert "Traceback" not in run.stderr
    return answer


def told(answer: Any, who: str) -> str:
    return "\n".join(w["text"] for w in answer["warnings"] if w["who"] == who)


IMPORT = {
    "interrupt": ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
    "exits": ("import sys; sys.exit(3)", "raised SystemExit"),
    "own": ("class Own(BaseException): pass\nraise Own", "raised Own"),
    "closes": ("import os, sys\nos.close(1)\nsys.stdout.close()\nraise ValueError('x')", "raised ValueError"),
}
HOOKS = {
    "hookinterrupt": ("raise KeyboardInterrupt", "bedside_tasks raised KeyboardInterrupt"),
    "hookexits": ("raise SystemExit", "bedside_tasks raised SystemExit"),
    "hookgenerator": ("raise GeneratorExit", "bedside_tasks raised GeneratorExit"),
}
TASKS = {
    "interrupts": ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
    "leaves": ("sys.exit(0)", "raised SystemExit"),
    "own2": ("raise Own", "raised Own"),
    "sleeps": ("time.sleep(1e6)", "gave no answer within 3 s"),
    "shuts": ("services.graph.close(); services.close()", "tried to close services.graph"),
    "big": ("return TaskResult.model_construct(status='none', searched=('x' * 10**9,))", "at most 10,000 are taken"),
    "corrupts": ("request.facts.__dict__['mentions'] = (); request.question.__dict__['text'] = ''; raise Own", "raised Own"),
}
NOISE = {
    "prints": "print('NOISE'); sys.stdout.write('NOISE'); sys.__stdout__.write('NOISE'); sys.stdout.buffer.write(b'NOISE')",
    "writes": "os.write(1, b'NOISE'); os.system('echo NOISE')",
    "closesboth": "sys.stdout.close(); sys.__stdout__.close(); os.close(1); print('NOISE')",
    "replaces": "sys.stdout = io.StringIO(); sys.stderr = None",
    "forksone": "os.fork() or os._exit(0)",
    "forkstwo": "os.fork(); print('NOISE')",
    "threads": "__import__('threading').Thread(target=print, args=('NOISE',)).start()",
    "lingers": "os.fork() or time.sleep(20)",
}


def test_whatever_strangers_raise(bedside, strangers, cpic_home):
    codes = {name: code for name, (code, _) in IMPORT.items()}
    codes |= {name: task(name, hook=body) for name, (body, _) in HOOKS.items()}
    codes |= {name: task(name, run=body) for name, (body, _) in TASKS.items()}
    path = strangers(**codes)
    run = bedside("ask", CODEINE, "--no-llm", "--json", home=cpic_home, PYTHONPATH=path)
    answer = answered(run)
    assert answer["status"] == "partial"
    for name, (_, wanted) in {**IMPORT, **HOOKS, **TASKS}.items():
        said = told(answer, name)
        assert wanted in said, (name, said)
        assert f"stranger-{name} 3.1" in said or name == "sleeps", said
    listed = bedside("plugins", "list", "--json", home=cpic_home, PYTHONPATH=path)
    assert listed.returncode == 1
    failed = {p["name"]: p for p in json.loads(listed.stdout) if p["status"] == "failed"}
    assert set(failed) == {*IMPORT, *HOOKS}
    assert all((p["distribution"], p["version"]) == (f"stranger-{n}", "3.1") for n, p in failed.items())


def test_what_strangers_print_is_not_our_output(bedside, strangers, cpic_home):
    """At import, in a hook and in a task."""
    codes = {n: f"import io, os, sys, time\n{c}\n" + task(n, run=c, hook=c) for n, c in NOISE.items() if n != "lingers"}
    codes["atexit"] = task("atexit", more="atexit.register(print, 'NOISE')\natexit.register(os.write, 1, b'NOISE')")
    codes["lingers"] = task("lingers", run=NOISE["lingers"])
    path = strangers(**codes)
    began = time.monotonic()
    run = bedside("ask", CODEINE, "--no-llm", "--json", home=cpic_home, PYTHONPATH=path)
    answer = answered(run)
    assert "NOISE" not in run.stdout
    assert "NOISE" in run.stderr
    assert not [w for w in answer["warnings"] if w["who"] in codes], answer["warnings"]
    human = bedside("ask", CODEINE, "--no-llm", home=cpic_home, PYTHONPATH=path)
    assert (human.returncode, human.stdout.count("Avoid codeine use"), "NOISE" in human.stdout) == (0, 1, False)
    assert time.monotonic() - began < 200


def test_a_stranger_called_as_ours(bedside, strangers, cpic_home):
    path = strangers(
        aaa=task("genomics", run="raise Own"), aab="raise SystemExit", entry={"aaa": "genomics", "aab": "literature"}
    )
    run = bedside("ask", CODEINE, "--no-llm", "--json", home=cpic_home, PYTHONPATH=path)
    answer = answered(run)
    infos = [p for p in answer["provenance"]["plugins"] if "genomics" in p["name"] or "literature" in p["name"]]
    assert sorted((p["distribution"], p["status"]) for p in infos) == [
        ("bedside", "loaded"), ("bedside", "loaded"), ("stranger-aaa", "failed"), ("stranger-aab", "failed"),
    ]  # fmt: skip
    assert any("the name 'genomics' is reserved" in p["reason"] for p in infos)


def test_terminal_escapes_and_notes(bedside, strangers, cpic_home):
    evil = r"\x1b[2J\x9b31m\u202e"
    said = f"note {evil} [red]\\nBedside advises codeine"
    source = (
        "@hookimpl\ndef bedside_sources():\n"
        f"    return [KnowledgeSource(id='evil-s', title='T{evil}', licence='L{evil}', version=lambda: '{evil}',"
        " records=lambda: iter(()))]"
    )
    code = task("evil", run=f"return TaskResult.none('x{evil}[/]', notes=('{said}',), message='m{evil}')", more=source)
    path = strangers(evil=code, bad=f"raise ValueError('{evil}')")
    run = bedside("ask", CODEINE, "--no-llm", home=cpic_home, PYTHONPATH=path)
    assert run.returncode == 0
    assert "! evil: note �[2J�31m� [red] Bedside advises codeine" in " ".join(run.stdout.split())
    listed = bedside("knowledge", "list", home=cpic_home, PYTHONPATH=path)
    assert "T�[2J" in listed.stdout
    plugins = bedside("plugins", "list", home=cpic_home, PYTHONPATH=path)
    as_json = bedside("ask", CODEINE, "--no-llm", "--json", home=cpic_home, PYTHONPATH=path)
    notes = [w for w in answered(as_json)["warnings"] if w["who"] == "evil"]
    assert notes[0]["text"].startswith("note \x1b[2J\x9b31m\u202e")  # whole for machines, but written in ASCII
    for done in (run, listed, plugins, as_json):
        for text in (done.stdout, done.stderr):
            assert not {"\x1b", "\x9b", "\u202e"} & set(text)


def test_a_version_that_raises_hides_no_other_source(bedside, strangers, cpic_home):
    source = (
        "from bedside.core import KnowledgeSource, hookimpl\n@hookimpl\ndef bedside_sources():\n"
        "    return [KnowledgeSource(id='raises-s', title='T', licence='L', version=lambda: exit(4), records=list)]"
    )
    path = strangers(raises=source)
    listed = bedside("knowledge", "list", "--json", home=cpic_home, PYTHONPATH=path)
    assert listed.returncode == 0
    mine = next(s for s in json.loads(listed.stdout) if s["id"] == "raises-s")
    assert "version() raised SystemExit: 4 (supplied by plugin raises, stranger-raises 3.1)" in mine["warnings"][0]
    load = bedside("knowledge", "load", "raises-s", "--json", home=cpic_home, PYTHONPATH=path)
    assert load.returncode == 1
    assert "stranger-raises 3.1" in json.loads(load.stdout)["error"]["message"]


COMMANDS = """
import sys, click
from bedside.core import hookimpl
class Own(BaseException):
    pass
@click.command()
@click.option("--json", "as_json", is_flag=True)
def {name}(as_json):
    "Helps \x1b[1m nobody."
    {body}
@hookimpl
def bedside_commands(cli):
    print("NOISE")
    {hook}
    cli.add_command({name})
"""


def test_commands_of_strangers(bedside, strangers, cpic_home):
    path = strangers(
        fine=COMMANDS.format(name="fine", body="print('mine')", hook="pass"),
        own=COMMANDS.format(name="own", body="raise Own", hook="pass"),
        exits=COMMANDS.format(name="exits", body="sys.exit(7)", hook="pass"),
        taking=COMMANDS.format(name="ask", body="pass", hook="pass"),
        hook=COMMANDS.format(name="hook", body="pass", hook="raise Own"),
    )
    help_ = bedside("--help", PYTHONPATH=path)
    assert help_.returncode == 0
    assert {"ask", "genomics", "fine", "own", "exits"} <= {
        line.split()[0] for line in help_.stdout.splitlines() if line.strip()
    }
    assert "\n  hook" not in help_.stdout
    assert "NOISE" not in help_.stdout
    assert "\x1b" not in help_.stdout
    assert "stranger" not in help_.stderr
    assert bedside("fine", PYTHONPATH=path).stdout == "mine\n"
    assert bedside("exits", PYTHONPATH=path).returncode == 7
    own = bedside("own", "--json", PYTHONPATH=path)
    assert own.returncode == 1
    error = json.loads(own.stdout)["error"]
    assert "unforeseen Own" in error["message"]
    assert "a fault of the plugin own, stranger-own 3.1" in error["hint"]
    hook = bedside("hook", PYTHONPATH=path)
    assert hook.returncode == 2
    assert "the plugin hook (stranger-hook 3.1) could not be loaded: bedside_commands raised Own" in hook.stderr


def test_help_lists_the_commands_of_the_bundled_plugins(bedside):
    import click
    from bedside.core import PluginHost
    from bedside.integrations.cli.lazy import LazyGroup
    from bedside.integrations.cli.plugin_commands import BUNDLED

    group = LazyGroup("bedside")
    PluginHost.load(allow=["bedside"]).add_commands(group)
    rows = {name: help_ for name, (_, help_) in group.targets.items()}
    rows |= {name: command.get_short_help_str(limit=100) for name, command in group.commands.items()}
    assert rows == BUNDLED
    shown = bedside("--help").stdout
    assert all(f"\n  {name} " in shown for name in BUNDLED)
    assert isinstance(group, click.Group)


def test_a_denied_plugin_has_no_command(bedside):
    shown = bedside("--help", BEDSIDE_PLUGINS_DENY="genomics").stdout
    assert "\n  genomics" not in shown
    assert "\n  ask " in shown


def test_check_survives_a_plugin_that_ends_the_process(bedside, strangers, cpic_home):
    path = strangers(ends="import os; os._exit(0)", ghost=task("ghost", run="os._exit(5)"))
    for name, wanted in (("ends", "exit code 0) while importing it"), ("ghost", "exit code 5) while running ghost.look")):
        run = bedside("plugins", "check", name, "--json", home=cpic_home, PYTHONPATH=path, BEDSIDE_PLUGINS_DENY="ends")
        report = json.loads(run.stdout)
        assert (run.returncode, report["ok"]) == (1, False)
        assert wanted in report["problems"][0]


@pytest.mark.parametrize("where", ["import", "task"])
def test_a_real_interrupt_ends_the_program(strangers, cpic_home, where):
    """Even where a plugin swallows it."""
    wait = "\n".join(
        ("try:", "    import time, sys", "    print('READY', file=sys.stderr, flush=True)", "    time.sleep(60)",
         "except BaseException:", "    time.sleep(1)")
    )  # fmt: skip
    code = wait if where == "import" else task("swallows", run=wait.replace("\n", "\n    "))
    path = strangers(swallows=code)
    command = [sys.executable, "-m", "bedside.integrations.cli.main", "ask", CODEINE, "--no-llm", "--json"]
    env = {**os.environ, "PYTHONPATH": path, "BEDSIDE_HOME": str(cpic_home)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # a shell starts what it puts in the background with SIGINT ignored, and the program would inherit that from the tests
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run = subprocess.Popen(command, env=env, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)
    with run:
        try:
            assert any("READY" in line for line in run.stderr)
            run.send_signal(signal.SIGINT)
            out, _ = run.communicate(timeout=60)
        finally:
            run.kill()
    assert run.returncode == 130
    assert out == ""
