"""`bedside plugins`: which specialists are installed, and whether they keep the contract."""

from __future__ import annotations

from dataclasses import replace

import click
from bedside.core.config import Config
from bedside.core.errors import UsageError
from bedside.core.host import PluginHost

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
            table.add_column(column, overflow="fold")
        for i in host.plugins:
            table.add_row(i.name, f"{i.distribution} {i.version}".strip(), i.status, ", ".join(i.tasks) or i.reason)
        Console().print(table)
    return 1 if host.failed else 0


@plugins.command()
@click.argument("name")
@json_option
@home_option
def check(name: str, as_json: bool, home: str | None) -> int:
    """Check whether the plugin NAME keeps its contract: loading, hooks, tasks, types, time limits."""
    from bedside.core.testing import check_plugin

    infos = {i.name: i for i in _host(config_of(home)).plugins}
    if name not in infos:
        raise UsageError(f"no plugin called {name!r} is installed", hint=f"installed: {', '.join(infos)}")
    report = check_plugin(name)
    beside = infos[name]
    if beside.status == "failed" and not any(beside.reason in p for p in report.problems):
        report = replace(report, problems=(f"beside the other plugins: {beside.reason}", *report.problems))
    if as_json:
        echo_json({"plugin": name, "ok": report.ok, "problems": list(report.problems), "checked": list(report.checked)})
    else:
        for line in report.checked:
            click.echo(f"ok    {line}")
        for line in report.problems:
            click.echo(f"FAIL  {line}")
    return 0 if report.ok else 1
