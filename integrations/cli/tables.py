"""Lists for a person: blocks for sources, tables for results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from bedside.core.toolkit.printable import printable


def block(id_: str, title: str, *lines: str, warnings: Iterable[str] = ()) -> None:
    """One source: its id, which people copy, on a line of its own."""
    click.echo(click.style(printable(id_), bold=True) + f"  {printable(title)}")
    for line in lines:
        click.echo(f"    {printable(line)}")
    for warning in warnings:
        click.echo("    " + click.style(f"warning: {printable(warning)}", fg="yellow"))


def table(columns: tuple[str, ...], rows: list[dict[str, Any]], title: str = "") -> None:
    from rich.console import Console
    from rich.table import Table

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `| head` is no failure; rich would end the process with 1

    table = Table(box=None, pad_edge=False, title=title or None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        table.add_row(*("" if row.get(c) is None else printable(str(row.get(c, ""))) for c in columns))
    Piped(highlight=False, markup=False).print(table)


def size_text(size: int) -> str:
    """`12.3 MiB`; empty for nothing."""
    if size < 2**10:
        return f"{size} B" if size else ""
    power = 3 if size >= 2**30 else 2 if size >= 2**20 else 1
    return f"{size / 2 ** (10 * power):,.1f} {('KiB', 'MiB', 'GiB')[power - 1]}"
