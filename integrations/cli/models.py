"""`bedside models`: which can read and order evidence, and what each may decide."""

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
    statuses = catalogue(config)
    if as_json:
        listed = [{**s.model.model_dump(mode="json"), "installed": s.installed, "path": s.path} for s in statuses]
        echo_json({"in_use": in_use, "models": listed})
        return 0
    for status in statuses:
        model = status.model
        here = "here" if status.installed else "not here"
        decides = {"ties": "may break ties", "model": "may order quotes"}[model.ordering]
        click.echo(click.style(model.id, bold=True) + f"  {model.title}")
        click.echo(f"    {here} · {decides} · wants {model.hardware} · {model.licence}")
        for line in (model.note, model.page):
            if line:
                click.echo(f"    {line}")
    click.echo(
        "\n“may break ties”: its order was not better than the deterministic one on our questions, or has not been measured."
    )
    click.echo(f"In use: {in_use or 'none'}")
    return 0
