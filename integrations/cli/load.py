"""`bedside knowledge load`: sources into the stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from bedside.core.errors import UsageError
from bedside.core.wording import say

from .options import config_of, echo_json, home_option, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedside.core import KnowledgeSource
    from bedside.core.types import SourceInfo

    from ..app import App

_SHOWN = 5


@click.command()
@click.argument("what", required=False)
@click.option("--source", "name", metavar="NAME", help="With a file or folder: the name to store its passages under.")
@click.option("--title", default="", help="With a file or folder: what a reader is shown as its title.")
@click.option("--licence", default="", help="With a file or folder: its licence.")
@click.option("--homepage", default="", help="With a file or folder: the page that a reader can open.")
@click.option("--reader", metavar="KIND", help="With a file: how to read it, if suffix and content do not show that.")
@click.option("--again", is_flag=True, help="Load a release again that is already loaded.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where to read and embed: this machine's cores, or a Ray cluster.",
)
@click.option("--ray-address", default="", metavar="URL", help="A running cluster; without this, one is started here.")
@json_option
@home_option
def load(
    what: str | None,
    name: str | None,
    title: str,
    licence: str,
    homepage: str,
    reader: str | None,
    again: bool,
    engine: str,
    ray_address: str,
    as_json: bool,
    home: str | None,
) -> int:
    """Load the starter knowledge, one source by its id, or your own documents.

    An interrupted load is completed by the same command. A new release replaces the old one in one step.

    \b
    bedside knowledge load
    bedside knowledge load cpic
    bedside knowledge load notes.jsonl --source notes      ({"id", "title", "text", "url", "year"} a line)
    bedside knowledge load papers/ --source papers         (MEDLINE, JATS, PDF, HTML, Markdown, CSV, .zip…)
    """
    from ..app import open_app
    from .progress import LoadBars

    if ray_address and engine != "ray":
        raise UsageError("--ray-address needs --engine ray")
    config = config_of(home)
    about = {"title": title, "licence": licence, "homepage": homepage}
    with open_app(config, "write", warm=engine == "local") as app, LoadBars() as bars:
        chosen = _chosen(what, name, reader, {k: v for k, v in about.items() if v}, app)
        before = {info.id: info for info in app.services.sources.all()}
        infos = app.load(*chosen, progress=bars, again=again, ray=ray_address if engine == "ray" else None)
    if as_json:
        echo_json([info.model_dump(mode="json") for info in infos])
    else:
        for info in infos:
            if info == before.get(info.id):
                click.echo(say("load.already", id=info.id, version=info.version))
            else:
                _tell(info)
    return 0


def _chosen(
    what: str | None,
    name: str | None,
    reader: str | None,
    about: Mapping[str, str],
    app: App,
) -> list[KnowledgeSource]:
    from ..app import file_source

    catalogue = app.catalogue()
    if name is None and (about or reader):
        raise UsageError("--title, --licence, --homepage and --reader go with a file or folder and --source NAME")
    if what is None:
        if name is not None:
            raise UsageError(
                "--source names the passages of a file or folder", hint="bedside knowledge load PATH --source NAME"
            )
        return [source for source in catalogue.values() if source.starter]
    if name is None:
        if what in catalogue:
            return [catalogue[what]]
        hint = "`bedside knowledge list` shows them; for documents of your own add --source NAME"
        if what in app.begun():
            hint = f"it came from a file or folder; name it: bedside knowledge load PATH --source {what}"
        raise UsageError(f"{what!r} is not a source of the catalogue", hint=hint)
    if name in catalogue:
        raise UsageError(f"{name!r} is a source of the catalogue", hint="choose another --source NAME")
    return [file_source(Path(what), name, reader=reader, **{"title": name, **about})]


def _tell(info: SourceInfo) -> None:
    shown = ("passages", "nodes", "edges", "terms", "diseases", "retracted", "skipped")
    counts = ", ".join(f"{info.counts[kind]:,} {kind}" for kind in shown if info.counts.get(kind))
    click.echo(say("load.loaded", id=info.id, version=info.version, counts=counts or say("load.nothing")))
    for line in info.skipped[:_SHOWN]:
        click.echo("    " + say("load.skipped", line=line))
    if (more := info.counts.get("skipped", 0) - _SHOWN) > 0:
        click.echo(f"    and {more:,} more; the first twenty: bedside knowledge status --json")
