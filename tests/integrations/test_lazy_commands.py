"""Commands that are imported when they are called, ours and the plugins'."""

from __future__ import annotations

import sys

import click
import pytest
from bedside.core import CommandGroup
from bedside.core.errors import PluginError
from bedside.integrations.cli.lazy import LazyGroup
from click.testing import CliRunner


@pytest.fixture
def group(tmp_path, monkeypatch) -> LazyGroup:
    (tmp_path / "lazy_commands_example.py").write_text(
        "import click\n@click.command()\ndef one():\n    click.echo('done')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lazy_commands_example", raising=False)
    cli = LazyGroup("bedside")
    plugins: CommandGroup = cli.lazy_group("mine", "What I do.")
    plugins.lazy("one", "Do one thing.", "lazy_commands_example:one")
    return cli


def test_help_imports_nothing_and_a_call_does(group):
    said = CliRunner().invoke(group, ["mine", "--help"])
    assert said.exit_code == 0 and "Do one thing." in said.output
    assert "What I do." in CliRunner().invoke(group, ["--help"]).output
    assert "lazy_commands_example" not in sys.modules
    assert CliRunner().invoke(group, ["mine", "one"]).output == "done\n"
    assert "lazy_commands_example" in sys.modules


def test_a_misspelt_command_is_told(group):
    said = CliRunner().invoke(group, ["mine", "onne"])
    assert said.exit_code == 2 and "did you mean 'one'?" in said.output


def test_a_name_that_is_taken_is_refused(group):
    for add in (
        lambda: group.lazy_group("mine", "x"),
        lambda: group.lazy("mine", "x", "a:b"),
        lambda: group.add_command(click.Command("mine")),
        lambda: group.commands["mine"].lazy("one", "x", "a:b"),
        lambda: group.commands["mine"].add_command(click.Command("other"), "one"),
    ):
        with pytest.raises(PluginError, match="already"):
            add()


def test_a_target_is_a_module_and_an_attribute(group):
    with pytest.raises(PluginError, match="can't be found") as told:
        group.lazy("two", "x", "package.module.attribute")
    assert "package.module:attribute" in told.value.hint
