"""A broken plugin is listed with its reason; it never takes the others down."""

import sys
import textwrap
from pathlib import Path

import pytest
from bedside.core import PluginHost
from bedside.core.errors import ConfigError
from bedside.core.host import HOOK_NAMES, PluginCandidate
from bedside.core.host.selection import select

GOOD = """
    from bedside.core import Task, TaskResult, hookimpl
    @hookimpl
    def bedside_tasks():
        return [Task(name="{name}.look", description="looks", run=lambda r, s: TaskResult.none("x"), always=True)]
"""
BAD = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("import sys; sys.exit(3)", "SystemExit"),
    "syntax": ("def broken(:", "SyntaxError"),
    "misspelt": (
        "from bedside.core import hookimpl\n@hookimpl\ndef bedside_taks():\n    return []",
        "unknown hook 'bedside_taks'; did you mean 'bedside_tasks'?",
    ),
    "unmarked": ("def bedside_tasks():\n    return []", "not marked with @hookimpl"),
    "wrong_type": (
        "from bedside.core import hookimpl\n@hookimpl\ndef bedside_tasks():\n    return {'a': 1}",
        "must return a list of Task, but returned dict",
    ),
    "wrong_item": (
        "from bedside.core import hookimpl\n@hookimpl\ndef bedside_tasks():\n    return ['look']",
        "must return Task objects, but one is str",
    ),
    "hook_raises": (
        "from bedside.core import hookimpl\n@hookimpl\ndef bedside_tasks():\n    return 1 / 0",
        "ZeroDivisionError",
    ),
    "bad_task": (
        "from bedside.core import hookimpl, Task\n@hookimpl\ndef bedside_tasks():\n"
        "    return [Task(name='NoDot', description='', run=print)]",
        "<plugin>.<task>",
    ),
    "duplicate": (GOOD.format(name="good"), "registers 'good.look', which is already registered by the plugin 'good'"),
}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, code: str) -> PluginCandidate:
        module = f"bedside_test_{name}"
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        sys.modules.pop(module, None)
        return PluginCandidate(name=name, module=module, distribution=f"dist-{name}", version="1.2")

    return write


@pytest.mark.parametrize("kind", BAD)
def test_a_broken_plugin_is_listed_and_the_good_one_works(plugin, kind):
    code, reason = BAD[kind]
    host = PluginHost.load(candidates=[plugin("good", GOOD.format(name="good")), plugin(kind, code)])
    assert list(host.tasks) == ["good.look"]
    [failed] = host.failed
    assert failed.name == kind
    assert reason in failed.reason
    assert (failed.distribution, failed.version) == (f"dist-{kind}", "1.2")
    assert host.owner("good.look") == "good"


def test_a_denied_plugin_is_never_imported(plugin):
    host = PluginHost.load(deny=["dist-bad"], candidates=[plugin("bad", "raise RuntimeError")])
    assert [i.status for i in host.plugins] == ["denied"]
    assert "bedside_test_bad" not in sys.modules


def test_only_allowed_plugins_load(plugin):
    both = [plugin(n, GOOD.format(name=n)) for n in ("one", "two")]
    host = PluginHost.load(allow=["two"], candidates=both)
    assert list(host.tasks) == ["two.look"]
    assert PluginHost.load(allow=[], candidates=both).tasks == {}


@pytest.mark.parametrize("lists", [{"allow": ["onne"]}, {"deny": ["onne"]}])
def test_an_unknown_name_on_a_list_is_an_error_with_the_nearest_name(lists):
    with pytest.raises(ConfigError, match="'onne', which is not installed") as error:
        select([PluginCandidate(name="one", module="m")], **lists)
    assert "'one'" in error.value.hint


def test_two_packages_with_one_entry_point_name_are_both_listed(plugin):
    first = plugin("same", GOOD.format(name="same"))
    second = PluginCandidate(
        name="same", module=plugin("impostor", GOOD.format(name="other")).module, distribution="impostor"
    )
    host = PluginHost.load(candidates=[first, second])
    assert list(host.tasks) == ["same.look"]
    assert [(i.name, i.status) for i in host.plugins] == [("same", "loaded"), ("same (impostor)", "failed")]


def test_commands_of_one_plugin_failing_leave_the_others(plugin):
    import click

    commands = """
        import click
        from bedside.core import hookimpl
        @hookimpl
        def bedside_commands(cli):
            {body}
    """
    host = PluginHost.load(
        candidates=[
            plugin("bad", commands.format(body="raise ValueError('x')")),
            plugin("fine", commands.format(body="cli.add_command(click.Command('mine'))")),
        ]
    )
    group = click.Group("bedside")
    host.add_commands(group)
    assert list(group.commands) == ["mine"]
    assert [i.name for i in host.failed] == ["bad"]


def test_there_are_five_hooks_and_each_is_documented():
    from bedside.core.host import hookspecs

    assert set(HOOK_NAMES) == {
        "bedside_tasks",
        "bedside_sources",
        "bedside_case_kinds",
        "bedside_cds_services",
        "bedside_commands",
    }
    assert all(getattr(hookspecs, name).__doc__ for name in HOOK_NAMES)
