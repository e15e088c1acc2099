"""`bedside knowledge load`: sources into the stores."""

from __future__ import annotations

from pathlib import Path

import click
from bedside.core.errors import UsageError

from .options import config_of, echo_json, home_option, json_option


@click.command()
@click.argument("what", required=False)
@click.option("--source", "name", metavar="NAME", help="With a JSON Lines file: the name its passages are kept under.")
@click.option("--title", default="", help="With a file: what a reader is shown as its title.")
@click.option("--licence", default="", help="With a file: its licence.")
@json_option
@home_option
def load(what: str | None, name: str | None, title: str, licence: str, as_json: bool, home: str | None) -> int:
    """Load the starter knowledge, one source by its id, or your own passages.

    \b
    bedside knowledge load
    bedside knowledge load cpic
    bedside knowledge load notes.jsonl --source notes      ({"id", "title", "text", "url", "year"} a line)
    """
    from ..app import jsonl_source, open_app
    from .progress import LoadBars

    config = config_of(home)
    with open_app(config, "write", warm=True) as app, LoadBars() as bars:
        catalogue = app.catalogue()
        if what is None:
            chosen = [s for s in catalogue.values() if s.starter]
        elif what in catalogue and name is None:
            chosen = [catalogue[what]]
        else:
            if name is None:
                raise UsageError(
                    f"{what!r} is no source of the catalogue",
                    hint="`bedside knowledge list` shows them; for a file of your own add --source NAME",
                )
            if name in catalogue:
                raise UsageError(f"{name!r} is a source of the catalogue", hint="choose another --source NAME")
            about = {"title": title or name, **({"licence": licence} if licence else {})}
            chosen = [jsonl_source(Path(what), name, **about)]
        infos = app.load(*chosen, progress=bars)
    if as_json:
        echo_json([i.model_dump(mode="json") for i in infos])
    else:
        for i in infos:
            counts = ", ".join(f"{n:,} {k}" for k, n in i.counts.items() if n)
            click.echo(f"{i.id} {i.version}: {counts or 'nothing'}")
    return 0
