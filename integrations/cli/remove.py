"""`bedside knowledge remove` and `reembed`: removing a source, and embedding its passages again."""

from __future__ import annotations

import click
from bedside.core.errors import UsageError
from bedside.core.wording import say

from .options import config_of, echo_json, home_option, json_option


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="SOURCE...")
@json_option
@home_option
def remove(ids: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Remove sources and everything loaded from them.

    Their downloaded files stay in the data folder, so that they can be loaded again.
    """
    from ..app import open_app

    removed = []
    with open_app(config_of(home), "write") as app:
        for id_ in ids:
            info = app.remove(id_)
            if info is None:
                loaded = ", ".join(one.id for one in app.services.sources.all()) or "nothing"
                raise UsageError(f"no source {id_!r} is loaded", hint=f"loaded: {loaded}")
            removed.append(info)
            if not as_json:
                counts = ", ".join(f"{info.counts[k]:,} {k}" for k in ("passages", "edges", "terms") if info.counts.get(k))
                what = f"{info.id} {info.version}".rstrip()
                click.echo(say("load.removed", what=what, counts=counts or say("load.nothing-in-use")))
    if as_json:
        echo_json([info.model_dump(mode="json") for info in removed])
    return 0


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@json_option
@home_option
def reembed(ids: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Embed stored passages again after the embedding model has changed.

    Needs only the stored texts. The old vectors stay until it is done; if interrupted, it resumes.
    """
    from ..app import open_app
    from .progress import LoadBars

    with open_app(config_of(home), "write", warm=True) as app, LoadBars() as bars:
        for id_ in ids:
            if app.services.sources.get(id_) is None:
                raise UsageError(f"no source {id_!r} is loaded", hint="bedside knowledge status")
        infos = app.reembed(*ids, progress=bars)
    if as_json:
        echo_json([info.model_dump(mode="json") for info in infos])
    elif not infos:
        click.echo(say("load.none-to-reembed"))
    else:
        for info in infos:
            click.echo(f"{info.id}: {info.counts.get('passages', 0):,} passages embedded with {info.fingerprint}")
    return 0
