"""`bedside models`: what can read and order evidence, and what each is allowed to decide."""

from __future__ import annotations

import click
from bedside.core.errors import BedsideError

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
    except BedsideError:  # no starter package: listing must still work
        in_use = ""
    rows = catalogue(config)
    if as_json:
        echo_json({"in_use": in_use, "models": rows})
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("id", "model", "wants", "licence", "here", "may decide"):
        table.add_column(column, overflow="fold")
    for row in rows:
        decides = {"ties": "ties only", "model": "the order"}[row["ordering"]]
        table.add_row(row["id"], row["title"], row["hardware"], row["licence"], "yes" if row["installed"] else "no", decides)
    console = Console(highlight=False)
    console.print(table)
    console.print("“ties only”: its order did not beat the deterministic one on our questions, or nobody has measured it.")
    for row in rows:
        if row["note"]:
            console.print(f"{row['id']}: {row['note']}")
    console.print(f"In use: {in_use or 'none'}")
    return 0
