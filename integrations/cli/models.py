"""`bedside models`: what can read and order evidence, and what each is allowed to decide."""

from __future__ import annotations

import click

from .options import config_of, echo_json, home_option, json_option


@click.group()
def models() -> None:
    """List language and embedding models."""


@models.command("list")
@json_option
@home_option
def list_(as_json: bool, home: str | None) -> int:
    """List known models: size, licence, hardware, and what the composer lets each decide."""
    from ..app import model_path
    from ..app import models as catalogue

    config = config_of(home)
    try:
        in_use = str(model_path(config)) if config.llm.enabled else ""
    except Exception:  # no starter package: listing must still work
        in_use = ""
    rows = catalogue()
    if as_json:
        echo_json({"in_use": in_use, "models": rows})
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("id", "kind", "size", "licence", "wants", "installed", "may decide"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            row["id"],
            row.get("kind", "llm"),
            row.get("size", ""),
            row["licence"],
            row.get("hardware", ""),
            "yes" if row.get("installed") else "no",
            row.get("ordering_note") or row.get("ordering", ""),
        )
    console = Console()
    console.print(table)
    console.print(f"In use: {in_use or 'none'}")
    return 0
