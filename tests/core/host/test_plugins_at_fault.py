"""What a plugin does while it is imported and while its hooks run: its own loss, never another's, and it is named."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
from bedside.core import PluginHost, Task, TaskResult, hookimpl
from bedside.core.host import PluginCandidate
from bedside.core.host.selection import installed
from bedside.core.plugin_code import PluginCode, in_plugin_code

GOOD = """
    import click
    from bedside.core import CdsService, KnowledgeSource, Task, TaskResult, hookimpl
    @hookimpl
    def bedside_tasks():
        return [Task(name="good.look", description="looks", run=lambda r, s: TaskResult.none("x"), always=True)]
    @hookimpl
    def bedside_sources():
        return [KnowledgeSource(id="good-lines", title="t", licence="l", version=lambda: "1", records=lambda: iter(()))]
    @hookimpl
    def bedside_cds_services():
        return [CdsService(id="good-view", hook="patient-view", title="t", description="d", task="good.look")]
    @hookimpl
    def bedside_commands(cli):
        cli.add_command(click.Command("good"))
"""
HOOK = """
    class Own(BaseException):
        pass
    from bedside.core import hookimpl
    @hookimpl
    def {hook}({arguments}):
        {body}
"""
RAISED = {
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "SystemExit": "raise SystemExit('patience')",
    "GeneratorExit": "raise GeneratorExit",
    "Own": "raise Own('worse')",
    "StopIteration": "raise StopIteration",
    "RecursionError": "f = lambda: f()\n        f()",
}
HOOKS_AND_ARGUMENTS = {
    "bedside_tasks": "",
    "bedside_sources": "",
    "bedside_case_kinds": "",
    "bedside_cds_services": "",
    "bedside_commands": "cli",
}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, code: str, distribution: str = "", entry: str = "") -> PluginCandidate:
        module = f"bedside_fault_{name}"
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        sys.modules.pop(module, None)
        return PluginCandidate(entry or name, module, distribution or f"dist-{name}", "1.2")

    return write


def unharmed(host: PluginHost) -> None:
    """The good plugin is all there."""
    import click

    group = click.Group("bedside")
    host.add_commands(group)
    assert "good" in group.commands
    assert (list(host.tasks), list(host.sources), list(host.cds_services)) == (["good.look"], ["good-lines"], ["good-view"])


def failed(host: PluginHost) -> Any:
    [info] = host.failed
    return info


@pytest.mark.parametrize("raised", RAISED)
def test_at_import(plugin, raised):
    body = RAISED[raised].replace("\n        ", "\n")
    code = f"class Own(BaseException):\n    pass\n{body}"
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    unharmed(host)
    info = failed(host)
    assert (info.name, info.distribution, info.version) == ("bad", "dist-bad", "1.2")
    assert f"importing bedside_fault_bad raised {raised}" in info.reason


@pytest.mark.parametrize("hook", HOOKS_AND_ARGUMENTS)
@pytest.mark.parametrize("raised", RAISED)
def test_in_a_hook(plugin, hook, raised):
    code = HOOK.format(hook=hook, arguments=HOOKS_AND_ARGUMENTS[hook], body=RAISED[raised])
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    unharmed(host)
    info = failed(host)
    assert (info.name, info.distribution, info.version) == ("bad", "dist-bad", "1.2")
    assert f"{hook} raised {raised}" in info.reason


WHILE_READ = {
    "endless": ("bedside_tasks", "import itertools; return itertools.count()", "a list of Task, but returned count"),
    "a text": ("bedside_tasks", "return 'abc'", "must return a list of Task, but returned str"),
    "subclass": (
        "bedside_tasks",
        "from bedside.core import Task\n        class T(Task): pass\n"
        "        return [T(name='bad.x', description='d', run=print)]",
        "must return Task objects, but one is T",
    ),
    "past its checks": (
        "bedside_tasks",
        "from bedside.core import Task\n        t = Task(name='bad.x', description='d', run=print)\n"
        "        object.__setattr__(t, 'name', 5)\n        return [t]",
        "bedside_tasks raised ValueError: a task is named",
    ),
    "examples": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='bad.x', description='d', run=print, examples='abc')]",
        "`examples` must be a tuple of questions, not the single text 'abc': write ('abc',)",
    ),
    "answers": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='bad.x', description='d', run=print, answers='dose')]",
        "`answers` must be a tuple of intents, not the single text 'dose': write ('dose',)",
    ),
    "needs": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='bad.x', description='d', run=print, needs=('drug'))]",
        "`needs` must be a tuple of groups of needs, not the single text 'drug'",
    ),
    "needs without groups": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='bad.x', description='d', run=print, needs=('drug',))]",
        "`needs` holds groups: write needs=(('drug',),)",
    ),
    "unknown intent": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='bad.x', description='d', run=print, answers=('cure',))]",
        "`answers` must use diagnosis, treatment",
    ),
    "another's task": (
        "bedside_tasks",
        "from bedside.core import Task\n        return [Task(name='genomics.pgx2', description='d', run=print)]",
        "registers 'genomics.pgx2', but what the plugin 'bad' registers starts with its own name",
    ),
    "another's source": (
        "bedside_sources",
        "from bedside.core import KnowledgeSource\n"
        "        return [KnowledgeSource(id='cpic2', title='t', licence='l', version=str, records=list)]",
        "registers 'cpic2', but what the plugin 'bad' registers starts with its own name",
    ),
    "source text": (
        "bedside_sources",
        "from bedside.core import KnowledgeSource\n"
        "        return [KnowledgeSource(id='bad-x', title='t', licence='l', version=str, records=list, homepage=5)]",
        "homepage is not text",
    ),
    "source files": (
        "bedside_sources",
        "from bedside.core import KnowledgeSource\n"
        "        return [KnowledgeSource(id='bad-x', title='t', licence='l', version=str, read=list, files='abc')]",
        "files is not a tuple of RemoteFile",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WHILE_READ)
def test_what_can_be_seen_before_anything_runs(plugin, what):
    hook, body, told = WHILE_READ[what]
    code = HOOK.format(hook=hook, arguments="", body=body)
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    unharmed(host)
    assert told in failed(host).reason


def test_a_module_that_answers_every_name(plugin):
    code = "def __getattr__(name):\n    raise KeyboardInterrupt\ndef __dir__():\n    return ['bedside_tusks']"
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    unharmed(host)
    assert "raised KeyboardInterrupt" in failed(host).reason


def test_terminal_escapes_in_names_and_reasons(plugin):
    evil = plugin("bad", "raise ValueError('\\x1b[2Jgone\\x9b1m')")
    named = PluginCandidate("e\x1bvil", evil.module, "dist\x1b]0;x\x07", "1\x1b[1m")
    host = PluginHost.load(candidates=[evil, named, plugin("good", GOOD)])
    unharmed(host)
    shown = "".join(str(value) for info in host.plugins for value in info.model_dump().values())
    assert not [c for c in shown if ord(c) < 32 or 127 <= ord(c) < 160]


def test_an_unspeakable_error(plugin):
    code = "class E(Exception):\n    def __str__(self):\n        raise KeyboardInterrupt\nraise E"
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    unharmed(host)
    assert failed(host).reason == "importing bedside_fault_bad raised E"


# --- names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["genomics", "literature", "drug_targets", "drug-targets", "Imaging", "bedside"])
def test_a_stranger_with_a_name_of_ours_is_not_imported(plugin, name):
    stranger = plugin("stranger", "raise SystemExit('imported')", entry=name)
    host = PluginHost.load(candidates=[stranger, plugin("good", GOOD)])
    unharmed(host)
    info = failed(host)
    assert (info.distribution, info.version) == ("dist-stranger", "1.2")
    assert f"the name {name!r} is reserved" in info.reason
    assert stranger.module not in sys.modules


def test_a_stranger_called_as_ours_is_listed_beside_ours(plugin):
    [ours] = [c for c in installed() if c.name == "genomics"]
    strangers = [
        plugin("stranger", "raise SystemExit", entry="genomics", distribution="aaa"),
        PluginCandidate("genomics", ours.module, "aab", "1"),  # even with our own module
        PluginCandidate("aaa", ours.module, "aac", "1"),
    ]
    host = PluginHost.load(candidates=[*strangers, ours])
    found = {i.distribution: (i.name, i.status) for i in host.plugins}
    assert found["bedside"] == ("genomics", "loaded")
    assert {status for of, (_, status) in found.items() if of != "bedside"} == {"failed"}
    assert len(found) == 4
    assert "genomics.pgx" in host.tasks
    assert "already loaded, as the plugin 'genomics'" in next(i for i in host.failed if i.name == "aaa").reason


def test_ours_are_loaded_first_so_that_nothing_of_them_is_taken(plugin):
    ours = installed()
    taken = """
        import click
        from bedside.core import hookimpl
        @hookimpl
        def bedside_commands(cli):
            cli.add_command(click.Command("genomics"))
    """
    from bedside.integrations.cli.lazy import LazyGroup

    host = PluginHost.load(candidates=[plugin("aaa", taken), *ours])
    group = LazyGroup("bedside", targets={"ask": ("a:b", "")})
    host.add_commands(group)
    assert "bedside_commands adds 'genomics', which is there already" in failed(host).reason
    assert group.commands["genomics"].help
    assert host.owner("genomics") == "genomics"


def test_a_lazy_command_of_ours_can_not_be_replaced(plugin):
    from bedside.integrations.cli.lazy import LazyGroup

    bodies = ["cli.targets['ask'] = ('x:y', 'h')", "cli.lazy('ask', 'h', 'x:y')", "cli.targets['x'] = (5, 6)"]
    bad = [
        plugin(f"bad{n}", HOOK.format(hook="bedside_commands", arguments="cli", body=body)) for n, body in enumerate(bodies)
    ]
    lazy = HOOK.format(hook="bedside_commands", arguments="cli", body="cli.lazy('fine', 'helps', 'x:y')")
    host = PluginHost.load(candidates=[*bad, plugin("fine", lazy)])
    group = LazyGroup("bedside", targets={"ask": ("a:b", "asks")})
    host.add_commands(group)
    assert group.targets == {"ask": ("a:b", "asks"), "fine": ("x:y", "helps")}
    assert [i.name for i in host.failed] == ["bad0", "bad1", "bad2"]


@pytest.mark.parametrize("body", ["cli.add_command(click.Command('ask'))", "cli.commands.clear(); cli.name = 'x'",
                                  "cli.commands['good'] = None", "cli.commands['\\x1b'] = click.Command('x')"])  # fmt: skip
def test_a_command_of_ours_can_not_be_replaced(plugin, body):
    import click

    code = HOOK.format(hook="bedside_commands", arguments="cli", body=f"import click; {body}")
    host = PluginHost.load(candidates=[plugin("bad", code), plugin("good", GOOD)])
    group = click.Group("bedside", commands=[click.Command("mine")])
    host.add_commands(group, own=("ask",))
    assert set(group.commands) == {"mine", "good"}
    assert group.name == "bedside"


def test_the_second_of_two_with_one_name_is_refused_with_both_named(plugin):
    first = plugin("one", GOOD, entry="good", distribution="first-dist")
    second = plugin("two", GOOD, entry="good", distribution="second-dist")
    host = PluginHost.load(candidates=[first, second])
    unharmed(host)
    info = failed(host)
    assert (info.name, info.distribution) == ("good (second-dist)", "second-dist")
    assert info.reason == "a plugin called 'good' is already loaded, of first-dist 1.2"


def test_a_task_object_that_is_changed_after_it_was_registered():
    task = Task(name="x.a", description="d", run=lambda r, s: TaskResult.none("x"), timeout_s=5)

    class Plugin:
        @hookimpl
        def bedside_tasks(self):
            return [task]

    host = PluginHost()
    host.register(Plugin(), "x")
    object.__setattr__(task, "timeout_s", float("nan"))
    assert host.tasks["x.a"].timeout_s == 5


# --- the user -----------------------------------------------------------------------------------------------------------


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1_000):
        threading.Event().wait(0.001)


@pytest.fixture
def interruptible():
    """A shell starts what it puts in the background with SIGINT ignored, and the tests then inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("swallow", [True, False])
def test_a_real_interrupt_ends_the_program_even_where_a_plugin_swallows_it(swallow, interruptible):
    with pytest.raises(KeyboardInterrupt), PluginCode("it", "plugin x"):
        try:
            interrupt()
        except BaseException:
            if not swallow:
                raise
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_that_a_plugin_sets_does_not_stay():
    before = signal.getsignal(signal.SIGINT)
    with PluginCode("it", "plugin x"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_process_that_a_plugin_forked_ends_with_the_block(tmp_path):
    parent = os.getpid()
    with PluginCode("it", "plugin x"):
        child = os.fork()
        if child:
            os.waitpid(child, 0)
    (tmp_path / str(os.getpid())).touch()
    assert [p.name for p in tmp_path.iterdir()] == [str(parent)]


def test_in_plugin_code_is_said_of_this_thread_only():
    seen = []
    with PluginCode("it"):
        seen.append(in_plugin_code())
        other = threading.Thread(target=lambda: seen.append(in_plugin_code()))
        other.start()
        other.join()
    assert [*seen, in_plugin_code()] == [True, False, False]
