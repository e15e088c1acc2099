"""`bedside plugins`: which specialists are installed, and whether they keep the contract."""

from __future__ import annotations

import click
from bedside.core.config import Config
from bedside.core.errors import UsageError
from bedside.core.host import PluginHost
from bedside.core.toolkit.printable import printable
from bedside.core.wording import say

from .options import config_of, echo_json, home_option, json_option


@click.group()
def plugins() -> None:
    """List and check the installed specialists."""


def _host(config: Config) -> PluginHost:
    return PluginHost.load(config.plugins.allow, config.plugins.deny)


@plugins.command("list")
@json_option
@home_option
def list_(as_json: bool, home: str | None) -> int:
    """List installed plugins. Exit code 1 when one failed to load."""
    host = _host(config_of(home))
    if as_json:
        echo_json([i.model_dump(mode="json") for i in host.plugins])
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("plugin", "package", "status", "tasks"):
            table.add_column(say(f"column.{column}"), overflow="fold")
        for i in host.plugins:
            table.add_row(i.name, f"{i.distribution} {i.version}".strip(), i.status, ", ".join(i.tasks) or i.reason)
        Console(markup=False).print(table)
    return 1 if host.failed else 0


@plugins.command()
@click.argument("name")
@json_option
@home_option
def check(name: str, as_json: bool, home: str | None) -> int:
    """Run the conformance check on the plugin NAME: loading, hooks, tasks, sources, types, time limits."""
    from bedside.core.host import installed
    from bedside.core.testing import check_plugin

    from ..app import pulled_folders

    config = config_of(home)
    names = sorted({candidate.name for candidate in installed()})  # nothing is imported: it may end the process
    if name not in names:
        raise UsageError(f"no plugin called {name!r} is installed", hint=f"installed: {', '.join(names)}")
    report = check_plugin(name, beside=(config.plugins.allow, config.plugins.deny), pulled=pulled_folders(config))
    if as_json:
        lists = {"problems": report.problems, "checked": report.checked, "remarks": report.remarks}
        echo_json({"plugin": name, "ok": report.ok, **lists})
    else:
        for mark, lines in (("ok  ", report.checked), ("NOTE", report.remarks), ("FAIL", report.problems)):
            for line in lines:
                click.echo(f"{mark}  {printable(line)}")
    return 0 if report.ok else 1
