"""`bedside genomics …`: the sub-commands, each imported when it is called."""

from __future__ import annotations

import importlib

import click

_HERE = "bedside.plugins.genomics.commands"
COMMANDS = {
    "pgx": (f"{_HERE}.pgx:pgx", "Genome and medications: which prescriptions it changes, by CPIC."),
    "rank": (f"{_HERE}.rank:rank", "Findings: which rare diseases explain them, and why."),
}
"""Name → (module:attribute, one-line help)."""


class LazyCommands(click.Group):
    """Help costs no import of what the commands work with."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=LazyCommands)
def genomics() -> None:
    """Pharmacogenomics and rare disease, each statement with its source."""
