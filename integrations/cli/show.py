"""`bedside knowledge show`: what is stored under an id."""

from __future__ import annotations

import click

from .options import config_of, echo_json, home_option, json_option


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_option
@home_option
def show(ids: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Print a stored passage, graph edge, node or term in full, so that a quote can be checked."""
    from ..app import open_app
    from ..app import show as find

    with open_app(config_of(home)) as app:
        found = [find(app, id_).data() for id_ in ids]
    if as_json:
        echo_json(found[0] if len(found) == 1 else found)
        return 0
    for data in found:
        source = data.get("source") or {}
        click.secho(data.get("text") or data.get("name"), bold=True)
        click.echo(f"  {data['what']} {data['id']}" + (f", {data['kind']}" if data.get("kind") else ""))
        if data.get("url"):
            click.echo(f"  {data['url']}")
        if data.get("references"):
            click.echo(f"  {', '.join(data['references'])}")
        for key, value in (data.get("props") or data.get("fields") or {}).items():
            if value not in ("", None):
                click.echo(f"  {key}: {value}")
        click.echo(
            f"  from {source.get('title', data['source_id'])} {source.get('version', '')}; {source.get('licence', '')}"
        )
    return 0
